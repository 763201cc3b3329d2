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
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot.DeletionPolicy;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A request that is being deleted. The finalizer goes only when the cloud confirmed that nothing is left, when the policy
 * says retain, or when a person said forget; never on silence and never on a word that we do not know.
 */
final class DeleteRules {
    private DeleteRules() {}

    static ObservationQuery question(ReconcileInput input) {
        if (!input.recorded().hasFinalizer()
                || mayRemoveFinalizerWithoutCheck(input)
                || input.desired().paused()
                || input.locationMismatch()) {
            return new ObservationQuery.None();
        }
        var search = input.markerQuery();
        if (input.recorded().snapshot().isEmpty()) {
            // An import has no marker of ours; its finalizer says that it was found once.
            return input.desired().source() instanceof Source.ExistingSnapshot existing
                    ? new ObservationQuery.GetById(existing.id())
                    : search;
        }
        var recordedSnapshot = input.recorded().snapshot().get();
        if (!deleteRetryDelay(input).isZero()) {
            return new ObservationQuery.None();
        }
        if (input.isReplacing()
                || input.recorded()
                        .intent()
                        .filter(intent -> intent.createCount() > 1)
                        .isPresent()) {
            return new ObservationQuery.ConfirmGoneThenFind(recordedSnapshot.id(), search);
        }
        return recordedSnapshot.state() == SnapshotState.DELETING
                ? new ObservationQuery.PollerUpdate(recordedSnapshot.id())
                : new ObservationQuery.GetById(recordedSnapshot.id());
    }

    static Decision decide(ReconcileInput input, Observation observation) {
        if (!input.recorded().hasFinalizer()) {
            return Decision.noChange();
        }
        if (input.desired().abandon()) {
            return removeFinalizer(Optional.of(SnapshotReason.SnapshotAbandoned));
        }
        if (input.desired().deletionPolicy() == DeletionPolicy.RETAIN) {
            return removeFinalizer(Optional.of(SnapshotReason.SnapshotRetained));
        }
        if (input.desired().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.Paused)));
        }
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable out) {
            return blind(input, out.failure());
        }
        if (input.locationMismatch()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        if (observation instanceof Observation.Unchanged) {
            var delay = deleteRetryDelay(input);
            return Decision.noChange().requeueAfter(delay.isZero() ? RetryPolicy.FALLBACK_REQUEUE : delay);
        }
        if (observation instanceof Observation.Deferred notYet) {
            return CreateRules.onObservationDeferred(input, notYet);
        }
        if (observation instanceof Observation.Failed failed) {
            return blind(input, failed.failure());
        }
        if (observation instanceof Observation.NotFound) {
            return input.maybeNotYetVisible()
                    ? Decision.noChange()
                            .requeueAfter(input.environment().retryPolicy().recheckInterval())
                    : removeFinalizer(Optional.empty());
        }
        if (observation instanceof Observation.Found found) {
            return found(input, found.snapshot());
        }
        return searched(input, (Observation.SearchResult) observation);
    }

    /** The object goes without a look: what is there stays by wish. */
    private static boolean mayRemoveFinalizerWithoutCheck(ReconcileInput input) {
        return input.desired().abandon() || input.desired().deletionPolicy() == DeletionPolicy.RETAIN;
    }

    private static Decision found(ReconcileInput input, CloudSnapshot snapshot) {
        if (!input.mayModify(snapshot)) {
            return Decision.patchStatus(page(input, SnapshotReason.NotOwned, snapshot))
                    .requeueAfter(input.environment().retryPolicy().maxBackoff());
        }
        return switch (snapshot.state()) {
            case AVAILABLE, ERROR -> delete(input, snapshot);
            case DELETING ->
                Decision.patchStatus(page(input, SnapshotReason.Deleting, snapshot))
                        .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(page(input, SnapshotReason.WaitingToDelete, snapshot))
                        .requeueAfter(input.environment().retryPolicy().recheckInterval());
            case ERROR_DELETING -> onErrorDeleting(input, snapshot);
        };
    }

    private static Decision onErrorDeleting(ReconcileInput input, CloudSnapshot snapshot) {
        var verdict = Verdict.of(SnapshotReason.DeletionFailed);
        var decision = Decision.patchStatus(page(input, verdict.reason(), snapshot))
                .requeueAfter(input.environment().retryPolicy().maxBackoff());
        return input.recorded().reasonIs(verdict.reason()) ? decision : decision.withEvent(verdict);
    }

    private static Decision delete(ReconcileInput input, CloudSnapshot snapshot) {
        var cameBack = input.recorded()
                .snapshot()
                .filter(recordedSnapshot -> recordedSnapshot.state() == SnapshotState.DELETING
                        && recordedSnapshot.id().equals(snapshot.id()))
                .isPresent();
        if (cameBack) {
            // Cinder's answer to a snapshot that something depends on: accepted, and then available again.
            var attempt = RecordedFailure.once(RecordedFailure.DELETE, input.now())
                    .message("the cloud accepted the delete request, and then the snapshot was " + snapshot.wireState()
                            + " again")
                    .build();
            return Decision.patchStatus(
                            page(input, SnapshotReason.SnapshotInUse, snapshot).withFailedAttempt(attempt))
                    .requeueAfter(input.environment().retryPolicy().initialBackoff());
        }
        var delay = deleteRetryDelay(input);
        if (!delay.isZero()) {
            return Decision.noChange().requeueAfter(delay);
        }
        var statusPatch = page(input, SnapshotReason.Deleting, snapshot);
        return Decision.perform(
                new Action.DeleteSnapshot(snapshot.id(), input.volumeId(), Optional.empty(), false),
                isDuplicate(input, snapshot) ? statusPatch : statusPatch.withCloudStatus("deleting"));
    }

    /**
     * Everything that carries our marker goes, one order a pass; then the object. The recorded one first, and it stays the
     * recorded one: an accepted deletion can come to nothing.
     */
    private static Decision searched(ReconcileInput input, Observation.SearchResult search) {
        if (!search.matches().isEmpty()) {
            return found(input, nextToDelete(input, search.matches()));
        }
        if (!input.provesAbsence(search)) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.VerifyingPreviousCreate)))
                    .requeueAfter(least(
                            input.remainingUntil(input.absenceProvableFrom()),
                            input.environment().retryPolicy().recheckInterval()));
        }
        if (!search.unmarkedCandidates().isEmpty()
                && input.recorded().snapshot().isEmpty()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.OwnershipMarkerDropped)))
                    .requeueAfter(input.environment().retryPolicy().maxBackoff());
        }
        return removeFinalizer(Optional.empty());
    }

    /** The recorded one; then what can be deleted now, so that one that cannot does not hold up the others. */
    private static CloudSnapshot nextToDelete(ReconcileInput input, List<CloudSnapshot> matches) {
        return matches.stream()
                .filter(match -> !isDuplicate(input, match))
                .findFirst()
                .orElseGet(() -> matches.stream()
                        .min(Comparator.comparing((CloudSnapshot match) -> !input.mayModify(match))
                                .thenComparing(match -> switch (match.state()) {
                                    case AVAILABLE, ERROR -> 0;
                                    case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> 1;
                                    case ERROR_DELETING -> 2;
                                    case DELETING -> 3;
                                }))
                        .orElseThrow());
    }

    private static boolean isDuplicate(ReconcileInput input, CloudSnapshot snapshot) {
        return input.recorded()
                .snapshot()
                .filter(recordedSnapshot -> !recordedSnapshot.id().equals(snapshot.id()))
                .isPresent();
    }

    /** What is seen of a surplus is not written over what is recorded of the one beside it. */
    private static StatusPatch page(ReconcileInput input, Reason reason, CloudSnapshot snapshot) {
        var verdict = Verdict.of(reason);
        return isDuplicate(input, snapshot)
                ? StatusPatch.of(verdict)
                : TrackRules.statusPatch(input, verdict, snapshot);
    }

    private static Duration least(Duration one, Duration other) {
        var less = one.compareTo(other) < 0 ? one : other;
        return less.isZero() ? RetryPolicy.IMMEDIATE_REQUEUE : less;
    }

    /** Returns how long the operator still waits before it repeats a failed or reverted delete; zero means now. */
    static Duration deleteRetryDelay(ReconcileInput input) {
        var retryPolicy = input.environment().retryPolicy();
        var delay = retryPolicy
                .backoff(
                        input.recorded().reason().orElse(CommonReason.Rejected),
                        input.recorded().failureCount(RecordedFailure.DELETE))
                .delayOr(retryPolicy.maxBackoff());
        return input.recorded()
                .lastFailure(RecordedFailure.DELETE)
                .map(last -> input.remainingUntil(last.at().plus(delay)))
                .orElse(Duration.ZERO);
    }

    private static Decision blind(ReconcileInput input, CloudException.Details failure) {
        var verdict = FailureReasons.verdictFor(failure);
        var retryAfter = input.environment()
                .retryPolicy()
                .backoff(verdict.reason(), 2)
                .delayOr(input.environment().retryPolicy().maxBackoff());
        return Decision.patchStatus(StatusPatch.of(verdict)).requeueAfter(retryAfter);
    }

    private static Decision removeFinalizer(Optional<Reason> announce) {
        return Decision.perform(new Action.RemoveFinalizer(announce));
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
                // The recorded snapshot is none the worse for it.
                return Decision.patchStatus(planned.withFailedAttempt(attempt))
                        .requeueAfter(input.environment().retryPolicy().maxBackoff());
            }
            var retryAfter = input.environment()
                    .retryPolicy()
                    .backoff(verdict.reason(), 1)
                    .delayOr(input.environment().retryPolicy().maxBackoff());
            return Decision.patchStatus(StatusPatch.of(verdict).withFailedAttempt(attempt))
                    .requeueAfter(retryAfter);
        }

        @Override
        public Decision notSent(ActionResult.NotSent result) {
            return action.duplicate()
                    ? Decision.noChange().requeueAfter(result.retryAfter())
                    : CreateRules.onActionNotSent(input, result);
        }
    }
}
