/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;

/**
 * The rules of {@code failurePolicy: Replace}: the operator deletes a snapshot that ended in error, and creates
 * another one when the first no longer exists.
 */
final class ReplaceRules {
    private ReplaceRules() {}

    static ObservationQuery planObservation(ReconcileInput input, RecordedState.RecordedSnapshot failed) {
        // A list that started before the cloud showed the failed snapshot proves nothing about it. A 404 by id does.
        return CreateRules.createRetryDelay(input).isZero()
                ? new ObservationQuery.ConfirmGoneThenFind(failed.id(), input.markerQuery())
                : new ObservationQuery.None();
    }

    static Decision decide(
            ReconcileInput input, RecordedState.RecordedSnapshot failed, Observation observation, String newCreateId) {
        var delay = CreateRules.createRetryDelay(input);
        return delay.isZero()
                ? onReplacing(input, failed, observation, newCreateId)
                : Decision.noChange().requeueAfter(delay);
    }

    /**
     * Whether the operator may replace a failed snapshot. It replaces none that was ready before, and none that was
     * adopted long after its create request, because the data of that time no longer exists.
     */
    static boolean isAllowed(ReconcileInput input) {
        return input.recorded()
                .intent()
                .filter(intent -> attempts(input, intent) < input.desired().maxAttempts()
                        && input.recorded().readyAt().isEmpty()
                        && !input.desired().paused()
                        && input.now()
                                .isBefore(intent.at().plus(input.retryPolicy().outcomeProvableFor())))
                .isPresent();
    }

    /** Returns the number of the current snapshot, as the status or the intent counts, whichever is more. */
    private static int attempts(ReconcileInput input, CreateIntent intent) {
        return Math.max(intent.replacementAttempt(), 1 + input.recorded().replacements());
    }

    /** Records what is replaced. The next reconcile reads the snapshot again before it deletes it. */
    static Decision begin(ReconcileInput input, CloudSnapshot failed) {
        var intent = input.recorded().intent().orElseThrow().forReplacement(failed.id(), createIdOf(input, failed));
        return Decision.perform(
                        new Action.BeginReplacement(intent),
                        StatusPatch.of(Verdict.of(SnapshotReason.ReplacingFailedSnapshot))
                                .withSnapshot(failed, input.currentLocation().orElseThrow()))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    private static String createIdOf(ReconcileInput input, CloudSnapshot failed) {
        return OwnershipMarker.of(failed)
                .map(OwnershipMarker::createId)
                .orElseGet(() -> input.recorded().intent().orElseThrow().createId());
    }

    /** Creates the next snapshot when a read by id shows that the failed one no longer exists. */
    private static Decision onReplacing(
            ReconcileInput input, RecordedState.RecordedSnapshot failed, Observation observation, String newCreateId) {
        if (observation instanceof Observation.Found found) {
            return onReplacedStillPresent(input, failed, found.snapshot());
        }
        if (!(observation instanceof Observation.SearchResult search)) {
            // The failed snapshot is still being deleted. The poller shows when it is gone.
            return input.desired().paused()
                    ? Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.Paused)))
                    : Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        // A list can show the failed snapshot longer than a read by id.
        var next = search.matches().stream()
                .filter(match -> !match.id().equals(failed.id()) && !input.wasCreatedByReplacedRequest(match))
                .toList();
        if (!next.isEmpty()) {
            return Decision.patchStatus(TrackRules.statusPatch(input, input.chooseCanonical(next))
                            .withReplacement(true))
                    .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        if (input.desired().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.Paused)));
        }
        return input.provesAbsence(search)
                ? CreateRules.createAgain(input, input.recorded().intent().orElseThrow(), search, newCreateId)
                : Decision.noChange().requeueAfter(input.retryPolicy().recheckInterval());
    }

    private static Decision onReplacedStillPresent(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot, CloudSnapshot failed) {
        if (failed.state() == SnapshotState.AVAILABLE) {
            // It became ready after all, so the operator keeps it.
            return TrackRules.onFound(input, recordedSnapshot, failed);
        }
        if (input.desired().paused()) {
            return Decision.patchStatus(TrackRules.statusPatch(input, Verdict.of(CommonReason.Paused), failed));
        }
        return switch (failed.state()) {
            case ERROR -> deleteFailed(input, failed);
            case ERROR_DELETING ->
                Decision.patchStatus(TrackRules.statusPatch(input, Verdict.of(SnapshotReason.DeletionFailed), failed));
            case AVAILABLE, CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(TrackRules.statusPatch(
                                input, Verdict.of(SnapshotReason.ReplacingFailedSnapshot), failed))
                        .requeueAfter(input.retryPolicy().recheckInterval());
        };
    }

    private static Decision deleteFailed(ReconcileInput input, CloudSnapshot failed) {
        var modifiable = ModifiableSnapshot.check(input, failed);
        if (modifiable.isEmpty()) {
            return TrackRules.onNotOwned(failed);
        }
        var delay = DeleteRules.deleteRetryDelay(input);
        return delay.isZero()
                ? Decision.perform(
                        new Action.DeleteSnapshot(modifiable.get(), failed.volumeId(), false),
                        TrackRules.statusPatch(input, Verdict.of(SnapshotReason.ReplacingFailedSnapshot), failed))
                : Decision.noChange().requeueAfter(delay);
    }
}
