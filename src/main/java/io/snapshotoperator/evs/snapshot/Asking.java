/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.NewSnapshot;
import io.snapshotoperator.evs.cloud.Place;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.Standing.Disk;
import io.snapshotoperator.evs.snapshot.Standing.Reach;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A request whose status records no snapshot: nothing was asked yet, or an order was made and its outcome is not written
 * down. Either it is certain that there is none, then one is ordered; or it is found by its marker and adopted; or it
 * waits until one of the two is certain.
 */
final class Asking {
    private Asking() {}

    static Question question(Case it) {
        if (it.wish().paused()
                || it.standing().disk() instanceof Disk.Unresolved
                || it.isElsewhere()
                || waitingForItsTurn(it).isPresent()) {
            return new Question.Nothing();
        }
        if (it.wish().source() instanceof Source.Existing existing) {
            return new Question.Read(existing.id());
        }
        if (it.known().intent().isEmpty() && it.standing().firstOrder()) {
            return new Question.Nothing();
        }
        return it.search();
    }

    static Decision decide(Case it, Sighting sighting, String freshOrderId) {
        var wait = waitingForItsTurn(it);
        if (wait.isPresent()) {
            // What was written with the refusal stays: it is true, it says what helps, and it says when to try again.
            return Decision.leave().again(wait.get());
        }
        if (it.wish().paused()) {
            return Decision.write(Page.of(Verdict.of(Reason.Paused)));
        }
        if (it.standing().disk() instanceof Disk.Unresolved unresolved) {
            return Decision.write(Page.of(unresolved.why())).again(unresolved.again());
        }
        if (it.standing().reach() instanceof Reach.OutOfReach out) {
            return blind(it, out.why());
        }
        if (it.isElsewhere()) {
            return Decision.write(Page.of(Verdict.of(Reason.OtherPlace)));
        }
        if (sighting instanceof Sighting.Unseen unseen) {
            return blind(it, unseen.why());
        }
        if (sighting instanceof Sighting.NotYet notYet) {
            return notYet(it, notYet);
        }
        if (it.wish().isImport()) {
            return taken(it, sighting);
        }
        if (sighting instanceof Sighting.Searched searched) {
            return searched(it, searched, freshOrderId);
        }
        return first(it, freshOrderId);
    }

    /** How long a refused order still has to wait; empty when it may go now. A zero-free wait: never a hot loop. */
    static Optional<Duration> waitingForItsTurn(Case it) {
        var known = it.known();
        var lookAsked = it.wish().lookRequested().isPresent()
                && !it.wish().lookRequested().equals(known.intent().flatMap(Intent::lookRequested));
        if (!known.intendedOrderWasRefused() || lookAsked) {
            return Optional.empty();
        }
        var last = known.last(Attempt.CREATE).orElseThrow();
        var failures = known.attempts().stream()
                .filter(a -> a.operation().equals(Attempt.CREATE))
                .count();
        var reason = known.reason().orElse(Reason.CloudRefused);
        var pause = it.standing().patience().again(reason, failures);
        if (pause.isEmpty()) {
            return known.generationIsNew() ? Optional.empty() : Optional.of(Duration.ofHours(1));
        }
        var left = it.until(last.at().plus(pause.get()));
        return left.isZero() ? Optional.empty() : Optional.of(left);
    }

    /** An import: the snapshot that was named is there, or it is not. */
    private static Decision taken(Case it, Sighting sighting) {
        if (sighting instanceof Sighting.Found found) {
            var page = Holding.page(it, found.snapshot());
            return it.known().finalizer()
                    ? Decision.write(page).again(Patience.SOON)
                    : Decision.carryOut(new Deed.Hold(), page).again(Patience.SOON);
        }
        return Decision.write(Page.of(Verdict.of(Reason.ImportNotFound)))
                .again(it.standing().patience().rare());
    }

    private static Decision searched(Case it, Sighting.Searched look, String freshOrderId) {
        var hits = look.hits().stream()
                .filter(hit -> it.replaces(hit.id()) || !it.bearsTheReplacedOrder(hit))
                .toList();
        if (!hits.isEmpty()) {
            return adopt(it, hits);
        }
        if (!look.nameless().isEmpty() || !it.standing().markersKept()) {
            return Decision.write(Page.of(Verdict.of(Reason.MarkerNotKept)))
                    .again(it.standing().patience().rare());
        }
        if (!it.countsAsAbsent(look)) {
            var settled = it.until(it.nothingArrivesAfter());
            var next = settled.compareTo(it.standing().patience().look()) < 0
                    ? settled
                    : it.standing().patience().look();
            return Decision.write(waiting(it, Verdict.of(Reason.Settling))).again(next.isZero() ? Patience.SOON : next);
        }
        return it.known()
                .intent()
                .map(intent -> repeat(it, intent, look, freshOrderId))
                .orElseGet(() -> order(
                        it,
                        Intent.first(it.known().owner(), disk(it), here(it), freshOrderId, it.wish(), it.now()),
                        look));
    }

    /** The snapshot of an earlier order is there: it becomes the recorded one; others beside it are named. */
    private static Decision adopt(Case it, List<CloudSnapshot> hits) {
        var kept = it.kept(hits);
        // One that was being deleted to make room is not ready, whatever the cloud calls it meanwhile.
        var page = it.replaces(kept.id())
                ? Holding.page(it, Verdict.of(Reason.ReplacingFailed), kept)
                : Holding.page(it, kept);
        var others = hits.stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(kept.id()))
                .toList();
        return Decision.write(others.isEmpty() ? page : page.beside(others))
                .again(Patience.SOON)
                .announcing(Verdict.of(Reason.SnapshotAdopted, "Its id is " + kept.id() + "."));
    }

    /** Nothing of the earlier order is there, and nothing can arrive any more. */
    static Decision repeat(Case it, Intent intent, Sighting.Searched look, String freshOrderId) {
        var answered = it.wish().orderNew().isPresent() && !it.wish().orderNew().equals(intent.answered());
        var old = !it.now().isBefore(intent.at().plus(it.standing().patience().certainFor()));
        if (old && !answered && !it.known().intendedOrderIsSettled()) {
            // Looked for now and then all the same: it may have been delivered late.
            return Decision.write(Page.of(Verdict.of(Reason.Uncertain)))
                    .again(it.standing().patience().rare());
        }
        return order(it, intent.again(freshOrderId, it.wish(), it.now()), look);
    }

    private static Decision first(Case it, String freshOrderId) {
        var intent = Intent.first(it.known().owner(), disk(it), here(it), freshOrderId, it.wish(), it.now());
        return Decision.carryOut(new Deed.Create(intent, snapshot(it, intent), Optional.empty()));
    }

    private static Decision order(Case it, Intent intent, Sighting.Searched look) {
        return Decision.carryOut(new Deed.Create(intent, snapshot(it, intent), Optional.of(look.begun())));
    }

    private static NewSnapshot snapshot(Case it, Intent intent) {
        var owner = it.known().owner();
        var marker = new Marker(
                owner.uid(), intent.orderId(), it.standing().installation(), owner.namespace(), owner.name());
        return new NewSnapshot(
                intent.volumeId(),
                it.name(),
                it.wish().description(),
                it.wish().force(),
                marker.beside(it.wish().metadata()));
    }

    private static VolumeId disk(Case it) {
        return it.volumeId()
                .orElseThrow(() -> new IllegalStateException("an order needs a disk, and this one was not resolved"));
    }

    private static Place here(Case it) {
        return it.here().orElseThrow(() -> new IllegalStateException("an order needs a place, and none was reached"));
    }

    /** We could not look, so nothing is known; the reason is written once, and the look repeated. */
    private static Decision blind(Case it, CloudException.Details why) {
        var verdict = Failures.verdict(why);
        var page = waiting(it, verdict);
        var isNew = !it.known().reason().equals(Optional.of(verdict.reason()));
        var again = it.standing()
                .patience()
                .again(verdict.reason(), 2)
                .orElse(it.standing().patience().rare());
        return Decision.write(isNew ? page.after(Attempt.of(why, Attempt.LOOK, Optional.empty(), it.now())) : page)
                .again(why.retryAfter()
                        .filter(asked -> asked.compareTo(again) > 0)
                        .orElse(again));
    }

    static Decision notYet(Case it, Sighting.NotYet notYet) {
        return switch (notYet.cause()) {
            case BUDGET -> patient(it, notYet.again());
            case LOOK_UNDER_WAY ->
                Decision.write(waiting(it, Verdict.of(Reason.Settling))).again(notYet.again());
        };
    }

    /** A pass that waits for a permit writes nothing in the object's first minute: a permit comes within seconds. */
    static Decision patient(Case it, Duration again) {
        var young = it.now().isBefore(it.known().created().plusSeconds(60));
        return (young ? Decision.leave() : Decision.write(waiting(it, Verdict.of(Reason.WaitingForBudget))))
                .again(again);
    }

    private static Page waiting(Case it, Verdict verdict) {
        var page = Page.of(verdict);
        return it.standing().disk() instanceof Disk.Resolved resolved ? page.ofVolume(resolved.id()) : page;
    }

    /** What the order's outcome means. */
    static Decision after(Case it, Deed.Create deed, Answer answer) {
        if (answer instanceof Answer.Taken taken) {
            var page = new CreatedPage(it, deed, taken.snapshot()).page();
            var kept = it.ours(taken.snapshot());
            return Decision.write(page)
                    .again(Patience.NET)
                    .announcing(
                            kept
                                    ? Verdict.of(
                                            Reason.SnapshotOrdered,
                                            "Its id is " + taken.snapshot().id() + ", of disk "
                                                    + deed.intent().volumeId() + ".")
                                    : Verdict.of(Reason.MarkerNotKept));
        }
        if (answer instanceof Answer.Failed failed) {
            var why = failed.why();
            var attempt =
                    Attempt.of(why, Attempt.CREATE, Optional.of(deed.intent().orderId()), it.now());
            var verdict = why.mayHaveActed() ? Verdict.of(settlingOr(why)) : Failures.verdict(why);
            var again = why.mayHaveActed()
                    ? it.standing().patience().look()
                    : it.standing().patience().again(verdict.reason(), 1).orElse(Duration.ofHours(1));
            var decision = Decision.write(
                            Page.of(verdict).ofVolume(deed.intent().volumeId()).after(attempt))
                    .again(why.retryAfter()
                            .filter(asked -> asked.compareTo(again) > 0)
                            .orElse(again));
            var isNews = verdict.reason().phase() == Reason.Phase.STALLED
                    && !it.known().reason().equals(Optional.of(verdict.reason()));
            return isNews ? decision.announcing(verdict) : decision;
        }
        if (answer instanceof Answer.NotSent notSent) {
            return notSent(it, notSent);
        }
        throw new IllegalStateException("a create is not answered by " + answer);
    }

    private static Reason settlingOr(CloudException.Details why) {
        return why.kind() == CloudException.Kind.THROTTLED ? Reason.CloudThrottles : Reason.Settling;
    }

    static Decision notSent(Case it, Answer.NotSent notSent) {
        return switch (notSent.cause()) {
            case BUDGET -> patient(it, notSent.again());
            case DISK_TAKEN, NO_LICENCE, CONFLICT -> Decision.leave().again(notSent.again());
        };
    }

    /** The page that records the id: everything the answer told, in one write. */
    private record CreatedPage(Case it, Deed.Create deed, CloudSnapshot snapshot) {
        Page page() {
            return new Page(
                    Holding.verdict(snapshot),
                    Optional.of(snapshot),
                    Optional.of(deed.intent().place()),
                    Optional.of(deed.intent().volumeId()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    it.isReplacing());
        }
    }
}
