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
 * positions, and each has its own chapter: it asks ({@link Asking}: no snapshot is recorded), it holds one ({@link
 * Holding}), or it leaves ({@link Leaving}: the object is being deleted).
 */
public final class Rules {
    private Rules() {}

    /** What the pass must look at before it can decide; called again with the same case by {@link #decide}. */
    public static Question question(Case it) {
        if (it.here().isEmpty()) {
            // Where a look would go is not known: what it does not find could be a 404 of another project.
            return new Question.Nothing();
        }
        if (it.known().deleting()) {
            return Leaving.question(it);
        }
        return it.known().held().isPresent() ? Holding.question(it) : Asking.question(it);
    }

    /**
     * What follows from what was seen.
     *
     * @param freshOrderId an id that was never used, in case an order to create follows
     */
    public static Decision decide(Case it, Sighting sighting, String freshOrderId) {
        if (it.known().deleting()) {
            return Leaving.decide(it, sighting);
        }
        var decision = it.known().held().isPresent()
                ? Holding.decide(it, sighting, freshOrderId)
                : Asking.decide(it, sighting, freshOrderId);
        return patient(it, keepingHold(it, sighting, decision));
    }

    /**
     * A finalizer that someone took off is put back before anything else: without it a deletion would leave the snapshot
     * behind without a word. The intent of a create brings it along. Where the intent is gone too, the marker of the
     * recorded snapshot must say that it is ours: on a restored object a finalizer would only be in the way.
     */
    private static Decision keepingHold(Case it, Sighting sighting, Decision decision) {
        var recorded = it.known().held().isPresent();
        var holds = it.known().intent().isPresent()
                || (recorded && it.wish().isImport())
                || (recorded && sighting instanceof Sighting.Found found && it.ours(found.snapshot()));
        if (it.known().finalizer() || !holds || decision.deed() instanceof Deed.Create) {
            return decision;
        }
        return decision.deed() instanceof Deed.Nothing
                ? new Decision(new Deed.Hold(), decision.page(), decision.lookAgainWithin(), decision.notice())
                : Decision.carryOut(new Deed.Hold()).again(Patience.SOON);
    }

    /** What the outcome of an order to create means. */
    public static Decision after(Case it, Deed.Create deed, Answer answer) {
        return patient(it, Asking.after(it, deed, answer));
    }

    /**
     * What the outcome of an order to delete means.
     *
     * @param planned the page that the decision wanted to write
     */
    public static Decision after(Case it, Deed.Delete deed, Page planned, Answer answer) {
        var decision = Leaving.after(it, deed, planned, answer);
        return it.known().deleting() ? decision : patient(it, decision);
    }

    /** What the outcome of an order to rename means. */
    public static Decision after(Case it, Deed.Change deed, Page planned, Answer answer) {
        return Holding.after(it, deed, planned, answer);
    }

    /**
     * Every wait has an end: past {@code readyWithin} what is still under way is reported as stalled, though it is still
     * watched; before that, the next pass comes no later than that moment.
     */
    private static Decision patient(Case it, Decision decision) {
        var end = it.known().created().plus(it.wish().readyWithin());
        if (it.known().readyAt().isPresent()) {
            return decision;
        }
        if (it.now().isBefore(end)) {
            return decision.page()
                            .filter(page -> page.verdict().reason().phase() == Phase.PROGRESSING)
                            .isPresent()
                    ? hurried(decision, it.now(), end)
                    : decision;
        }
        return decision.page()
                .filter(page -> page.verdict().reason().phase() == Phase.PROGRESSING)
                .map(page -> new Decision(
                        decision.deed(),
                        Optional.of(stalled(page)),
                        decision.lookAgainWithin(),
                        announcement(it, decision)))
                .orElse(decision);
    }

    private static Page stalled(Page page) {
        return new Page(
                Verdict.of(Reason.TakingTooLong, page.verdict().message()),
                page.seen(),
                page.place(),
                page.volumeId(),
                page.wireState(),
                page.attempt(),
                page.surplus(),
                page.replaced());
    }

    private static Optional<Verdict> announcement(Case it, Decision decision) {
        return it.known().reason().equals(Optional.of(Reason.TakingTooLong))
                ? decision.notice()
                : Optional.of(Verdict.of(Reason.TakingTooLong));
    }

    private static Decision hurried(Decision decision, Instant now, Instant end) {
        var left = Duration.between(now, end);
        return decision.lookAgainWithin()
                        .filter(wait -> wait.compareTo(left) <= 0)
                        .isPresent()
                ? decision
                : decision.again(left);
    }
}
