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
    private static final Verdict NOT_OURS_TO_CHANGE = Verdict.of(
            Reason.SnapshotAvailable,
            "It is not renamed or described anew, because it does not carry this request's marker.");

    private TrackRules() {}

    static ObservationQuery question(ReconcileInput it) {
        var held = it.known().held().orElseThrow();
        if (it.isElsewhere()) {
            return new ObservationQuery.None();
        }
        if (it.isReplacing()) {
            return ReplaceRules.question(it, held);
        }
        if (isLost(it)) {
            return new ObservationQuery.ConfirmGoneThenFind(held.id(), it.search());
        }
        if (!it.known().surplus().isEmpty()) {
            return new ObservationQuery.GetThenFindDuplicates(held.id(), it.search());
        }
        if (it.known().generationIsNew()
                || it.standing().lookNow()
                || !isSaid(it, held)
                || wasHeldUp(it, held)
                || it.hasNeitherFinalizerNorIntent()) {
            return new ObservationQuery.GetById(held.id());
        }
        return new ObservationQuery.PollerUpdate(held.id());
    }

    static Decision decide(ReconcileInput it, Observation sighting, String freshOrderId) {
        var held = it.known().held().orElseThrow();
        if (it.isElsewhere()) {
            // A ready snapshot stays as last seen: that the settings changed says nothing about it. What any other one
            // is said to be doing, nobody watches.
            return isReady(it) ? Decision.leave() : Decision.write(StatusPatch.of(Verdict.of(Reason.OtherPlace)));
        }
        if (it.here().isEmpty()) {
            // An outage must not cost a write per object; the connection says what is wrong. But what needs a look by
            // itself comes again: no news would ever wake it.
            return isSettled(it) && question(it) instanceof ObservationQuery.PollerUpdate
                    ? Decision.leave()
                    : Decision.leave().again(RetryPolicy.NET);
        }
        if (expired(it)) {
            return expire(it);
        }
        return look(it, held, sighting, freshOrderId).again(timeToLive(it));
    }

    private static Decision look(
            ReconcileInput it, RecordedState.RecordedSnapshot held, Observation sighting, String freshOrderId) {
        if (sighting instanceof Observation.Deferred notYet) {
            return Decision.leave().again(notYet.again());
        }
        if (sighting instanceof Observation.Failed) {
            return Decision.leave().again(RetryPolicy.NET);
        }
        if (it.isReplacing()) {
            return ReplaceRules.decide(it, held, sighting, freshOrderId);
        }
        if (sighting instanceof Observation.SearchResult searched) {
            return isLost(it) ? stillLost(it, held, searched) : DuplicateRules.decide(it, held, searched);
        }
        if (sighting instanceof Observation.Found found) {
            return found(it, held, found.snapshot());
        }
        if (sighting instanceof Observation.NotFound) {
            return absent(it, held);
        }
        return unchanged(it, held);
    }

    /** What a pause held up, or an adoption passed over, is done although nothing is new in the cloud then. */
    private static boolean wasHeldUp(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        var toBeRenamed = !it.wish().paused()
                && it.wish().name().isPresent()
                && !it.wish().name().equals(held.name())
                && it.known().last(RecordedFailure.UPDATE).isEmpty();
        return switch (held.state()) {
            case AVAILABLE -> toBeRenamed;
            case ERROR -> ReplaceRules.isAllowed(it);
            case CREATING, DELETING, ERROR_DELETING, ROLLBACKING, BACKING_UP, UNRECOGNISED -> false;
        };
    }

    /**
     * Whether what is written follows from the recorded word. If not (the snapshot was lost, or in another place, or an
     * annotation could not be read), only a look can tell whether it still holds.
     */
    private static boolean isSaid(ReconcileInput it, RecordedState.RecordedSnapshot held) {
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
    private static boolean isSettled(ReconcileInput it) {
        return !it.known().generationIsNew()
                && it.known()
                        .reason()
                        .filter(reason -> reason.phase() != Phase.PROGRESSING)
                        .isPresent();
    }

    private static Decision unchanged(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        if (isSettled(it)) {
            return Decision.leave();
        }
        // What is written stays true, except that patience may have run out meanwhile.
        var verdict = it.known().reason().map(Verdict::of);
        if (held.state() == SnapshotState.CREATING && it.known().reason().equals(Optional.of(Reason.WaitingForCloud))) {
            return Decision.write(StatusPatch.of(verdict.orElseThrow())).again(RetryPolicy.NET);
        }
        return Decision.leave().again(RetryPolicy.NET);
    }

    static Decision found(ReconcileInput it, RecordedState.RecordedSnapshot held, CloudSnapshot snapshot) {
        if (snapshot.state() == SnapshotState.ERROR && ReplaceRules.isAllowed(it) && it.mayTouch(snapshot)) {
            return ReplaceRules.begin(it, snapshot);
        }
        if (snapshot.state() == SnapshotState.AVAILABLE) {
            var change = change(it, snapshot);
            if (change.isPresent() && !it.mayTouch(snapshot)) {
                return Decision.write(page(it, NOT_OURS_TO_CHANGE, snapshot));
            }
            if (change.isPresent() && it.wish().paused() && it.known().generationIsNew() && isReady(it)) {
                // The new generation is not called observed before it is carried out.
                return Decision.leave();
            }
            if (change.isPresent() && !it.wish().paused()) {
                return Decision.carryOut(new Action.UpdateSnapshot(held.id(), change.get()), page(it, snapshot));
            }
        }
        return shown(it, snapshot);
    }

    /** What the cloud says is written, announced where it is an end, and looked at again where it is not. */
    private static Decision shown(ReconcileInput it, CloudSnapshot snapshot) {
        var decision = Decision.write(page(it, snapshot));
        var announced = it.known().reason().equals(Optional.of(verdict(snapshot).reason()))
                ? decision
                : decision.announcing(verdict(snapshot));
        return switch (snapshot.state()) {
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNISED ->
                quietly(decision, announced, snapshot).again(RetryPolicy.NET);
            // Readiness that is only being written now begins the time to live, too.
            case AVAILABLE -> announced.again(lifeLeft(it, it.known().readyAt().orElse(it.now())));
            case ERROR, ERROR_DELETING -> announced;
        };
    }

    /** Only endings are announced; that the cloud is still at work is no news. */
    private static Decision quietly(Decision plain, Decision announced, CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.DELETING ? announced : plain;
    }

    /**
     * A read by id answered 404. Unless it is too young to be shown, the snapshot is lost, and it is reported rather than
     * made again: it would hold today's data under yesterday's name.
     */
    private static Decision absent(ReconcileInput it, RecordedState.RecordedSnapshot held) {
        if (it.mayNotBeShownYet()) {
            return Decision.leave().again(it.standing().patience().look());
        }
        var lost = Verdict.of(Reason.Lost, "Its id was " + held.id() + ".");
        var decision = Decision.write(StatusPatch.of(lost));
        return it.known().reason().equals(Optional.of(Reason.Lost))
                ? decision
                : decision.announcing(lost).again(it.known().intent().map(ordered -> RetryPolicy.SOON));
    }

    /** Whether what was ordered is gone. Another order of this request may be delivered even then. */
    private static boolean isLost(ReconcileInput it) {
        return it.known().reason().equals(Optional.of(Reason.Lost))
                && it.known().intent().isPresent();
    }

    /**
     * What was delivered late beside the lost one is not deleted: it is the only one there is. Nor does it take the lost
     * one's place: it shows the disk at another time. It is named, for a person to decide.
     */
    private static Decision stillLost(
            ReconcileInput it, RecordedState.RecordedSnapshot held, Observation.SearchResult look) {
        var others = look.hits().stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(held.id()))
                .toList();
        if (others.isEmpty() && !look.complete()) {
            return Decision.leave().again(it.standing().patience().look());
        }
        var detail = "Its id was " + held.id() + "."
                + (others.isEmpty()
                        ? ""
                        : " Its marker is still borne by "
                                + others.stream().map(SnapshotId::value).collect(Collectors.joining(", "))
                                + ": set spec.deletionPolicy to Retain before you delete this request, and import that"
                                + " snapshot, if you want to keep it.");
        return Decision.write(StatusPatch.of(Verdict.of(Reason.Lost, detail)).beside(others));
    }

    /** What differs from the spec. A name or description that the spec does not give is the cloud's own affair. */
    private static Optional<UpdateSnapshotRequest> change(ReconcileInput it, CloudSnapshot snapshot) {
        var name = it.wish().name().filter(wished -> !Optional.of(wished).equals(snapshot.name()));
        var description =
                it.wish().description().filter(wished -> !Optional.of(wished).equals(snapshot.description()));
        return name.isEmpty() && description.isEmpty()
                ? Optional.empty()
                : Optional.of(new UpdateSnapshotRequest(name, description));
    }

    static Decision after(ReconcileInput it, Action.UpdateSnapshot deed, StatusPatch planned, ActionResult answer) {
        if (answer instanceof ActionResult.Succeeded taken) {
            return besideSurplus(it, planned, shown(it, taken.snapshot())).again(timeToLive(it));
        }
        if (answer instanceof ActionResult.NotFound) {
            return Decision.leave().again(RetryPolicy.SOON);
        }
        if (answer instanceof ActionResult.Failed failed) {
            var why = failed.why();
            if (why.kind().remedy() == CloudException.Remedy.TIME) {
                return Decision.leave().again(RetryPolicy.NET);
            }
            // The snapshot is as good as before; that it could not be renamed is a note, not an end.
            var refused = FailureReasons.verdict(why);
            var note = Verdict.of(
                    planned.verdict().reason(), "It could not be renamed or described anew. " + refused.detail());
            var noted = Decision.write(new StatusPatch(
                            note,
                            planned.seen(),
                            planned.place(),
                            planned.volumeId(),
                            planned.wireState(),
                            Optional.of(RecordedFailure.of(why, RecordedFailure.UPDATE, Optional.empty(), it.now())),
                            planned.surplus(),
                            false))
                    .announcing(note);
            return besideSurplus(it, planned, noted).again(timeToLive(it));
        }
        // The snapshot is ready all the while; that its new name waits for a permit is no news.
        return Decision.leave().again(((ActionResult.NotSent) answer).again());
    }

    /** A renaming takes nothing away from what was seen beside the snapshot, nor from the next look at it. */
    private static Decision besideSurplus(ReconcileInput it, StatusPatch planned, Decision decision) {
        return planned.surplus()
                .filter(ids -> !ids.isEmpty())
                .map(ids -> decision.beside(ids)
                        .again(Optional.of(it.standing().patience().look())))
                .orElse(decision);
    }

    private static boolean expired(ReconcileInput it) {
        return timeToLive(it).filter(Duration::isZero).isPresent();
    }

    private static Optional<Duration> timeToLive(ReconcileInput it) {
        return it.known().readyAt().flatMap(ready -> lifeLeft(it, ready));
    }

    private static Optional<Duration> lifeLeft(ReconcileInput it, Instant readyAt) {
        return it.wish().ttl().map(ttl -> it.until(readyAt.plus(ttl)));
    }

    private static Decision expire(ReconcileInput it) {
        return Decision.carryOut(new Action.DeleteRequest()).announcing(Verdict.of(Reason.Expired));
    }

    static StatusPatch page(ReconcileInput it, CloudSnapshot snapshot) {
        return page(it, verdict(snapshot), snapshot);
    }

    static StatusPatch page(ReconcileInput it, Verdict verdict, CloudSnapshot snapshot) {
        return StatusPatch.of(verdict)
                .seeing(snapshot, it.recordedPlace().or(it::here).orElseThrow());
    }

    /** What a snapshot's state means for the request that asked for it. Ready means available, and nothing else does. */
    static Verdict verdict(CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.UNRECOGNISED
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
            case UNRECOGNISED -> Reason.UnknownState;
        };
    }
}
