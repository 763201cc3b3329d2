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
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that a reconcile of one object decides from, except the observation of the cloud. */
public record ReconcileInput(
        DesiredSnapshot desired, RecordedState recorded, ReconcileEnvironment environment, Instant now) {

    /**
     * Returns the volume to which the source leads, the only one of which the operator creates a snapshot. It never comes
     * from the annotation, because a user can edit that. Empty if the source leads to none now.
     */
    Optional<VolumeId> sourceVolume() {
        return environment.volume() instanceof VolumeResolution.Resolved resolved
                ? Optional.of(resolved.id())
                : Optional.empty();
    }

    /** Whether the create intent names another volume than the one to which the source leads. */
    boolean intentNamesOtherVolume() {
        return recorded.intent().isPresent()
                && sourceVolume().isPresent()
                && !recorded.intent().map(CreateIntent::volumeId).equals(sourceVolume());
    }

    /**
     * Returns the volume that contains every snapshot of this object: the one of the create intent, else of the status,
     * else of the source. Empty if it is not certain, or not known; then the whole project must be searched.
     */
    private Optional<VolumeId> searchedVolume() {
        if (intentNamesOtherVolume()) {
            return Optional.empty();
        }
        return recorded.intent()
                .map(CreateIntent::volumeId)
                .or(() -> recorded.snapshot().flatMap(RecordedState.RecordedSnapshot::volumeId))
                .or(recorded::volumeId)
                .or(() ->
                        desired.source() instanceof Source.Volume volume ? Optional.of(volume.id()) : Optional.empty());
    }

    /** Returns the name for a create request. */
    String snapshotName() {
        return desired.name().orElseGet(() -> DefaultSnapshotName.of(recorded.identity()));
    }

    /** Returns the search for all snapshots that carry the object's ownership marker. */
    ObservationQuery.FindByMarker markerQuery() {
        return new ObservationQuery.FindByMarker(
                searchedVolume(),
                absenceProvableFrom(),
                snapshotName(),
                recorded.intent().map(CreateIntent::at));
    }

    RetryPolicy retryPolicy() {
        return environment.retryPolicy();
    }

    /** Returns the location of the connection; empty if the operator can send no call now. */
    Optional<CloudLocation> currentLocation() {
        return environment.cloudAccess() instanceof CloudAccess.Available available
                ? Optional.of(available.here())
                : Optional.empty();
    }

    /** Returns the location of the recorded snapshot, else of the create intent; empty if there is neither. */
    Optional<CloudLocation> recordedLocation() {
        return recorded.snapshot()
                .flatMap(RecordedState.RecordedSnapshot::location)
                .or(() -> recorded.intent().map(CreateIntent::location));
    }

    /** Whether the connection leads to another location than the recorded one. */
    boolean locationMismatch() {
        return currentLocation().isPresent()
                && recordedLocation().isPresent()
                && !recordedLocation().equals(currentLocation());
    }

    /**
     * Whether the intent of this object is missing, as after {@code kubectl replace} with the user's manifest, or on an object
     * that was restored from a backup. In the second case the recorded snapshot belongs to another object. Only the marker
     * of the snapshot shows which case it is.
     */
    boolean lacksOwnIntent() {
        return !recorded.mayHaveSentCreate() && !desired.isImport();
    }

    /** Whether the snapshot carries the ownership marker of this object and installation. */
    boolean isOwned(CloudSnapshot snapshot) {
        return OwnershipMarker.of(snapshot)
                .filter(marker -> marker.belongsTo(recorded.identity(), environment.installation()))
                .isPresent();
    }

    /**
     * Whether the snapshot that the status records belongs to something else: it carries the marker of another object, or
     * it has no marker and is of another volume. Then someone edited the status, or the cloud responded to a create request
     * with another snapshot. An import shows any snapshot.
     */
    boolean isForeign(CloudSnapshot snapshot) {
        return !desired.isImport()
                && OwnershipMarker.of(snapshot)
                        .map(marker -> !marker.uid().equals(recorded.identity().uid()))
                        .orElseGet(() -> isOfOtherVolume(snapshot));
    }

    private boolean isOfOtherVolume(CloudSnapshot snapshot) {
        return snapshot.volumeId().isPresent()
                && sourceVolume().isPresent()
                && !snapshot.volumeId().equals(sourceVolume());
    }

    /**
     * Whether the recorded snapshot is the failed one that the operator replaces. The create intent only says which one
     * it is. That the operator may replace it follows from the spec, or from the reason that the operator wrote.
     */
    boolean isReplacing() {
        return recorded.readyAt().isEmpty()
                && (desired.maxAttempts() > 1 || recorded.reasonIs(SnapshotReason.ReplacingFailedSnapshot))
                && recorded.snapshot()
                        .filter(recordedSnapshot -> replaces(recordedSnapshot.id()))
                        .isPresent();
    }

    /** Whether this is the failed snapshot that the operator replaces. */
    boolean replaces(SnapshotId id) {
        return recorded.intent().flatMap(CreateIntent::replaces).equals(Optional.of(id));
    }

    /**
     * Whether the marker of the snapshot contains the create id of the replaced snapshot. One create request creates
     * one snapshot, so on any other snapshot this marker is a copy.
     */
    boolean wasCreatedByReplacedRequest(CloudSnapshot snapshot) {
        var createId = recorded.intent().flatMap(CreateIntent::replacedCreateId);
        return createId.isPresent()
                && OwnershipMarker.of(snapshot).map(OwnershipMarker::createId).equals(createId);
    }

    /**
     * Returns the time from which a search proves that there is no snapshot. A create intent shows that a create
     * request may have been sent, even if this process knows of none. Until the settle time has passed since then, the
     * snapshot may not exist or not be listed yet. Otherwise a wiped status, or an id that could not be recorded, would
     * lead to a second snapshot.
     */
    Instant absenceProvableFrom() {
        var knownToProcess = environment.absenceProvableFrom();
        return recorded.intent()
                .filter(intent -> !recorded.lastCreateOutcomeIsRecorded())
                .map(intent -> intent.at().plus(retryPolicy().settleTime()))
                .filter(knownToProcess::isBefore)
                .orElse(knownToProcess);
    }

    /** Whether the snapshot is so new that the cloud may respond with 404 although it exists. */
    boolean maybeNotYetVisible() {
        return recorded.readyAt().isEmpty()
                && recorded.snapshot()
                        .filter(recordedSnapshot -> recordedSnapshot.state() == SnapshotState.CREATING)
                        .isPresent()
                && recorded.intent()
                        .filter(intent ->
                                now.isBefore(intent.at().plus(retryPolicy().settleTime())))
                        .isPresent();
    }

    /** Returns this input with the observed snapshots that other objects refer to. */
    public ReconcileInput withUsedByOthers(Set<SnapshotId> ids) {
        return new ReconcileInput(desired, recorded, environment.withUsedByOthers(ids), now);
    }

    /** Whether another object imports or records the snapshot. */
    boolean isUsedByOthers(CloudSnapshot snapshot) {
        return environment.usedByOthers().contains(snapshot.id());
    }

    /**
     * Returns the search result without the snapshots of other installations that carry the UID of this object. The recorded
     * snapshot stays if it has no marker, because the others are compared with it.
     */
    Observation onlyOwned(Observation observation) {
        return observation instanceof Observation.SearchResult search
                ? search.withMatches(search.matches().stream()
                        .filter(match -> isOwned(match) || isRecordedWithoutMarker(match))
                        .toList())
                : observation;
    }

    private boolean isRecordedWithoutMarker(CloudSnapshot snapshot) {
        return OwnershipMarker.of(snapshot).isEmpty()
                && recorded.snapshot()
                        .filter(known -> known.id().equals(snapshot.id()))
                        .isPresent();
    }

    /** Whether a search that found nothing proves that there is no snapshot. */
    boolean provesAbsence(Observation.SearchResult search) {
        return search.complete() && !search.startedAt().isBefore(absenceProvableFrom());
    }

    /** Returns the match to keep: the recorded snapshot, else the one of the create intent, else the oldest. */
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

    /** Returns the time from now until {@code end}; zero if it has passed. */
    Duration remainingUntil(Instant end) {
        var remaining = Duration.between(now, end);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    private static final Comparator<CloudSnapshot> BY_CREATION_TIME = Comparator.comparing(
                    (CloudSnapshot snapshot) -> snapshot.createdAt().orElse(Instant.MAX))
            .thenComparing(snapshot -> snapshot.id().value());
}
