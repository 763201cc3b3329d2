/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Reason.Phase;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/** A request whose status records a snapshot: it is followed until it is available, and watched from then on. */
final class TrackRules {
    private static final Verdict NOT_OWNED_UPDATE_SKIPPED = Verdict.of(
            Reason.SnapshotAvailable,
            "It is not renamed or described anew, because it does not carry this request's marker.");

    private TrackRules() {}

    static ObservationQuery question(ReconcileInput it) {
        var held = it.known().held().orElseThrow();
        if (it.locationMismatch()) {
            return new ObservationQuery.None();
        }
        if (it.isReplacing()) {
            return ReplaceRules.question(it, held);
        }
        if (isMissing(it)) {
            return new ObservationQuery.ConfirmGoneThenFind(held.id(), it.markerQuery());
        }
        if (!it.known().surplus().isEmpty()) {
            return new ObservationQuery.GetThenFindDuplicates(held.id(), it.markerQuery());
        }
        if (it.known().specIsUnobserved()
                || it.standing().lookNow()
                || !statusMatchesRecordedState(it, held)
                || hasDeferredWork(it, held)
                || it.hasNeitherFinalizerNorIntent()) {
            return new ObservationQuery.GetById(held.id());
        }
        return new ObservationQuery.PollerUpdate(held.id());
    }

    static Decision decide(ReconcileInput it, Observation sighting, String freshOrderId) {
        var held = it.known().held().orElseThrow();
        if (it.locationMismatch()) {
            // A ready snapshot stays as last seen: that the settings changed says nothing about it. What any other one
            // is said to be doing, nobody watches.
            return isReady(it)
                    ? Decision.noChange()
                    : Decision.patchStatus(StatusPatch.of(Verdict.of(Reason.OtherPlace)));
        }
        if (it.currentLocation().isEmpty()) {
            // An outage must not cost a write per object; the connection says what is wrong. But what needs a look by
            // itself comes again: no news would ever wake it.
            return isWaitingForExternalChange(it) && question(it) instanceof ObservationQuery.PollerUpdate
                    ? Decision.noChange()
                    : Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (expired(it)) {
            return expire(it);
        }
        return onObservation(it, held, sighting, freshOrderId).requeueNoLaterThan(remainingTtl(it));
    }

    private static Decision onObservation(
            ReconcileInput it, RecordedState.RecordedSnapshot held, Observation sighting, String freshOrderId) {
        if (sighting instanceof Observation.Deferred notYet) {
            return Decision.noChange().requeueAfter(notYet.again());
        }
        if (sighting instanceof Observation.Failed) {
            return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (it.isReplacing()) {
            return ReplaceRules.decide(it, held, sighting, freshOrderId);
        }
        if (sighting instanceof Observation.SearchResult searched) {
            return isMissing(it) ? onStillMissing(it, held, searched) : DuplicateRules.decide(it, held, searched);
        }
        if (sighting instanceof Observation.Found found) {
            return onFound(it, held, found.snapshot());
        }
        if (sighting instanceof Observation.NotFound) {
            return onNotFound(it, held);
        }
        return unchanged(it, held);
    }

    /** What a pause held up, or an adoption passed over, is done although nothing is new in the cloud then. */
    private static boolean hasDeferredWork(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        var toBeRenamed = !it.wish().paused()
                && it.wish().name().isPresent()
                && !it.wish().name().equals(held.name())
                && it.known().lastFailure(RecordedFailure.UPDATE).isEmpty();
        return switch (held.state()) {
            case AVAILABLE -> toBeRenamed;
            case ERROR -> ReplaceRules.isAllowed(it);
            case CREATING, DELETING, ERROR_DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> false;
        };
    }

    /**
     * Whether what is written follows from the recorded word. If not (the snapshot was lost, or in another place, or an
     * annotation could not be read), only a look can tell whether it still holds.
     */
    private static boolean statusMatchesRecordedState(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        var follows = reason(held.state());
        return it.known()
                .reason()
                .filter(said ->
                        said == follows || (said == Reason.TakingTooLong && follows.phase() == Phase.PROGRESSING))
                .isPresent();
    }

    private static boolean isReady(ReconcileInput it) {
        return it.known().reason().equals(Optional.of(Reason.SnapshotAvailable));
    }

    /** Whether the next thing to happen is news, rather than something that this object waits for. */
    private static boolean isWaitingForExternalChange(ReconcileInput it) {
        return !it.known().specIsUnobserved()
                && it.known()
                        .reason()
                        .filter(reason -> reason.phase() != Phase.PROGRESSING)
                        .isPresent();
    }

    private static Decision unchanged(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        if (isWaitingForExternalChange(it)) {
            return Decision.noChange();
        }
        // What is written stays true, except that patience may have run out meanwhile.
        var verdict = it.known().reason().map(Verdict::of);
        if (held.state() == SnapshotState.CREATING && it.known().reason().equals(Optional.of(Reason.WaitingForCloud))) {
            return Decision.patchStatus(StatusPatch.of(verdict.orElseThrow()))
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
    }

    static Decision onFound(ReconcileInput it, RecordedState.RecordedSnapshot held, CloudSnapshot snapshot) {
        if (snapshot.state() == SnapshotState.ERROR && ReplaceRules.isAllowed(it) && it.mayModify(snapshot)) {
            return ReplaceRules.begin(it, snapshot);
        }
        if (snapshot.state() == SnapshotState.AVAILABLE) {
            var change = requiredUpdate(it, snapshot);
            if (change.isPresent() && !it.mayModify(snapshot)) {
                return Decision.patchStatus(statusPatch(it, NOT_OWNED_UPDATE_SKIPPED, snapshot));
            }
            if (change.isPresent() && it.wish().paused() && it.known().specIsUnobserved() && isReady(it)) {
                // The new generation is not called observed before it is carried out.
                return Decision.noChange();
            }
            if (change.isPresent() && !it.wish().paused()) {
                return Decision.perform(new Action.UpdateSnapshot(held.id(), change.get()), statusPatch(it, snapshot));
            }
        }
        return reportObserved(it, snapshot);
    }

    /** What the cloud says is written, announced where it is an end, and looked at again where it is not. */
    private static Decision reportObserved(ReconcileInput it, CloudSnapshot snapshot) {
        var decision = Decision.patchStatus(statusPatch(it, snapshot));
        var announced = it.known().reason().equals(Optional.of(verdict(snapshot).reason()))
                ? decision
                : decision.withEvent(verdict(snapshot));
        return switch (snapshot.state()) {
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                suppressProgressEvent(decision, announced, snapshot).requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            // Readiness that is only being written now begins the time to live, too.
            case AVAILABLE ->
                announced.requeueNoLaterThan(
                        remainingTtlSince(it, it.known().readyAt().orElse(it.now())));
            case ERROR, ERROR_DELETING -> announced;
        };
    }

    /** Only endings are announced; that the cloud is still at work is no news. */
    private static Decision suppressProgressEvent(Decision plain, Decision announced, CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.DELETING ? announced : plain;
    }

    /**
     * A read by id answered 404. Unless it is too young to be shown, the snapshot is lost, and it is reported rather than
     * made again: it would hold today's data under yesterday's name.
     */
    private static Decision onNotFound(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        if (it.maybeNotYetVisible()) {
            return Decision.noChange().requeueAfter(it.standing().patience().recheckInterval());
        }
        var lost = Verdict.of(Reason.Lost, "Its id was " + held.id() + ".");
        var decision = Decision.patchStatus(StatusPatch.of(lost));
        return it.known().reason().equals(Optional.of(Reason.Lost))
                ? decision
                : decision.withEvent(lost)
                        .requeueNoLaterThan(it.known().intent().map(ordered -> RetryPolicy.IMMEDIATE_REQUEUE));
    }

    /** Whether what was ordered is gone. Another order of this request may be delivered even then. */
    private static boolean isMissing(ReconcileInput it) {
        return it.known().reason().equals(Optional.of(Reason.Lost))
                && it.known().intent().isPresent();
    }

    /**
     * What was delivered late beside the lost one is not deleted: it is the only one there is. Nor does it take the lost
     * one's place: it shows the disk at another time. It is named, for a person to decide.
     */
    private static Decision onStillMissing(
            ReconcileInput it, RecordedState.RecordedSnapshot held, Observation.SearchResult look) {
        var others = look.hits().stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(held.id()))
                .toList();
        if (others.isEmpty() && !look.complete()) {
            return Decision.noChange().requeueAfter(it.standing().patience().recheckInterval());
        }
        var detail = "Its id was " + held.id() + "."
                + (others.isEmpty()
                        ? ""
                        : " Its marker is still borne by "
                                + others.stream().map(SnapshotId::value).collect(Collectors.joining(", "))
                                + ": set spec.deletionPolicy to Retain before you delete this request, and import that"
                                + " snapshot, if you want to keep it.");
        return Decision.patchStatus(
                StatusPatch.of(Verdict.of(Reason.Lost, detail)).withDuplicates(others));
    }

    /** What differs from the spec. A name or description that the spec does not give is the cloud's own affair. */
    private static Optional<UpdateSnapshotRequest> requiredUpdate(ReconcileInput it, CloudSnapshot snapshot) {
        var name = it.wish().name().filter(wished -> !Optional.of(wished).equals(snapshot.name()));
        var description =
                it.wish().description().filter(wished -> !Optional.of(wished).equals(snapshot.description()));
        return name.isEmpty() && description.isEmpty()
                ? Optional.empty()
                : Optional.of(new UpdateSnapshotRequest(name, description));
    }

    static Decision after(ReconcileInput it, Action.UpdateSnapshot deed, StatusPatch planned, ActionResult answer) {
        if (answer instanceof ActionResult.Succeeded taken) {
            return keepDuplicates(it, planned, reportObserved(it, taken.snapshot()))
                    .requeueNoLaterThan(remainingTtl(it));
        }
        if (answer instanceof ActionResult.NotFound) {
            return Decision.noChange().requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        if (answer instanceof ActionResult.Failed failed) {
            var why = failed.why();
            if (why.kind().remedy() == CloudException.Remedy.TIME) {
                return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            }
            // The snapshot is as good as before; that it could not be renamed is a note, not an end.
            var refused = FailureReasons.verdictFor(why);
            var note = Verdict.of(
                    planned.verdict().reason(), "It could not be renamed or described anew. " + refused.detail());
            var noted = Decision.patchStatus(new StatusPatch(
                            note,
                            planned.seen(),
                            planned.place(),
                            planned.volumeId(),
                            planned.wireState(),
                            Optional.of(RecordedFailure.of(why, RecordedFailure.UPDATE, Optional.empty(), it.now())),
                            planned.surplus(),
                            false))
                    .withEvent(note);
            return keepDuplicates(it, planned, noted).requeueNoLaterThan(remainingTtl(it));
        }
        // The snapshot is ready all the while; that its new name waits for a permit is no news.
        return Decision.noChange().requeueAfter(((ActionResult.NotSent) answer).again());
    }

    /** A renaming takes nothing away from what was seen beside the snapshot, nor from the next look at it. */
    private static Decision keepDuplicates(ReconcileInput it, StatusPatch planned, Decision decision) {
        return planned.surplus()
                .filter(ids -> !ids.isEmpty())
                .map(ids -> decision.withDuplicates(ids)
                        .requeueNoLaterThan(Optional.of(it.standing().patience().recheckInterval())))
                .orElse(decision);
    }

    private static boolean expired(ReconcileInput it) {
        return remainingTtl(it).filter(Duration::isZero).isPresent();
    }

    private static Optional<Duration> remainingTtl(ReconcileInput it) {
        return it.known().readyAt().flatMap(ready -> remainingTtlSince(it, ready));
    }

    private static Optional<Duration> remainingTtlSince(ReconcileInput it, Instant readyAt) {
        return it.wish().ttl().map(ttl -> it.remainingUntil(readyAt.plus(ttl)));
    }

    private static Decision expire(ReconcileInput it) {
        return Decision.perform(new Action.DeleteRequest()).withEvent(Verdict.of(Reason.Expired));
    }

    static StatusPatch statusPatch(ReconcileInput it, CloudSnapshot snapshot) {
        return statusPatch(it, verdict(snapshot), snapshot);
    }

    static StatusPatch statusPatch(ReconcileInput it, Verdict verdict, CloudSnapshot snapshot) {
        return StatusPatch.of(verdict)
                .withSnapshot(
                        snapshot, it.recordedLocation().or(it::currentLocation).orElseThrow());
    }

    /** What a snapshot's state means for the request that asked for it. Ready means available, and nothing else does. */
    static Verdict verdict(CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.UNRECOGNIZED
                ? Verdict.of(Reason.UnknownState, "The word is \"" + snapshot.wireState() + "\".")
                : Verdict.of(reason(snapshot.state()));
    }

    private static Reason reason(SnapshotState state) {
        return switch (state) {
            case AVAILABLE -> Reason.SnapshotAvailable;
            case CREATING -> Reason.WaitingForCloud;
            case ERROR -> Reason.CloudReportedError;
            case DELETING -> Reason.BeingDeleted;
            case ERROR_DELETING -> Reason.DeletionFailed;
            case ROLLBACKING -> Reason.RollingBack;
            case BACKING_UP -> Reason.BackingUp;
            case UNRECOGNIZED -> Reason.UnknownState;
        };
    }
}
