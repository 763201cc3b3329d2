/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.RetryPolicy;

/**
 * The rules for one snapshot: what the operator must observe, and what follows from the observation. A request is in
 * one of three situations: the status records no snapshot ({@link CreateRules}), it records one ({@link TrackRules}),
 * or the object is being deleted ({@link DeleteRules}).
 */
public final class SnapshotRules {
    static final String CONTACT_SUPPORT =
            "If the cloud console shows that the snapshot makes no progress, contact the cloud support.";

    private SnapshotRules() {}

    /** Returns what the reconcile must observe before {@link #decide} is called with the same input. */
    public static ObservationQuery planObservation(ReconcileInput input) {
        if (input.currentLocation().isEmpty()) {
            // The location is unknown, so a 404 could come from another project.
            return new ObservationQuery.None();
        }
        if (input.recorded().isDeleting()) {
            return DeleteRules.planObservation(input);
        }
        return input.recorded().snapshot().isPresent()
                ? TrackRules.planObservation(input)
                : CreateRules.planObservation(input);
    }

    /**
     * Returns what follows from an observation.
     *
     * @param newCreateId an unused id, for the case that a create request follows
     */
    public static Decision decide(ReconcileInput input, Observation observation, String newCreateId) {
        if (input.recorded().isDeleting()) {
            return DeletionAdvice.complete(input, DeleteRules.decide(input, observation));
        }
        var owned = input.onlyOwned(observation);
        var decision = input.recorded().snapshot().isPresent()
                ? TrackRules.decide(input, owned, newCreateId)
                : CreateRules.decide(input, owned, newCreateId);
        return applyReadyDeadline(input, restoreFinalizer(input, owned, decision));
    }

    /**
     * Adds a finalizer that someone removed before any other action. Without it, a deletion of the object would leave
     * the snapshot in the cloud. The write of a create intent adds it too. If the intent is missing as well, the
     * recorded snapshot must be owned: a restored object with the snapshot of another object needs no finalizer.
     */
    private static Decision restoreFinalizer(ReconcileInput input, Observation observation, Decision decision) {
        var hasSnapshot = input.recorded().snapshot().isPresent();
        var needsFinalizer = input.recorded().mayHaveSentCreate()
                || (hasSnapshot && input.desired().isImport())
                || (hasSnapshot && observation instanceof Observation.Found found && input.isOwned(found.snapshot()));
        var writesFinalizer = decision.action() instanceof Action.CreateSnapshot
                || decision.action() instanceof Action.BeginReplacement;
        if (input.recorded().hasFinalizer() || !needsFinalizer || writesFinalizer) {
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
        return input.recorded().isDeleting()
                ? DeletionAdvice.complete(input, decision)
                : applyReadyDeadline(input, decision);
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
     * Ends every wait. After {@code readyWithin}, a snapshot in progress is reported as stalled, and the operator still
     * observes it. Before that, the next reconcile starts at that time at the latest.
     */
    private static Decision applyReadyDeadline(ReconcileInput input, Decision decision) {
        if (input.recorded().readyAt().isPresent() || !isProgressing(decision)) {
            return decision;
        }
        var deadline = input.recorded().createdAt().plus(input.desired().readyWithin());
        return input.now().isBefore(deadline)
                ? decision.requeueNoLaterThan(input.remainingUntil(deadline))
                : reportDeadlineExceeded(input, decision, decision.statusPatch().orElseThrow());
    }

    private static boolean isProgressing(Decision decision) {
        return decision.statusPatch()
                .filter(statusPatch -> statusPatch.verdict().reason().phase() == Phase.PROGRESSING)
                .isPresent();
    }

    private static Decision reportDeadlineExceeded(ReconcileInput input, Decision decision, StatusPatch statusPatch) {
        var cause = statusPatch.verdict();
        var isCreating = cause.reason() == SnapshotReason.WaitingForCloud;
        var detail = isCreating ? cause.message() + " " + CONTACT_SUPPORT : cause.message();
        var reported = decision.withStatusPatch(
                statusPatch.withVerdict(Verdict.of(SnapshotReason.ReadyDeadlineExceeded, detail)));
        return input.recorded().reasonIs(SnapshotReason.ReadyDeadlineExceeded)
                ? reported
                : reported.withEvent(Verdict.of(SnapshotReason.ReadyDeadlineExceeded));
    }
}
