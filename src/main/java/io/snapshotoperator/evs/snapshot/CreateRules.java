/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
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
final class CreateRules {
    private CreateRules() {}

    static ObservationQuery question(ReconcileInput it) {
        if (it.wish().paused()
                || it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Unresolved
                || it.isElsewhere()
                || waitingForItsTurn(it).isPresent()) {
            return new ObservationQuery.None();
        }
        if (it.wish().source() instanceof Source.ExistingSnapshot existing) {
            return new ObservationQuery.GetById(existing.id());
        }
        if (it.known().intent().isEmpty() && it.standing().firstOrder()) {
            return new ObservationQuery.None();
        }
        return it.search();
    }

    static Decision decide(ReconcileInput it, Observation sighting, String freshOrderId) {
        var wait = waitingForItsTurn(it);
        if (wait.isPresent()) {
            // What was written with the refusal stays: it is true, it says what helps, and it says when to try again.
            return Decision.leave().again(wait.get());
        }
        if (it.wish().paused()) {
            return Decision.write(StatusPatch.of(Verdict.of(Reason.Paused)));
        }
        if (it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Unresolved unresolved) {
            return Decision.write(StatusPatch.of(unresolved.why())).again(unresolved.again());
        }
        if (it.standing().reach() instanceof ReconcileEnvironment.CloudAccess.Unavailable out) {
            return blind(it, out.why());
        }
        if (it.isElsewhere()) {
            return Decision.write(StatusPatch.of(Verdict.of(Reason.OtherPlace)));
        }
        if (sighting instanceof Observation.Failed unseen) {
            return blind(it, unseen.why());
        }
        if (sighting instanceof Observation.Deferred notYet) {
            return notYet(it, notYet);
        }
        if (it.wish().isImport()) {
            return taken(it, sighting);
        }
        if (sighting instanceof Observation.SearchResult searched) {
            return searched(it, searched, freshOrderId);
        }
        return first(it, freshOrderId);
    }

    /** How long a refused order still has to wait; empty when it may go now. A zero-free wait: never a hot loop. */
    static Optional<Duration> waitingForItsTurn(ReconcileInput it) {
        var known = it.known();
        var lookAsked = it.wish().lookRequested().isPresent()
                && !it.wish().lookRequested().equals(known.intent().flatMap(CreateIntent::lookRequested));
        if (!known.intendedOrderWasRefused() || lookAsked) {
            return Optional.empty();
        }
        var last = known.last(RecordedFailure.CREATE).orElseThrow();
        var failures = known.attempts().stream()
                .filter(a -> a.operation().equals(RecordedFailure.CREATE))
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
    private static Decision taken(ReconcileInput it, Observation sighting) {
        if (sighting instanceof Observation.Found found) {
            var page = TrackRules.page(it, found.snapshot());
            return it.known().finalizer()
                    ? Decision.write(page).again(RetryPolicy.SOON)
                    : Decision.carryOut(new Action.AddFinalizer(), page).again(RetryPolicy.SOON);
        }
        return Decision.write(StatusPatch.of(Verdict.of(Reason.ImportNotFound)))
                .again(it.standing().patience().rare());
    }

    private static Decision searched(ReconcileInput it, Observation.SearchResult look, String freshOrderId) {
        var hits = look.hits().stream()
                .filter(hit -> it.replaces(hit.id()) || !it.bearsTheReplacedOrder(hit))
                .toList();
        if (!hits.isEmpty()) {
            return adopt(it, hits);
        }
        if (!look.nameless().isEmpty() || !it.standing().markersKept()) {
            return Decision.write(StatusPatch.of(Verdict.of(Reason.MarkerNotKept)))
                    .again(it.standing().patience().rare());
        }
        if (!it.countsAsAbsent(look)) {
            var settled = it.until(it.nothingArrivesAfter());
            var next = settled.compareTo(it.standing().patience().look()) < 0
                    ? settled
                    : it.standing().patience().look();
            return Decision.write(waiting(it, Verdict.of(Reason.Settling)))
                    .again(next.isZero() ? RetryPolicy.SOON : next);
        }
        return it.known()
                .intent()
                .map(intent -> repeat(it, intent, look, freshOrderId))
                .orElseGet(() -> order(
                        it,
                        CreateIntent.first(it.known().owner(), disk(it), here(it), freshOrderId, it.wish(), it.now()),
                        look));
    }

    /** The snapshot of an earlier order is there: it becomes the recorded one; others beside it are named. */
    private static Decision adopt(ReconcileInput it, List<CloudSnapshot> hits) {
        var kept = it.kept(hits);
        // One that was being deleted to make room is not ready, whatever the cloud calls it meanwhile.
        var page = it.replaces(kept.id())
                ? TrackRules.page(it, Verdict.of(Reason.ReplacingFailed), kept)
                : TrackRules.page(it, kept);
        var others = hits.stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(kept.id()))
                .toList();
        return Decision.write(others.isEmpty() ? page : page.beside(others))
                .again(RetryPolicy.SOON)
                .announcing(Verdict.of(Reason.SnapshotAdopted, "Its id is " + kept.id() + "."));
    }

    /** Nothing of the earlier order is there, and nothing can arrive any more. */
    static Decision repeat(ReconcileInput it, CreateIntent intent, Observation.SearchResult look, String freshOrderId) {
        var answered = it.wish().orderNew().isPresent() && !it.wish().orderNew().equals(intent.answered());
        var old = !it.now().isBefore(intent.at().plus(it.standing().patience().certainFor()));
        if (old && !answered && !it.known().intendedOrderIsSettled()) {
            // Looked for now and then all the same: it may have been delivered late.
            return Decision.write(StatusPatch.of(Verdict.of(Reason.Uncertain)))
                    .again(it.standing().patience().rare());
        }
        return order(it, intent.again(freshOrderId, it.wish(), it.now()), look);
    }

    private static Decision first(ReconcileInput it, String freshOrderId) {
        var intent = CreateIntent.first(it.known().owner(), disk(it), here(it), freshOrderId, it.wish(), it.now());
        return Decision.carryOut(new Action.CreateSnapshot(intent, snapshot(it, intent), Optional.empty()));
    }

    private static Decision order(ReconcileInput it, CreateIntent intent, Observation.SearchResult look) {
        return Decision.carryOut(new Action.CreateSnapshot(intent, snapshot(it, intent), Optional.of(look.begun())));
    }

    private static CreateSnapshotRequest snapshot(ReconcileInput it, CreateIntent intent) {
        var owner = it.known().owner();
        var marker = new OwnershipMarker(
                owner.uid(), intent.orderId(), it.standing().installation(), owner.namespace(), owner.name());
        return new CreateSnapshotRequest(
                intent.volumeId(),
                it.name(),
                it.wish().description(),
                it.wish().force(),
                marker.beside(it.wish().metadata()));
    }

    private static VolumeId disk(ReconcileInput it) {
        return it.volumeId()
                .orElseThrow(() -> new IllegalStateException("an order needs a disk, and this one was not resolved"));
    }

    private static CloudLocation here(ReconcileInput it) {
        return it.here().orElseThrow(() -> new IllegalStateException("an order needs a place, and none was reached"));
    }

    /** We could not look, so nothing is known; the reason is written once, and the look repeated. */
    private static Decision blind(ReconcileInput it, CloudException.Details why) {
        var verdict = FailureReasons.verdict(why);
        var page = waiting(it, verdict);
        var isNew = !it.known().reason().equals(Optional.of(verdict.reason()));
        var again = it.standing()
                .patience()
                .again(verdict.reason(), 2)
                .orElse(it.standing().patience().rare());
        return Decision.write(
                        isNew
                                ? page.after(RecordedFailure.of(why, RecordedFailure.LOOK, Optional.empty(), it.now()))
                                : page)
                .again(why.retryAfter()
                        .filter(asked -> asked.compareTo(again) > 0)
                        .orElse(again));
    }

    static Decision notYet(ReconcileInput it, Observation.Deferred notYet) {
        return switch (notYet.cause()) {
            case BUDGET -> patient(it, notYet.again());
            case LOOK_UNDER_WAY ->
                Decision.write(waiting(it, Verdict.of(Reason.Settling))).again(notYet.again());
        };
    }

    /** A pass that waits for a permit writes nothing in the object's first minute: a permit comes within seconds. */
    static Decision patient(ReconcileInput it, Duration again) {
        var young = it.now().isBefore(it.known().created().plusSeconds(60));
        return (young ? Decision.leave() : Decision.write(waiting(it, Verdict.of(Reason.WaitingForBudget))))
                .again(again);
    }

    private static StatusPatch waiting(ReconcileInput it, Verdict verdict) {
        var page = StatusPatch.of(verdict);
        return it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Resolved resolved
                ? page.ofVolume(resolved.id())
                : page;
    }

    /** What the order's outcome means. */
    static Decision after(ReconcileInput it, Action.CreateSnapshot deed, ActionResult answer) {
        if (answer instanceof ActionResult.Succeeded taken) {
            var page = new CreateRules.CreatedStatusPatch(it, deed, taken.snapshot()).page();
            var kept = it.ours(taken.snapshot());
            return Decision.write(page)
                    .again(RetryPolicy.NET)
                    .announcing(
                            kept
                                    ? Verdict.of(
                                            Reason.SnapshotOrdered,
                                            "Its id is " + taken.snapshot().id() + ", of disk "
                                                    + deed.intent().volumeId() + ".")
                                    : Verdict.of(Reason.MarkerNotKept));
        }
        if (answer instanceof ActionResult.Failed failed) {
            var why = failed.why();
            var attempt = RecordedFailure.of(
                    why, RecordedFailure.CREATE, Optional.of(deed.intent().orderId()), it.now());
            var verdict = why.mayHaveActed() ? Verdict.of(settlingOr(why)) : FailureReasons.verdict(why);
            var again = why.mayHaveActed()
                    ? it.standing().patience().look()
                    : it.standing().patience().again(verdict.reason(), 1).orElse(Duration.ofHours(1));
            var decision = Decision.write(StatusPatch.of(verdict)
                            .ofVolume(deed.intent().volumeId())
                            .after(attempt))
                    .again(why.retryAfter()
                            .filter(asked -> asked.compareTo(again) > 0)
                            .orElse(again));
            var isNews = verdict.reason().phase() == Reason.Phase.STALLED
                    && !it.known().reason().equals(Optional.of(verdict.reason()));
            return isNews ? decision.announcing(verdict) : decision;
        }
        if (answer instanceof ActionResult.NotSent notSent) {
            return notSent(it, notSent);
        }
        throw new IllegalStateException("a create is not answered by " + answer);
    }

    private static Reason settlingOr(CloudException.Details why) {
        return why.kind() == CloudException.Kind.THROTTLED ? Reason.CloudThrottles : Reason.Settling;
    }

    static Decision notSent(ReconcileInput it, ActionResult.NotSent notSent) {
        return switch (notSent.cause()) {
            case BUDGET -> patient(it, notSent.again());
            case DISK_TAKEN, NO_LICENCE, CONFLICT -> Decision.leave().again(notSent.again());
        };
    }

    /** The page that records the id: everything the answer told, in one write. */
    private record CreatedStatusPatch(ReconcileInput it, Action.CreateSnapshot deed, CloudSnapshot snapshot) {
        StatusPatch page() {
            return new StatusPatch(
                    TrackRules.verdict(snapshot),
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
