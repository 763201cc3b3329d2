/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.time.Instant;

/**
 * The rules by which one snapshot lives: what must be looked at, and what follows from it. A request is in one of three
 * positions, and each has its own chapter: it asks ({@link CreateRules}: no snapshot is recorded), it holds one ({@link
 * TrackRules}), or it leaves ({@link DeleteRules}: the object is being deleted).
 */
public final class SnapshotRules {
    private SnapshotRules() {}

    /** What the pass must look at before it can decide; called again with the same case by {@link #decide}. */
    public static ObservationQuery planObservation(ReconcileInput input) {
        if (input.currentLocation().isEmpty()) {
            // Where a look would go is not known: what it does not find could be a 404 of another project.
            return new ObservationQuery.None();
        }
        if (input.recorded().isDeleting()) {
            return DeleteRules.question(input);
        }
        return input.recorded().snapshot().isPresent()
                ? TrackRules.question(input)
                : CreateRules.planObservation(input);
    }

    /**
     * What follows from what was seen.
     *
     * @param freshOrderId an id that was never used, in case an order to create follows
     */
    public static Decision decide(ReconcileInput input, Observation observation, String newCreateId) {
        if (input.recorded().isDeleting()) {
            return DeleteRules.decide(input, observation);
        }
        var decision = input.recorded().snapshot().isPresent()
                ? TrackRules.decide(input, observation, newCreateId)
                : CreateRules.decide(input, observation, newCreateId);
        return applyReadyDeadline(input, restoreFinalizer(input, observation, decision));
    }

    /**
     * A finalizer that someone took off is put back before anything else: without it a deletion would leave the snapshot
     * behind without a word. The intent of a create brings it along. Where the intent is gone too, the marker of the
     * recorded snapshot must say that it is ours: on a restored object a finalizer would only be in the way.
     */
    private static Decision restoreFinalizer(ReconcileInput input, Observation observation, Decision decision) {
        var recorded = input.recorded().snapshot().isPresent();
        var holds = input.recorded().intent().isPresent()
                || (recorded && input.desired().isImport())
                || (recorded && observation instanceof Observation.Found found && input.isOwned(found.snapshot()));
        if (input.recorded().hasFinalizer() || !holds || decision.action() instanceof Action.CreateSnapshot) {
            return decision;
        }
        return decision.action() instanceof Action.None
                ? decision.withAction(new Action.AddFinalizer())
                : Decision.perform(new Action.AddFinalizer()).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    /** Returns what follows from the result of a create request. */
    public static Decision afterAction(ReconcileInput input, Action.CreateSnapshot action, CreateResult result) {
        return applyReadyDeadline(input, CreateRules.afterCreate(input, action, result));
    }

    /**
     * Returns what follows from the result of a delete request.
     *
     * @param planned the status patch of the decision that contains {@code action}
     */
    public static Decision afterAction(
            ReconcileInput input, Action.DeleteSnapshot action, StatusPatch planned, DeleteResult result) {
        var decision = DeleteRules.afterDelete(input, action, planned, result);
        return input.recorded().isDeleting() ? decision : applyReadyDeadline(input, decision);
    }

    /**
     * Returns what follows from the result of an update of name or description.
     *
     * @param planned the status patch of the decision that contains the update
     */
    public static Decision afterAction(ReconcileInput input, StatusPatch planned, UpdateResult result) {
        return TrackRules.afterUpdate(input, planned, result);
    }

    /**
     * Every wait has an end: past {@code readyWithin} what is still under way is reported as stalled, though it is still
     * watched; before that, the next pass comes no later than that moment.
     */
    private static Decision applyReadyDeadline(ReconcileInput input, Decision decision) {
        var end = input.recorded().createdAt().plus(input.desired().readyWithin());
        if (input.recorded().readyAt().isPresent()) {
            return decision;
        }
        if (input.now().isBefore(end)) {
            return decision.statusPatch()
                            .filter(statusPatch ->
                                    statusPatch.verdict().reason().phase() == Phase.PROGRESSING)
                            .isPresent()
                    ? requeueBeforeDeadline(decision, input.now(), end)
                    : decision;
        }
        return decision.statusPatch()
                .filter(statusPatch -> statusPatch.verdict().reason().phase() == Phase.PROGRESSING)
                .map(statusPatch -> reportDeadlineExceeded(input, decision, statusPatch))
                .orElse(decision);
    }

    private static Decision reportDeadlineExceeded(ReconcileInput input, Decision decision, StatusPatch statusPatch) {
        var reported = decision.withStatusPatch(statusPatch.withVerdict(Verdict.of(
                SnapshotReason.ReadyDeadlineExceeded, statusPatch.verdict().message())));
        return input.recorded().reasonIs(SnapshotReason.ReadyDeadlineExceeded)
                ? reported
                : reported.withEvent(Verdict.of(SnapshotReason.ReadyDeadlineExceeded));
    }

    private static Decision requeueBeforeDeadline(Decision decision, Instant now, Instant end) {
        var left = Duration.between(now, end);
        return decision.requeueAfter().filter(wait -> wait.compareTo(left) <= 0).isPresent()
                ? decision
                : decision.requeueAfter(left);
    }
}
