/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One pass's view of one object: the wish, what is written, how we stand, and the one instant that is now. */
public record ReconcileInput(
        DesiredSnapshot desired, RecordedState recorded, ReconcileEnvironment environment, Instant now) {

    /** The disk to search: as it was when the first order was made, otherwise as the source leads to it now. */
    Optional<VolumeId> volumeId() {
        return recorded.intent()
                .map(CreateIntent::volumeId)
                .or(() -> recorded.snapshot().flatMap(RecordedState.RecordedSnapshot::volumeId))
                .or(() -> environment.volume() instanceof VolumeResolution.Resolved resolved
                        ? Optional.of(resolved.id())
                        : Optional.empty());
    }

    /** The name that a create gives. */
    String snapshotName() {
        return desired.name().orElseGet(() -> DefaultSnapshotName.of(recorded.identity()));
    }

    /** The search for whatever carries this object's marker. */
    ObservationQuery.FindByMarker markerQuery() {
        return new ObservationQuery.FindByMarker(
                volumeId(),
                absenceProvableFrom(),
                snapshotName(),
                recorded.intent().map(CreateIntent::at));
    }

    Optional<CloudLocation> currentLocation() {
        return environment.cloudAccess() instanceof CloudAccess.Available reached
                ? Optional.of(reached.here())
                : Optional.empty();
    }

    /** Where the object's snapshot lives, or must be looked for; empty before anything was ordered or found. */
    Optional<CloudLocation> recordedLocation() {
        return recorded.snapshot()
                .flatMap(RecordedState.RecordedSnapshot::location)
                .or(() -> recorded.intent().map(CreateIntent::location));
    }

    /** Whether the connection is known to name another place than the recorded one. */
    boolean locationMismatch() {
        return currentLocation().isPresent()
                && recordedLocation().isPresent()
                && !recordedLocation().equals(currentLocation());
    }

    /**
     * As {@code kubectl replace} with the author's manifest leaves an object; or a restored one, whose snapshot is another
     * object's. Only the snapshot's marker tells which.
     */
    boolean hasNeitherFinalizerNorIntent() {
        return !recorded.hasFinalizer() && recorded.intent().isEmpty() && !desired.isImport();
    }

    boolean isOwned(CloudSnapshot snapshot) {
        return OwnershipMarker.of(snapshot)
                .filter(marker -> marker.belongsTo(recorded.identity(), environment.installation()))
                .isPresent();
    }

    /**
     * Whether the snapshot may be deleted or renamed: it is ours by its marker; or it is the one that an import names, and
     * neither another object nor a backup service has marked it.
     */
    boolean mayModify(CloudSnapshot snapshot) {
        return isOwned(snapshot)
                || (desired.isImport()
                        && OwnershipMarker.of(snapshot).isEmpty()
                        && !OwnershipMarker.isBackup(snapshot));
    }

    /** Whether the recorded snapshot is the failed one that is making room for another. */
    boolean isReplacing() {
        return recorded.snapshot()
                .filter(recordedSnapshot -> replaces(recordedSnapshot.id()))
                .isPresent();
    }

    /** Whether this is the failed snapshot that makes room for another. */
    boolean replaces(SnapshotId id) {
        return recorded.intent().flatMap(CreateIntent::replaces).equals(Optional.of(id));
    }

    /** One order makes one snapshot, so whatever bears the order of the replaced one beside it has a copied marker. */
    boolean wasCreatedByReplacedRequest(CloudSnapshot snapshot) {
        var createId = recorded.intent().flatMap(CreateIntent::replacedCreateId);
        return createId.isPresent()
                && OwnershipMarker.of(snapshot).map(OwnershipMarker::createId).equals(createId);
    }

    /**
     * From when on a look can conclude that there is nothing. The intent itself is evidence of an order: until settle has
     * passed since it was written, its snapshot may be on its way, or made and not listed yet, whatever this process
     * remembers. The id in an answer that could not be written down, or a status that was wiped, would otherwise be a second
     * snapshot.
     */
    Instant absenceProvableFrom() {
        var remembered = environment.absenceProvableFrom();
        return recorded.intent()
                .filter(intent -> !recorded.lastCreateOutcomeIsRecorded())
                .map(intent -> intent.at().plus(environment.retryPolicy().settleTime()))
                .filter(remembered::isBefore)
                .orElse(remembered);
    }

    /** Whether a 404 may only mean that the cloud does not show its newest snapshots yet. */
    boolean maybeNotYetVisible() {
        return recorded.readyAt().isEmpty()
                && recorded.snapshot()
                        .filter(recordedSnapshot -> recordedSnapshot.state() == SnapshotState.CREATING)
                        .isPresent()
                && recorded.intent()
                        .filter(intent -> now.isBefore(
                                intent.at().plus(environment.retryPolicy().settleTime())))
                        .isPresent();
    }

    boolean provesAbsence(Observation.SearchResult search) {
        return search.complete() && !search.startedAt().isBefore(absenceProvableFrom());
    }

    /** Which of several hits is the one to keep: the recorded one, else the recorded order's, else the oldest. */
    CloudSnapshot chooseCanonical(List<CloudSnapshot> matches) {
        var recordedId = recorded.snapshot().map(RecordedState.RecordedSnapshot::id);
        var createId = recorded.intent().map(CreateIntent::createId);
        return matches.stream()
                .filter(match -> recordedId.equals(Optional.of(match.id())))
                .findFirst()
                .or(() -> matches.stream()
                        .filter(match -> createId.isPresent()
                                && OwnershipMarker.of(match)
                                        .map(OwnershipMarker::createId)
                                        .equals(createId))
                        .min(BY_CREATION_TIME))
                .orElseGet(() -> matches.stream().min(BY_CREATION_TIME).orElseThrow());
    }

    Duration remainingUntil(Instant when) {
        var left = Duration.between(now, when);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static final Comparator<CloudSnapshot> BY_CREATION_TIME = Comparator.comparing(
                    (CloudSnapshot snapshot) -> snapshot.createdAt().orElse(Instant.MAX))
            .thenComparing(snapshot -> snapshot.id().value());
}
