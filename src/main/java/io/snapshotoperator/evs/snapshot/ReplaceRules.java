/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.util.Optional;

/** A snapshot that ended in error makes room for another: it is deleted first, and when it is gone, one is ordered. */
final class ReplaceRules {
    private ReplaceRules() {}

    static ObservationQuery question(ReconcileInput it, RecordedState.RecordedSnapshot failed) {
        // A list that was begun before the failed one was shown proves nothing of it; a 404 by id does.
        return CreateRules.createRetryDelay(it).isPresent()
                ? new ObservationQuery.None()
                : new ObservationQuery.ConfirmGoneThenFind(failed.id(), it.markerQuery());
    }

    static Decision decide(
            ReconcileInput it, RecordedState.RecordedSnapshot failed, Observation sighting, String freshOrderId) {
        return CreateRules.createRetryDelay(it)
                .map(Decision.noChange()::requeueAfter)
                .orElseGet(() -> replacement(it, failed, sighting, freshOrderId));
    }

    /**
     * Only a snapshot that was never ready is replaced, and not one that was adopted long after its order: what it held
     * then cannot be had again.
     */
    static boolean isAllowed(ReconcileInput it) {
        return it.known()
                .intent()
                .filter(intent -> intent.attempt() < it.wish().maxAttempts()
                        && it.known().readyAt().isEmpty()
                        && !it.wish().paused()
                        && it.now()
                                .isBefore(intent.at()
                                        .plus(it.standing().patience().certainFor())))
                .isPresent();
    }

    /** The intent says what is replaced before it is deleted: its absence is then no loss. */
    static Decision begin(ReconcileInput it, CloudSnapshot failed) {
        var intent = it.known().intent().orElseThrow().forReplacement(failed.id(), order(it, failed));
        var deed = new Action.DeleteSnapshot(failed.id(), it.volumeId(), Optional.of(intent), false);
        return Decision.perform(
                deed,
                StatusPatch.of(Verdict.of(Reason.ReplacingFailed))
                        .withSnapshot(failed, it.currentLocation().orElseThrow()));
    }

    private static String order(ReconcileInput it, CloudSnapshot failed) {
        return OwnershipMarker.of(failed)
                .map(OwnershipMarker::orderId)
                .orElseGet(() -> it.known().intent().orElseThrow().orderId());
    }

    /** The failed snapshot is being deleted; when a read by id says that it is gone, another is ordered. */
    private static Decision replacement(
            ReconcileInput it, RecordedState.RecordedSnapshot failed, Observation sighting, String freshOrderId) {
        if (sighting instanceof Observation.Found found) {
            return stillThere(it, found.snapshot());
        }
        if (!(sighting instanceof Observation.SearchResult look)) {
            return Decision.noChange().requeueAfter(it.standing().patience().recheckInterval());
        }
        // A list may show it for a while longer than a read by id.
        var next = look.hits().stream()
                .filter(hit -> !hit.id().equals(failed.id()) && !it.wasCreatedByReplacedRequest(hit))
                .toList();
        if (!next.isEmpty()) {
            return Decision.patchStatus(
                            TrackRules.statusPatch(it, it.chooseCanonical(next)).withReplacement(true))
                    .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        if (it.wish().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.Paused)));
        }
        return it.provesAbsence(look)
                ? CreateRules.createAgain(it, it.known().intent().orElseThrow(), look, freshOrderId)
                : Decision.noChange().requeueAfter(it.standing().patience().recheckInterval());
    }

    private static Decision stillThere(ReconcileInput it, CloudSnapshot failed) {
        if (it.wish().paused()) {
            return Decision.patchStatus(TrackRules.statusPatch(it, Verdict.of(Reason.Paused), failed));
        }
        return switch (failed.state()) {
            case ERROR, AVAILABLE -> tryAgain(it, failed);
            case ERROR_DELETING ->
                Decision.patchStatus(TrackRules.statusPatch(it, Verdict.of(Reason.DeletionFailed), failed));
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(TrackRules.statusPatch(it, Verdict.of(Reason.ReplacingFailed), failed))
                        .requeueAfter(it.standing().patience().recheckInterval());
        };
    }

    private static Decision tryAgain(ReconcileInput it, CloudSnapshot failed) {
        var due = DeleteRules.deleteRetryDelay(it);
        return due.isPresent()
                ? Decision.noChange().requeueAfter(due.get())
                : Decision.perform(
                        new Action.DeleteSnapshot(failed.id(), it.volumeId(), Optional.empty(), false),
                        TrackRules.statusPatch(it, Verdict.of(Reason.ReplacingFailed), failed));
    }
}
