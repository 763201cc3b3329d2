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

    static ObservationQuery planObservation(ReconcileInput it) {
        if (it.wish().paused()
                || it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Unresolved
                || it.locationMismatch()
                || createRetryDelay(it).isPresent()) {
            return new ObservationQuery.None();
        }
        if (it.wish().source() instanceof Source.ExistingSnapshot existing) {
            return new ObservationQuery.GetById(existing.id());
        }
        if (it.known().intent().isEmpty() && it.standing().firstOrder()) {
            return new ObservationQuery.None();
        }
        return it.markerQuery();
    }

    static Decision decide(ReconcileInput it, Observation sighting, String freshOrderId) {
        var wait = createRetryDelay(it);
        if (wait.isPresent()) {
            // What was written with the refusal stays: it is true, it says what helps, and it says when to try again.
            return Decision.noChange().requeueAfter(wait.get());
        }
        if (it.wish().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.Paused)));
        }
        if (it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Unresolved unresolved) {
            return Decision.patchStatus(StatusPatch.of(unresolved.why())).requeueAfter(unresolved.again());
        }
        if (it.standing().reach() instanceof ReconcileEnvironment.CloudAccess.Unavailable out) {
            return onObservationFailed(it, out.why());
        }
        if (it.locationMismatch()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.OtherPlace)));
        }
        if (sighting instanceof Observation.Failed unseen) {
            return onObservationFailed(it, unseen.why());
        }
        if (sighting instanceof Observation.Deferred notYet) {
            return onObservationDeferred(it, notYet);
        }
        if (it.wish().isImport()) {
            return onImport(it, sighting);
        }
        if (sighting instanceof Observation.SearchResult searched) {
            return onSearchResult(it, searched, freshOrderId);
        }
        return createFirst(it, freshOrderId);
    }

    /** How long a refused order still has to wait; empty when it may go now. A zero-free wait: never a hot loop. */
    static Optional<Duration> createRetryDelay(ReconcileInput it) {
        var known = it.known();
        var lookAsked = it.wish().lookRequested().isPresent()
                && !it.wish().lookRequested().equals(known.intent().flatMap(CreateIntent::lookRequested));
        if (!known.lastCreateWasRejected() || lookAsked) {
            return Optional.empty();
        }
        var last = known.lastFailure(RecordedFailure.CREATE).orElseThrow();
        var failures = known.attempts().stream()
                .filter(a -> a.operation().equals(RecordedFailure.CREATE))
                .count();
        var reason = known.reason().orElse(Reason.CloudRefused);
        var pause = it.standing().patience().backoff(reason, failures);
        if (pause.isEmpty()) {
            return known.specIsUnobserved() ? Optional.empty() : Optional.of(Duration.ofHours(1));
        }
        var left = it.remainingUntil(last.at().plus(pause.get()));
        return left.isZero() ? Optional.empty() : Optional.of(left);
    }

    /** An import: the snapshot that was named is there, or it is not. */
    private static Decision onImport(ReconcileInput it, Observation sighting) {
        if (sighting instanceof Observation.Found found) {
            var page = TrackRules.statusPatch(it, found.snapshot());
            return it.known().finalizer()
                    ? Decision.patchStatus(page).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                    : Decision.perform(new Action.AddFinalizer(), page).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.ImportNotFound)))
                .requeueAfter(it.standing().patience().rare());
    }

    private static Decision onSearchResult(ReconcileInput it, Observation.SearchResult look, String freshOrderId) {
        var hits = look.hits().stream()
                .filter(hit -> it.replaces(hit.id()) || !it.wasCreatedByReplacedRequest(hit))
                .toList();
        if (!hits.isEmpty()) {
            return adopt(it, hits);
        }
        if (!look.nameless().isEmpty() || !it.standing().markersKept()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.MarkerNotKept)))
                    .requeueAfter(it.standing().patience().rare());
        }
        if (!it.provesAbsence(look)) {
            var settled = it.remainingUntil(it.absenceProvableFrom());
            var next = settled.compareTo(it.standing().patience().recheckInterval()) < 0
                    ? settled
                    : it.standing().patience().recheckInterval();
            return Decision.patchStatus(waitingPatch(it, Verdict.of(Reason.Settling)))
                    .requeueAfter(next.isZero() ? RetryPolicy.IMMEDIATE_REQUEUE : next);
        }
        return it.known()
                .intent()
                .map(intent -> createAgain(it, intent, look, freshOrderId))
                .orElseGet(() -> createAfterSearch(
                        it,
                        CreateIntent.first(
                                it.known().owner(),
                                requireVolume(it),
                                requireLocation(it),
                                freshOrderId,
                                it.wish(),
                                it.now()),
                        look));
    }

    /** The snapshot of an earlier order is there: it becomes the recorded one; others beside it are named. */
    private static Decision adopt(ReconcileInput it, List<CloudSnapshot> hits) {
        var kept = it.chooseCanonical(hits);
        // One that was being deleted to make room is not ready, whatever the cloud calls it meanwhile.
        var page = it.replaces(kept.id())
                ? TrackRules.statusPatch(it, Verdict.of(Reason.ReplacingFailed), kept)
                : TrackRules.statusPatch(it, kept);
        var others = hits.stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(kept.id()))
                .toList();
        return Decision.patchStatus(others.isEmpty() ? page : page.withDuplicates(others))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                .withEvent(Verdict.of(Reason.SnapshotAdopted, "Its id is " + kept.id() + "."));
    }

    /** Nothing of the earlier order is there, and nothing can arrive any more. */
    static Decision createAgain(
            ReconcileInput it, CreateIntent intent, Observation.SearchResult look, String freshOrderId) {
        var answered = it.wish().orderNew().isPresent() && !it.wish().orderNew().equals(intent.answered());
        var old = !it.now().isBefore(intent.at().plus(it.standing().patience().certainFor()));
        if (old && !answered && !it.known().lastCreateOutcomeIsRecorded()) {
            // Looked for now and then all the same: it may have been delivered late.
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.Uncertain)))
                    .requeueAfter(it.standing().patience().rare());
        }
        return createAfterSearch(it, intent.nextCreate(freshOrderId, it.wish(), it.now()), look);
    }

    private static Decision createFirst(ReconcileInput it, String freshOrderId) {
        var intent = CreateIntent.first(
                it.known().owner(), requireVolume(it), requireLocation(it), freshOrderId, it.wish(), it.now());
        return Decision.perform(new Action.CreateSnapshot(intent, createRequest(it, intent), Optional.empty()));
    }

    private static Decision createAfterSearch(ReconcileInput it, CreateIntent intent, Observation.SearchResult look) {
        return Decision.perform(
                new Action.CreateSnapshot(intent, createRequest(it, intent), Optional.of(look.begun())));
    }

    private static CreateSnapshotRequest createRequest(ReconcileInput it, CreateIntent intent) {
        var owner = it.known().owner();
        var marker = new OwnershipMarker(
                owner.uid(), intent.orderId(), it.standing().installation(), owner.namespace(), owner.name());
        return new CreateSnapshotRequest(
                intent.volumeId(),
                it.snapshotName(),
                it.wish().description(),
                it.wish().force(),
                marker.addTo(it.wish().metadata()));
    }

    private static VolumeId requireVolume(ReconcileInput it) {
        return it.volumeId()
                .orElseThrow(() -> new IllegalStateException("an order needs a disk, and this one was not resolved"));
    }

    private static CloudLocation requireLocation(ReconcileInput it) {
        return it.currentLocation()
                .orElseThrow(() -> new IllegalStateException("an order needs a place, and none was reached"));
    }

    /** We could not look, so nothing is known; the reason is written once, and the look repeated. */
    private static Decision onObservationFailed(ReconcileInput it, CloudException.Details why) {
        var verdict = FailureReasons.verdictFor(why);
        var page = waitingPatch(it, verdict);
        var isNew = !it.known().reason().equals(Optional.of(verdict.reason()));
        var again = it.standing()
                .patience()
                .backoff(verdict.reason(), 2)
                .orElse(it.standing().patience().rare());
        return Decision.patchStatus(
                        isNew
                                ? page.withFailedAttempt(
                                        RecordedFailure.of(why, RecordedFailure.READ, Optional.empty(), it.now()))
                                : page)
                .requeueAfter(why.retryAfter()
                        .filter(asked -> asked.compareTo(again) > 0)
                        .orElse(again));
    }

    static Decision onObservationDeferred(ReconcileInput it, Observation.Deferred notYet) {
        return switch (notYet.cause()) {
            case BUDGET -> awaitBudget(it, notYet.again());
            case POLL_IN_PROGRESS ->
                Decision.patchStatus(waitingPatch(it, Verdict.of(Reason.Settling)))
                        .requeueAfter(notYet.again());
        };
    }

    /** A pass that waits for a permit writes nothing in the object's first minute: a permit comes within seconds. */
    static Decision awaitBudget(ReconcileInput it, Duration again) {
        var young = it.now().isBefore(it.known().created().plusSeconds(60));
        return (young
                        ? Decision.noChange()
                        : Decision.patchStatus(waitingPatch(it, Verdict.of(Reason.WaitingForBudget))))
                .requeueAfter(again);
    }

    private static StatusPatch waitingPatch(ReconcileInput it, Verdict verdict) {
        var page = StatusPatch.of(verdict);
        return it.standing().disk() instanceof ReconcileEnvironment.VolumeResolution.Resolved resolved
                ? page.withVolume(resolved.id())
                : page;
    }

    /** What the order's outcome means. */
    static Decision afterCreate(ReconcileInput it, Action.CreateSnapshot deed, ActionResult answer) {
        if (answer instanceof ActionResult.Succeeded taken) {
            var page = new CreatedStatusPatch(it, deed, taken.snapshot()).page();
            var kept = it.isOwned(taken.snapshot());
            return Decision.patchStatus(page)
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE)
                    .withEvent(
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
            var verdict = why.mayHaveActed() ? Verdict.of(unresolvedCreateReason(why)) : FailureReasons.verdictFor(why);
            var again = why.mayHaveActed()
                    ? it.standing().patience().recheckInterval()
                    : it.standing().patience().backoff(verdict.reason(), 1).orElse(Duration.ofHours(1));
            var decision = Decision.patchStatus(StatusPatch.of(verdict)
                            .withVolume(deed.intent().volumeId())
                            .withFailedAttempt(attempt))
                    .requeueAfter(why.retryAfter()
                            .filter(asked -> asked.compareTo(again) > 0)
                            .orElse(again));
            var isNews = verdict.reason().phase() == Reason.Phase.STALLED
                    && !it.known().reason().equals(Optional.of(verdict.reason()));
            return isNews ? decision.withEvent(verdict) : decision;
        }
        if (answer instanceof ActionResult.NotSent notSent) {
            return onActionNotSent(it, notSent);
        }
        throw new IllegalStateException("a create is not answered by " + answer);
    }

    private static Reason unresolvedCreateReason(CloudException.Details why) {
        return why.kind() == CloudException.Kind.THROTTLED ? Reason.CloudThrottles : Reason.Settling;
    }

    static Decision onActionNotSent(ReconcileInput it, ActionResult.NotSent notSent) {
        return switch (notSent.cause()) {
            case BUDGET -> awaitBudget(it, notSent.again());
            case VOLUME_BUSY, NO_LICENCE, CONFLICT -> Decision.noChange().requeueAfter(notSent.again());
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
