/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.util.Optional;

/** A snapshot that ended in error makes room for another: it is deleted first, and when it is gone, one is ordered. */
final class ReplaceRules {
    private ReplaceRules() {}

    static ObservationQuery question(ReconcileInput input, RecordedState.RecordedSnapshot failed) {
        // A list that was begun before the failed one was shown proves nothing of it; a 404 by id does.
        return CreateRules.createRetryDelay(input).isZero()
                ? new ObservationQuery.ConfirmGoneThenFind(failed.id(), input.markerQuery())
                : new ObservationQuery.None();
    }

    static Decision decide(
            ReconcileInput input, RecordedState.RecordedSnapshot failed, Observation observation, String newCreateId) {
        var delay = CreateRules.createRetryDelay(input);
        return delay.isZero()
                ? replacement(input, failed, observation, newCreateId)
                : Decision.noChange().requeueAfter(delay);
    }

    /**
     * Only a snapshot that was never ready is replaced, and not one that was adopted long after its order: what it held
     * then cannot be had again.
     */
    static boolean isAllowed(ReconcileInput input) {
        return input.recorded()
                .intent()
                .filter(intent -> intent.replacementAttempt() < input.desired().maxAttempts()
                        && input.recorded().readyAt().isEmpty()
                        && !input.desired().paused()
                        && input.now()
                                .isBefore(intent.at()
                                        .plus(input.environment().retryPolicy().outcomeProvableFor())))
                .isPresent();
    }

    /** The intent says what is replaced before it is deleted: its absence is then no loss. */
    static Decision begin(ReconcileInput input, CloudSnapshot failed) {
        var intent = input.recorded().intent().orElseThrow().forReplacement(failed.id(), order(input, failed));
        var action = new Action.DeleteSnapshot(failed.id(), input.volumeId(), Optional.of(intent), false);
        return Decision.perform(
                action,
                StatusPatch.of(Verdict.of(SnapshotReason.ReplacingFailedSnapshot))
                        .withSnapshot(failed, input.currentLocation().orElseThrow()));
    }

    private static String order(ReconcileInput input, CloudSnapshot failed) {
        return OwnershipMarker.of(failed)
                .map(OwnershipMarker::createId)
                .orElseGet(() -> input.recorded().intent().orElseThrow().createId());
    }

    /** The failed snapshot is being deleted; when a read by id says that it is gone, another is ordered. */
    private static Decision replacement(
            ReconcileInput input, RecordedState.RecordedSnapshot failed, Observation observation, String newCreateId) {
        if (observation instanceof Observation.Found found) {
            return stillThere(input, found.snapshot());
        }
        if (!(observation instanceof Observation.SearchResult search)) {
            return Decision.noChange()
                    .requeueAfter(input.environment().retryPolicy().recheckInterval());
        }
        // A list may show it for a while longer than a read by id.
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
                : Decision.noChange()
                        .requeueAfter(input.environment().retryPolicy().recheckInterval());
    }

    private static Decision stillThere(ReconcileInput input, CloudSnapshot failed) {
        if (input.desired().paused()) {
            return Decision.patchStatus(TrackRules.statusPatch(input, Verdict.of(CommonReason.Paused), failed));
        }
        return switch (failed.state()) {
            case ERROR, AVAILABLE -> tryAgain(input, failed);
            case ERROR_DELETING ->
                Decision.patchStatus(TrackRules.statusPatch(input, Verdict.of(SnapshotReason.DeletionFailed), failed));
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(TrackRules.statusPatch(
                                input, Verdict.of(SnapshotReason.ReplacingFailedSnapshot), failed))
                        .requeueAfter(input.environment().retryPolicy().recheckInterval());
        };
    }

    private static Decision tryAgain(ReconcileInput input, CloudSnapshot failed) {
        var delay = DeleteRules.deleteRetryDelay(input);
        return delay.isZero()
                ? Decision.perform(
                        new Action.DeleteSnapshot(failed.id(), input.volumeId(), Optional.empty(), false),
                        TrackRules.statusPatch(input, Verdict.of(SnapshotReason.ReplacingFailedSnapshot), failed))
                : Decision.noChange().requeueAfter(delay);
    }
}
