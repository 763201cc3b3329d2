/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Reason.Phase;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The rules by which one snapshot lives: what must be looked at, and what follows from it. A request is in one of three
 * positions, and each has its own chapter: it asks ({@link CreateRules}: no snapshot is recorded), it holds one ({@link
 * TrackRules}), or it leaves ({@link DeleteRules}: the object is being deleted).
 */
public final class SnapshotRules {
    private SnapshotRules() {}

    /** What the pass must look at before it can decide; called again with the same case by {@link #decide}. */
    public static ObservationQuery planObservation(ReconcileInput it) {
        if (it.currentLocation().isEmpty()) {
            // Where a look would go is not known: what it does not find could be a 404 of another project.
            return new ObservationQuery.None();
        }
        if (it.known().deleting()) {
            return DeleteRules.question(it);
        }
        return it.known().held().isPresent() ? TrackRules.question(it) : CreateRules.planObservation(it);
    }

    /**
     * What follows from what was seen.
     *
     * @param freshOrderId an id that was never used, in case an order to create follows
     */
    public static Decision decide(ReconcileInput it, Observation sighting, String freshOrderId) {
        if (it.known().deleting()) {
            return DeleteRules.decide(it, sighting);
        }
        var decision = it.known().held().isPresent()
                ? TrackRules.decide(it, sighting, freshOrderId)
                : CreateRules.decide(it, sighting, freshOrderId);
        return applyReadyDeadline(it, restoreFinalizer(it, sighting, decision));
    }

    /**
     * A finalizer that someone took off is put back before anything else: without it a deletion would leave the snapshot
     * behind without a word. The intent of a create brings it along. Where the intent is gone too, the marker of the
     * recorded snapshot must say that it is ours: on a restored object a finalizer would only be in the way.
     */
    private static Decision restoreFinalizer(ReconcileInput it, Observation sighting, Decision decision) {
        var recorded = it.known().held().isPresent();
        var holds = it.known().intent().isPresent()
                || (recorded && it.wish().isImport())
                || (recorded && sighting instanceof Observation.Found found && it.isOwned(found.snapshot()));
        if (it.known().finalizer() || !holds || decision.deed() instanceof Action.CreateSnapshot) {
            return decision;
        }
        return decision.deed() instanceof Action.None
                ? new Decision(
                        new Action.AddFinalizer(), decision.page(), decision.lookAgainWithin(), decision.notice())
                : Decision.perform(new Action.AddFinalizer()).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    /** What the outcome of an order to create means. */
    public static Decision afterAction(ReconcileInput it, Action.CreateSnapshot deed, ActionResult answer) {
        return applyReadyDeadline(it, CreateRules.afterCreate(it, deed, answer));
    }

    /**
     * What the outcome of an order to delete means.
     *
     * @param planned the page that the decision wanted to write
     */
    public static Decision afterAction(
            ReconcileInput it, Action.DeleteSnapshot deed, StatusPatch planned, ActionResult answer) {
        var decision = DeleteRules.after(it, deed, planned, answer);
        return it.known().deleting() ? decision : applyReadyDeadline(it, decision);
    }

    /** What the outcome of an order to rename means. */
    public static Decision afterAction(
            ReconcileInput it, Action.UpdateSnapshot deed, StatusPatch planned, ActionResult answer) {
        return TrackRules.after(it, deed, planned, answer);
    }

    /**
     * Every wait has an end: past {@code readyWithin} what is still under way is reported as stalled, though it is still
     * watched; before that, the next pass comes no later than that moment.
     */
    private static Decision applyReadyDeadline(ReconcileInput it, Decision decision) {
        var end = it.known().created().plus(it.wish().readyWithin());
        if (it.known().readyAt().isPresent()) {
            return decision;
        }
        if (it.now().isBefore(end)) {
            return decision.page()
                            .filter(page -> page.verdict().reason().phase() == Phase.PROGRESSING)
                            .isPresent()
                    ? requeueBeforeDeadline(decision, it.now(), end)
                    : decision;
        }
        return decision.page()
                .filter(page -> page.verdict().reason().phase() == Phase.PROGRESSING)
                .map(page -> new Decision(
                        decision.deed(),
                        Optional.of(asDeadlineExceeded(page)),
                        decision.lookAgainWithin(),
                        deadlineEvent(it, decision)))
                .orElse(decision);
    }

    private static StatusPatch asDeadlineExceeded(StatusPatch page) {
        return new StatusPatch(
                Verdict.of(Reason.TakingTooLong, page.verdict().message()),
                page.seen(),
                page.place(),
                page.volumeId(),
                page.wireState(),
                page.attempt(),
                page.surplus(),
                page.replaced());
    }

    private static Optional<Verdict> deadlineEvent(ReconcileInput it, Decision decision) {
        return it.known().reason().equals(Optional.of(Reason.TakingTooLong))
                ? decision.notice()
                : Optional.of(Verdict.of(Reason.TakingTooLong));
    }

    private static Decision requeueBeforeDeadline(Decision decision, Instant now, Instant end) {
        var left = Duration.between(now, end);
        return decision.lookAgainWithin()
                        .filter(wait -> wait.compareTo(left) <= 0)
                        .isPresent()
                ? decision
                : decision.requeueAfter(left);
    }
}
