/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot.DeletionPolicy;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A request that is being deleted. The finalizer goes only when the cloud confirmed that nothing is left, when the policy
 * says retain, or when a person said forget; never on silence and never on a word that we do not know.
 */
final class DeleteRules {
    private DeleteRules() {}

    static ObservationQuery question(ReconcileInput it) {
        if (!it.known().finalizer()
                || mayRemoveFinalizerWithoutCheck(it)
                || it.wish().paused()
                || it.locationMismatch()) {
            return new ObservationQuery.None();
        }
        var search = it.markerQuery();
        if (it.known().held().isEmpty()) {
            // An import has no marker of ours; its finalizer says that it was found once.
            return it.wish().source() instanceof Source.ExistingSnapshot existing
                    ? new ObservationQuery.GetById(existing.id())
                    : search;
        }
        var held = it.known().held().get();
        if (deleteRetryDelay(it).isPresent()) {
            return new ObservationQuery.None();
        }
        if (it.isReplacing()
                || it.known().intent().filter(intent -> intent.orders() > 1).isPresent()) {
            return new ObservationQuery.ConfirmGoneThenFind(held.id(), search);
        }
        return held.state() == SnapshotState.DELETING
                ? new ObservationQuery.PollerUpdate(held.id())
                : new ObservationQuery.GetById(held.id());
    }

    static Decision decide(ReconcileInput it, Observation sighting) {
        if (!it.known().finalizer()) {
            return Decision.noChange();
        }
        if (it.wish().forget()) {
            return removeFinalizer(Optional.of(Reason.SnapshotForgotten));
        }
        if (it.wish().deletionPolicy() == DeletionPolicy.RETAIN) {
            return removeFinalizer(Optional.of(Reason.SnapshotRetained));
        }
        if (it.wish().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.Paused)));
        }
        if (it.standing().reach() instanceof ReconcileEnvironment.CloudAccess.Unavailable out) {
            return blind(it, out.why());
        }
        if (it.locationMismatch()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.OtherPlace)));
        }
        var due = deleteRetryDelay(it);
        if (sighting instanceof Observation.Unchanged) {
            return Decision.noChange().requeueAfter(due.orElse(RetryPolicy.FALLBACK_REQUEUE));
        }
        if (sighting instanceof Observation.Deferred notYet) {
            return CreateRules.onObservationDeferred(it, notYet);
        }
        if (sighting instanceof Observation.Failed unseen) {
            return blind(it, unseen.why());
        }
        if (sighting instanceof Observation.NotFound) {
            return it.maybeNotYetVisible()
                    ? Decision.noChange().requeueAfter(it.standing().patience().recheckInterval())
                    : removeFinalizer(Optional.empty());
        }
        if (sighting instanceof Observation.Found found) {
            return found(it, found.snapshot());
        }
        return searched(it, (Observation.SearchResult) sighting);
    }

    /** The object goes without a look: what is there stays by wish. */
    private static boolean mayRemoveFinalizerWithoutCheck(ReconcileInput it) {
        return it.wish().forget() || it.wish().deletionPolicy() == DeletionPolicy.RETAIN;
    }

    private static Decision found(ReconcileInput it, CloudSnapshot snapshot) {
        if (!it.mayModify(snapshot)) {
            return Decision.patchStatus(page(it, Reason.NotOurs, snapshot))
                    .requeueAfter(it.standing().patience().rare());
        }
        return switch (snapshot.state()) {
            case AVAILABLE, ERROR -> delete(it, snapshot);
            case DELETING ->
                Decision.patchStatus(page(it, Reason.Deleting, snapshot)).requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                Decision.patchStatus(page(it, Reason.WaitingToDelete, snapshot))
                        .requeueAfter(it.standing().patience().recheckInterval());
            case ERROR_DELETING -> onErrorDeleting(it, snapshot);
        };
    }

    private static Decision onErrorDeleting(ReconcileInput it, CloudSnapshot snapshot) {
        var verdict = Verdict.of(Reason.DeletionFailed);
        var decision = Decision.patchStatus(page(it, verdict.reason(), snapshot))
                .requeueAfter(it.standing().patience().rare());
        return it.known().reason().equals(Optional.of(verdict.reason())) ? decision : decision.withEvent(verdict);
    }

    private static Decision delete(ReconcileInput it, CloudSnapshot snapshot) {
        var cameBack = it.known()
                .held()
                .filter(held ->
                        held.state() == SnapshotState.DELETING && held.id().equals(snapshot.id()))
                .isPresent();
        if (cameBack) {
            // Cinder's answer to a snapshot that something depends on: accepted, and then available again.
            var attempt = new RecordedFailure(
                    it.now(),
                    RecordedFailure.DELETE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "the order was accepted, and then the snapshot was " + snapshot.wireState() + " again",
                    Optional.empty(),
                    false);
            return Decision.patchStatus(page(it, Reason.SnapshotInUse, snapshot).withFailedAttempt(attempt))
                    .requeueAfter(it.standing().patience().retry());
        }
        var due = deleteRetryDelay(it);
        if (due.isPresent()) {
            return Decision.noChange().requeueAfter(due.get());
        }
        var page = page(it, Reason.Deleting, snapshot);
        return Decision.perform(
                new Action.DeleteSnapshot(snapshot.id(), it.volumeId(), Optional.empty(), false),
                isDuplicate(it, snapshot) ? page : page.withCloudStatus("deleting"));
    }

    /**
     * Everything that carries our marker goes, one order a pass; then the object. The recorded one first, and it stays the
     * recorded one: an accepted deletion can come to nothing.
     */
    private static Decision searched(ReconcileInput it, Observation.SearchResult look) {
        if (!look.hits().isEmpty()) {
            return found(it, nextToDelete(it, look.hits()));
        }
        if (!it.provesAbsence(look)) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.Settling)))
                    .requeueAfter(least(
                            it.remainingUntil(it.absenceProvableFrom()),
                            it.standing().patience().recheckInterval()));
        }
        if (!look.nameless().isEmpty() && it.known().held().isEmpty()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.MarkerNotKept)))
                    .requeueAfter(it.standing().patience().rare());
        }
        return removeFinalizer(Optional.empty());
    }

    /** The recorded one; then what can be deleted now, so that one that cannot does not hold up the others. */
    private static CloudSnapshot nextToDelete(ReconcileInput it, List<CloudSnapshot> hits) {
        return hits.stream().filter(hit -> !isDuplicate(it, hit)).findFirst().orElseGet(() -> hits.stream()
                .min(Comparator.comparing((CloudSnapshot hit) -> !it.mayModify(hit))
                        .thenComparing(hit -> switch (hit.state()) {
                            case AVAILABLE, ERROR -> 0;
                            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> 1;
                            case ERROR_DELETING -> 2;
                            case DELETING -> 3;
                        }))
                .orElseThrow());
    }

    private static boolean isDuplicate(ReconcileInput it, CloudSnapshot snapshot) {
        return it.known()
                .held()
                .filter(held -> !held.id().equals(snapshot.id()))
                .isPresent();
    }

    /** What is seen of a surplus is not written over what is recorded of the one beside it. */
    private static StatusPatch page(ReconcileInput it, Reason reason, CloudSnapshot snapshot) {
        var verdict = Verdict.of(reason);
        return isDuplicate(it, snapshot) ? StatusPatch.of(verdict) : TrackRules.statusPatch(it, verdict, snapshot);
    }

    private static Duration least(Duration one, Duration other) {
        var less = one.compareTo(other) < 0 ? one : other;
        return less.isZero() ? RetryPolicy.IMMEDIATE_REQUEUE : less;
    }

    /** How long a refused or undone deletion still has to wait; empty when it may be ordered now. */
    static Optional<Duration> deleteRetryDelay(ReconcileInput it) {
        var failures = it.known().attempts().stream()
                .filter(a -> a.operation().equals(RecordedFailure.DELETE))
                .count();
        return it.known().lastFailure(RecordedFailure.DELETE).flatMap(last -> {
            var pause = it.standing()
                    .patience()
                    .backoff(it.known().reason().orElse(Reason.CloudRefused), failures)
                    .orElse(it.standing().patience().rare());
            var left = it.remainingUntil(last.at().plus(pause));
            return left.isZero() ? Optional.empty() : Optional.of(left);
        });
    }

    private static Decision blind(ReconcileInput it, CloudException.Details why) {
        var verdict = FailureReasons.verdictFor(why);
        var again = it.standing()
                .patience()
                .backoff(verdict.reason(), 2)
                .orElse(it.standing().patience().rare());
        return Decision.patchStatus(StatusPatch.of(verdict)).requeueAfter(again);
    }

    private static Decision removeFinalizer(Optional<Reason> announce) {
        return Decision.perform(new Action.RemoveFinalizer(announce));
    }

    static Decision after(ReconcileInput it, Action.DeleteSnapshot deed, StatusPatch planned, ActionResult answer) {
        if (answer instanceof ActionResult.DeleteAccepted) {
            return Decision.patchStatus(planned).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        if (answer instanceof ActionResult.NotFound) {
            return Decision.noChange().requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        if (answer instanceof ActionResult.Failed failed) {
            var why = failed.why();
            var verdict = FailureReasons.verdictFor(why);
            var attempt = RecordedFailure.of(why, RecordedFailure.DELETE, Optional.empty(), it.now());
            if (deed.surplus()) {
                // The recorded snapshot is none the worse for it.
                return Decision.patchStatus(planned.withFailedAttempt(attempt))
                        .requeueAfter(it.standing().patience().rare());
            }
            var again = it.standing()
                    .patience()
                    .backoff(verdict.reason(), 1)
                    .orElse(it.standing().patience().rare());
            return Decision.patchStatus(StatusPatch.of(verdict).withFailedAttempt(attempt))
                    .requeueAfter(again);
        }
        var notSent = (ActionResult.NotSent) answer;
        return deed.surplus()
                ? Decision.noChange().requeueAfter(notSent.again())
                : CreateRules.onActionNotSent(it, notSent);
    }
}
