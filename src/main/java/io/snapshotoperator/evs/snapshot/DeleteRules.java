/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot.DeletionPolicy;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rules for a request that is being deleted. The operator removes the finalizer only if the cloud confirmed that no
 * snapshot is left, the deletion policy is {@code Retain}, or the user abandons the request. A missing response or an
 * unknown state is no confirmation.
 */
final class DeleteRules {
    private DeleteRules() {}

    static ObservationQuery planObservation(ReconcileInput input) {
        if (!input.recorded().hasFinalizer()
                || mayRemoveFinalizerWithoutCheck(input)
                || input.recorded().contentHold().isPresent()
                || input.desired().paused()
                || input.locationMismatch()) {
            return new ObservationQuery.None();
        }
        var search = input.markerQuery();
        if (input.recorded().snapshot().isEmpty()) {
            // An import has no ownership marker. Its finalizer shows that it was found once.
            return input.desired().source() instanceof Source.ExistingSnapshot existing
                    ? new ObservationQuery.GetById(existing.id())
                    : search;
        }
        var recordedSnapshot = input.recorded().snapshot().get();
        if (!deleteRetryDelay(input).isZero()) {
            return new ObservationQuery.None();
        }
        if (isRecordedForeign(input)) {
            return search;
        }
        if (input.isReplacing()
                || input.recorded().hasInvalidIntent()
                || input.recorded()
                        .intent()
                        .filter(intent -> intent.createCount() > 1)
                        .isPresent()) {
            return new ObservationQuery.ConfirmGoneThenFind(recordedSnapshot.id(), search);
        }
        return isWaitingForPoller(input, recordedSnapshot)
                ? new ObservationQuery.PollerUpdate(recordedSnapshot.id())
                : new ObservationQuery.GetById(recordedSnapshot.id());
    }

    /** Whether the status says that the deletion waits until the snapshot leaves its state. The poller shows when it does. */
    private static boolean isWaitingForPoller(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        return switch (recordedSnapshot.state()) {
            case DELETING -> true;
            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                input.recorded().reasonIs(SnapshotReason.WaitingToDelete);
            case AVAILABLE, ERROR, ERROR_DELETING -> false;
        };
    }

    static Decision decide(ReconcileInput input, Observation observation) {
        if (!input.recorded().hasFinalizer()) {
            return Decision.noChange();
        }
        if (input.desired().abandon()) {
            return removeFinalizer(Optional.of(SnapshotReason.SnapshotAbandoned));
        }
        if (input.recorded().contentHold().isPresent()) {
            // The users of the content would lose the snapshot without a warning.
            return Decision.patchStatus(StatusPatch.of(Verdict.of(
                            SnapshotReason.ContentInUse,
                            input.recorded().contentHold().get())))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (input.desired().deletionPolicy() == DeletionPolicy.RETAIN) {
            return removeFinalizer(Optional.of(SnapshotReason.SnapshotRetained));
        }
        if (input.desired().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.Paused)));
        }
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable unavailable) {
            return onObservationFailed(input, unavailable.failure());
        }
        if (input.locationMismatch()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        if (observation instanceof Observation.Unchanged) {
            var delay = deleteRetryDelay(input);
            return Decision.noChange().requeueAfter(delay.isZero() ? RetryPolicy.FALLBACK_REQUEUE : delay);
        }
        if (observation instanceof Observation.Deferred deferred) {
            return CreateRules.onObservationDeferred(input, deferred);
        }
        if (observation instanceof Observation.Failed failed) {
            return onObservationFailed(input, failed.failure());
        }
        if (observation instanceof Observation.NotFound) {
            return input.maybeNotYetVisible()
                    ? Decision.noChange().requeueAfter(input.retryPolicy().recheckInterval())
                    : removeFinalizer(Optional.empty());
        }
        if (observation instanceof Observation.Found found) {
            return onFound(input, found.snapshot());
        }
        return onSearchResult(input, (Observation.SearchResult) observation);
    }

    /** Whether the user keeps what is in the cloud, so that no observation is necessary. */
    private static boolean mayRemoveFinalizerWithoutCheck(ReconcileInput input) {
        return input.desired().abandon() || input.desired().deletionPolicy() == DeletionPolicy.RETAIN;
    }

    /** Whether the recorded snapshot is known not to be of this object. The operator then deletes only what is. */
    private static boolean isRecordedForeign(ReconcileInput input) {
        return input.recorded().snapshot().isPresent()
                && input.recorded().reasonIs(SnapshotReason.NotOwned)
                && !input.desired().isImport();
    }

    private static Decision onFound(ReconcileInput input, CloudSnapshot snapshot) {
        var modifiable = ModifiableSnapshot.check(input, snapshot);
        if (modifiable.isEmpty()) {
            return onNotOwned(input, snapshot);
        }
        return switch (snapshot.state()) {
            case AVAILABLE, ERROR -> delete(input, snapshot, modifiable.get());
            case DELETING ->
                Decision.patchStatus(statusPatch(input, SnapshotReason.Deleting, snapshot))
                        .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(statusPatch(input, SnapshotReason.WaitingToDelete, snapshot))
                        .requeueAfter(input.retryPolicy().recheckInterval());
            case ERROR_DELETING -> onErrorDeleting(input, snapshot);
        };
    }

    private static Decision onNotOwned(ReconcileInput input, CloudSnapshot snapshot) {
        var verdict = Verdict.of(SnapshotReason.NotOwned);
        var statusPatch = input.isForeign(snapshot)
                ? StatusPatch.of(verdict)
                : statusPatch(input, SnapshotReason.NotOwned, snapshot);
        if (input.recorded().reasonIs(SnapshotReason.NotOwned)) {
            return Decision.patchStatus(statusPatch)
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        // The next reconcile searches for snapshots that do carry the marker.
        return Decision.patchStatus(statusPatch)
                .withEvent(verdict)
                .requeueAfter(
                        input.desired().isImport() ? input.retryPolicy().maxBackoff() : RetryPolicy.IMMEDIATE_REQUEUE);
    }

    private static Decision onErrorDeleting(ReconcileInput input, CloudSnapshot snapshot) {
        var verdict = Verdict.of(SnapshotReason.DeletionFailed);
        var decision = Decision.patchStatus(statusPatch(input, verdict.reason(), snapshot))
                .requeueAfter(input.retryPolicy().maxBackoff());
        return input.recorded().reasonIs(verdict.reason()) ? decision : decision.withEvent(verdict);
    }

    private static Decision delete(ReconcileInput input, CloudSnapshot snapshot, ModifiableSnapshot modifiable) {
        var isReverted = input.recorded()
                .snapshot()
                .filter(recordedSnapshot -> recordedSnapshot.state() == SnapshotState.DELETING
                        && recordedSnapshot.id().equals(snapshot.id()))
                .isPresent();
        if (isReverted) {
            // Cinder accepts to delete a snapshot on which something depends, and then makes it available again.
            var attempt = RecordedFailure.once(RecordedFailure.DELETE, input.now())
                    .message("the cloud accepted the delete request, and then the snapshot was " + snapshot.wireState()
                            + " again")
                    .build();
            return Decision.patchStatus(statusPatch(input, SnapshotReason.SnapshotInUse, snapshot)
                            .withFailedAttempt(attempt))
                    .requeueAfter(input.retryPolicy().initialBackoff());
        }
        if (input.environment().beingRestored() && !isDuplicate(input, snapshot)) {
            return Decision.patchStatus(statusPatch(input, SnapshotReason.RestoreInProgress, snapshot))
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        var delay = deleteRetryDelay(input);
        if (!delay.isZero()) {
            return Decision.noChange().requeueAfter(delay);
        }
        var statusPatch = statusPatch(input, SnapshotReason.Deleting, snapshot);
        return Decision.perform(
                new Action.DeleteSnapshot(modifiable, snapshot.volumeId(), false),
                isDuplicate(input, snapshot) ? statusPatch : statusPatch.withCloudStatus("deleting"));
    }

    /**
     * Deletes every snapshot with the ownership marker, one per reconcile, and then removes the finalizer. The recorded
     * snapshot is the first, and it stays recorded, because the cloud can revert an accepted delete.
     */
    private static Decision onSearchResult(ReconcileInput input, Observation.SearchResult search) {
        // A duplicate that another object imports stays.
        var matches = search.matches().stream()
                .filter(match -> !isDuplicate(input, match) || !input.isUsedByOthers(match))
                .toList();
        if (!matches.isEmpty()) {
            return onFound(input, nextToDelete(input, matches));
        }
        if (isRecordedForeign(input)) {
            return Decision.noChange().requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (input.recorded().hasInvalidIntent()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.CreateIntentInvalid)))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (!input.provesAbsence(search)) {
            return Decision.patchStatus(StatusPatch.of(CreateRules.verifying(search)))
                    .requeueAfter(CreateRules.recheckDelay(input, search));
        }
        if (!search.unmarkedCandidates().isEmpty()
                && input.recorded().snapshot().isEmpty()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.OwnershipMarkerDropped)))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        return removeFinalizer(Optional.empty());
    }

    /**
     * Returns the recorded snapshot, else one that can be deleted now, so that one that cannot does not block the
     * others.
     */
    private static CloudSnapshot nextToDelete(ReconcileInput input, List<CloudSnapshot> matches) {
        return matches.stream()
                .filter(match -> !isDuplicate(input, match))
                .findFirst()
                .orElseGet(() -> matches.stream()
                        .min(Comparator.comparing((CloudSnapshot match) -> switch (match.state()) {
                            case AVAILABLE, ERROR -> 0;
                            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> 1;
                            case ERROR_DELETING -> 2;
                            case DELETING -> 3;
                        }))
                        .orElseThrow());
    }

    /** Whether another snapshot than this one is recorded. */
    private static boolean isDuplicate(ReconcileInput input, CloudSnapshot snapshot) {
        return input.recorded()
                .snapshot()
                .filter(recordedSnapshot -> !recordedSnapshot.id().equals(snapshot.id()))
                .isPresent();
    }

    /** The state of a duplicate does not replace the recorded state of the recorded snapshot. */
    private static StatusPatch statusPatch(ReconcileInput input, Reason reason, CloudSnapshot snapshot) {
        var verdict = Verdict.of(reason);
        return isDuplicate(input, snapshot)
                ? StatusPatch.of(verdict)
                : TrackRules.statusPatch(input, verdict, snapshot);
    }

    /** Returns how long the operator still waits before it repeats a failed or reverted delete; zero means now. */
    static Duration deleteRetryDelay(ReconcileInput input) {
        var delay = input.retryPolicy()
                .backoff(
                        input.recorded().reason().orElse(CommonReason.Rejected),
                        input.recorded().failureCount(RecordedFailure.DELETE))
                .delayOr(input.retryPolicy().maxBackoff());
        return input.recorded()
                .lastFailure(RecordedFailure.DELETE)
                .map(last -> input.remainingUntil(last.at().plus(delay)))
                .orElse(Duration.ZERO);
    }

    private static Decision onObservationFailed(ReconcileInput input, CloudException.Details failure) {
        var verdict = FailureReasons.verdictFor(failure);
        return Decision.patchStatus(StatusPatch.of(verdict))
                .requeueAfter(CreateRules.observationRetryDelay(input, verdict.reason()));
    }

    private static Decision removeFinalizer(Optional<Reason> eventReason) {
        return Decision.perform(new Action.RemoveFinalizer(eventReason));
    }

    /** Returns what follows from the result of a delete request. */
    static Decision afterDelete(
            ReconcileInput input, Action.DeleteSnapshot action, StatusPatch planned, DeleteResult result) {
        return result.accept(new AfterDelete(input, action, planned));
    }

    private record AfterDelete(ReconcileInput input, Action.DeleteSnapshot action, StatusPatch planned)
            implements DeleteResult.Visitor<Decision> {

        @Override
        public Decision accepted() {
            return Decision.patchStatus(planned).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }

        @Override
        public Decision notFound() {
            return Decision.noChange().requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }

        @Override
        public Decision failed(ActionResult.Failed result) {
            var failure = result.failure();
            var verdict = FailureReasons.verdictFor(failure);
            var attempt = RecordedFailure.of(failure, RecordedFailure.DELETE, input.now());
            if (action.duplicate()) {
                // The failure does not change the state of the recorded snapshot.
                return Decision.patchStatus(planned.withFailedAttempt(attempt))
                        .requeueAfter(input.retryPolicy().maxBackoff());
            }
            var retryAfter = input.retryPolicy()
                    .backoff(verdict.reason(), 1)
                    .delayOr(input.retryPolicy().maxBackoff());
            return Decision.patchStatus(StatusPatch.of(verdict).withFailedAttempt(attempt))
                    .requeueAfter(retryAfter);
        }

        @Override
        public Decision notSent(ActionResult.NotSent result) {
            return action.duplicate()
                    ? Decision.noChange().requeueAfter(result.obstacle().retryAfter())
                    : CreateRules.onActionNotSent(input, result);
        }
    }
}
