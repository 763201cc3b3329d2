/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One pass's view of one object: the wish, what is written, how we stand, and the one instant that is now. */
public record ReconcileInput(DesiredSnapshot wish, RecordedState known, ReconcileEnvironment standing, Instant now) {

    /** The disk to search: as it was when the first order was made, otherwise as the source leads to it now. */
    Optional<VolumeId> volumeId() {
        return known.intent()
                .map(CreateIntent::volumeId)
                .or(() -> known.held().flatMap(RecordedState.RecordedSnapshot::volumeId))
                .or(() -> standing.disk() instanceof ReconcileEnvironment.VolumeResolution.Resolved resolved
                        ? Optional.of(resolved.id())
                        : Optional.empty());
    }

    /** The name that a create gives. */
    String snapshotName() {
        return wish.name().orElseGet(() -> DefaultSnapshotName.of(known.owner()));
    }

    /** The search for whatever carries this object's marker. */
    ObservationQuery.FindByMarker markerQuery() {
        return new ObservationQuery.FindByMarker(
                volumeId(),
                absenceProvableFrom(),
                snapshotName(),
                known.intent().map(CreateIntent::at));
    }

    Optional<CloudLocation> currentLocation() {
        return standing.reach() instanceof ReconcileEnvironment.CloudAccess.Available reached
                ? Optional.of(reached.here())
                : Optional.empty();
    }

    /** Where the object's snapshot lives, or must be looked for; empty before anything was ordered or found. */
    Optional<CloudLocation> recordedLocation() {
        return known.held().flatMap(RecordedState.RecordedSnapshot::place).or(() -> known.intent()
                .map(CreateIntent::place));
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
        return !known.finalizer() && known.intent().isEmpty() && !wish.isImport();
    }

    boolean isOwned(CloudSnapshot snapshot) {
        return OwnershipMarker.of(snapshot)
                .filter(marker -> marker.belongsTo(known.owner(), standing.installation()))
                .isPresent();
    }

    /**
     * Whether the snapshot may be deleted or renamed: it is ours by its marker; or it is the one that an import names, and
     * neither another object nor a backup service has marked it.
     */
    boolean mayModify(CloudSnapshot snapshot) {
        return isOwned(snapshot)
                || (wish.isImport() && OwnershipMarker.of(snapshot).isEmpty() && !OwnershipMarker.isBackup(snapshot));
    }

    /** Whether the recorded snapshot is the failed one that is making room for another. */
    boolean isReplacing() {
        return known.held().filter(held -> replaces(held.id())).isPresent();
    }

    /** Whether this is the failed snapshot that makes room for another. */
    boolean replaces(SnapshotId id) {
        return known.intent().flatMap(CreateIntent::replaces).equals(Optional.of(id));
    }

    /** One order makes one snapshot, so whatever bears the order of the replaced one beside it has a copied marker. */
    boolean wasCreatedByReplacedRequest(CloudSnapshot snapshot) {
        var order = known.intent().flatMap(CreateIntent::replacedOrder);
        return order.isPresent()
                && OwnershipMarker.of(snapshot).map(OwnershipMarker::orderId).equals(order);
    }

    /**
     * From when on a look can conclude that there is nothing. The intent itself is evidence of an order: until settle has
     * passed since it was written, its snapshot may be on its way, or made and not listed yet, whatever this process
     * remembers. The id in an answer that could not be written down, or a status that was wiped, would otherwise be a second
     * snapshot.
     */
    Instant absenceProvableFrom() {
        var remembered = standing.nothingArrivesAfter();
        return known.intent()
                .filter(intent -> !known.lastCreateOutcomeIsRecorded())
                .map(intent -> intent.at().plus(standing.patience().settle()))
                .filter(remembered::isBefore)
                .orElse(remembered);
    }

    /** Whether a 404 may only mean that the cloud does not show its newest snapshots yet. */
    boolean maybeNotYetVisible() {
        return known.readyAt().isEmpty()
                && known.held()
                        .filter(held -> held.state() == SnapshotState.CREATING)
                        .isPresent()
                && known.intent()
                        .filter(intent -> now.isBefore(
                                intent.at().plus(standing.patience().settle())))
                        .isPresent();
    }

    boolean provesAbsence(Observation.SearchResult look) {
        return look.complete() && !look.begun().isBefore(absenceProvableFrom());
    }

    /** Which of several hits is the one to keep: the recorded one, else the recorded order's, else the oldest. */
    CloudSnapshot chooseCanonical(List<CloudSnapshot> hits) {
        var recorded = known.held().map(RecordedState.RecordedSnapshot::id);
        var order = known.intent().map(CreateIntent::orderId);
        return hits.stream()
                .filter(hit -> recorded.equals(Optional.of(hit.id())))
                .findFirst()
                .or(() -> hits.stream()
                        .filter(hit -> order.isPresent()
                                && OwnershipMarker.of(hit)
                                        .map(OwnershipMarker::orderId)
                                        .equals(order))
                        .min(BY_CREATION_TIME))
                .orElseGet(() -> hits.stream().min(BY_CREATION_TIME).orElseThrow());
    }

    Duration remainingUntil(Instant when) {
        var left = Duration.between(now, when);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static final Comparator<CloudSnapshot> BY_CREATION_TIME = Comparator.comparing(
                    (CloudSnapshot snapshot) -> snapshot.createdAt().orElse(Instant.MAX))
            .thenComparing(snapshot -> snapshot.id().value());
}
