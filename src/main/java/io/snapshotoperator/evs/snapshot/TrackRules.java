/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/** A request whose status records a snapshot: it is followed until it is available, and watched from then on. */
final class TrackRules {
    private static final Verdict NOT_OWNED_UPDATE_SKIPPED = Verdict.of(
            SnapshotReason.SnapshotAvailable,
            "It is not renamed or described anew, because it does not carry this request's marker.");

    private TrackRules() {}

    static ObservationQuery question(ReconcileInput input) {
        var recordedSnapshot = input.recorded().snapshot().orElseThrow();
        if (input.locationMismatch()) {
            return new ObservationQuery.None();
        }
        if (input.isReplacing()) {
            return ReplaceRules.question(input, recordedSnapshot);
        }
        if (isMissing(input)) {
            return new ObservationQuery.ConfirmGoneThenFind(recordedSnapshot.id(), input.markerQuery());
        }
        if (!input.recorded().duplicates().isEmpty()) {
            return new ObservationQuery.GetThenFindDuplicates(recordedSnapshot.id(), input.markerQuery());
        }
        if (input.recorded().specIsUnobserved()
                || input.environment().refreshRequested()
                || !statusMatchesRecordedState(input, recordedSnapshot)
                || hasDeferredWork(input, recordedSnapshot)
                || input.hasNeitherFinalizerNorIntent()) {
            return new ObservationQuery.GetById(recordedSnapshot.id());
        }
        return new ObservationQuery.PollerUpdate(recordedSnapshot.id());
    }

    static Decision decide(ReconcileInput input, Observation observation, String newCreateId) {
        var recordedSnapshot = input.recorded().snapshot().orElseThrow();
        if (input.locationMismatch()) {
            // A ready snapshot stays as last seen: that the settings changed says nothing about it. What any other one
            // is said to be doing, nobody watches.
            return isReady(input)
                    ? Decision.noChange()
                    : Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        if (input.currentLocation().isEmpty()) {
            // An outage must not cost a write per object; the connection says what is wrong. But what needs a look by
            // itself comes again: no news would ever wake it.
            return isWaitingForExternalChange(input) && question(input) instanceof ObservationQuery.PollerUpdate
                    ? Decision.noChange()
                    : Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (expired(input)) {
            return expire(input);
        }
        return onObservation(input, recordedSnapshot, observation, newCreateId).requeueNoLaterThan(remainingTtl(input));
    }

    private static Decision onObservation(
            ReconcileInput input,
            RecordedState.RecordedSnapshot recordedSnapshot,
            Observation observation,
            String newCreateId) {
        if (observation instanceof Observation.Deferred notYet) {
            return Decision.noChange().requeueAfter(notYet.retryAfter());
        }
        if (observation instanceof Observation.Failed) {
            return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (input.isReplacing()) {
            return ReplaceRules.decide(input, recordedSnapshot, observation, newCreateId);
        }
        if (observation instanceof Observation.SearchResult searched) {
            return isMissing(input)
                    ? onStillMissing(input, recordedSnapshot, searched)
                    : DuplicateRules.decide(input, recordedSnapshot, searched);
        }
        if (observation instanceof Observation.Found found) {
            return onFound(input, recordedSnapshot, found.snapshot());
        }
        if (observation instanceof Observation.NotFound) {
            return onNotFound(input, recordedSnapshot);
        }
        return unchanged(input, recordedSnapshot);
    }

    /** What a pause held up, or an adoption passed over, is done although nothing is new in the cloud then. */
    private static boolean hasDeferredWork(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        var toBeRenamed = !input.desired().paused()
                && input.desired().name().isPresent()
                && !input.desired().name().equals(recordedSnapshot.name())
                && input.recorded().lastFailure(RecordedFailure.UPDATE).isEmpty();
        return switch (recordedSnapshot.state()) {
            case AVAILABLE -> toBeRenamed;
            case ERROR -> ReplaceRules.isAllowed(input);
            case CREATING, DELETING, ERROR_DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> false;
        };
    }

    /**
     * Whether what is written follows from the recorded word. If not (the snapshot was lost, or in another place, or an
     * annotation could not be read), only a look can tell whether it still holds.
     */
    private static boolean statusMatchesRecordedState(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        var follows = reason(recordedSnapshot.state());
        return input.recorded()
                .reason()
                .filter(said -> said == follows
                        || (said == SnapshotReason.ReadyDeadlineExceeded && follows.phase() == Phase.PROGRESSING))
                .isPresent();
    }

    private static boolean isReady(ReconcileInput input) {
        return input.recorded().reasonIs(SnapshotReason.SnapshotAvailable);
    }

    /** Whether the next thing to happen is news, rather than something that this object waits for. */
    private static boolean isWaitingForExternalChange(ReconcileInput input) {
        return !input.recorded().specIsUnobserved()
                && input.recorded()
                        .reason()
                        .filter(reason -> reason.phase() != Phase.PROGRESSING)
                        .isPresent();
    }

    private static Decision unchanged(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        if (isWaitingForExternalChange(input)) {
            return Decision.noChange();
        }
        // What is written stays true, except that patience may have run out meanwhile.
        var verdict = input.recorded().reason().map(Verdict::of);
        if (recordedSnapshot.state() == SnapshotState.CREATING
                && input.recorded().reasonIs(SnapshotReason.WaitingForCloud)) {
            return Decision.patchStatus(StatusPatch.of(verdict.orElseThrow()))
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
    }

    static Decision onFound(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot, CloudSnapshot snapshot) {
        if (snapshot.state() == SnapshotState.ERROR && ReplaceRules.isAllowed(input) && input.mayModify(snapshot)) {
            return ReplaceRules.begin(input, snapshot);
        }
        if (snapshot.state() == SnapshotState.AVAILABLE) {
            var change = requiredUpdate(input, snapshot);
            if (change.isPresent() && !input.mayModify(snapshot)) {
                return Decision.patchStatus(statusPatch(input, NOT_OWNED_UPDATE_SKIPPED, snapshot));
            }
            if (change.isPresent()
                    && input.desired().paused()
                    && input.recorded().specIsUnobserved()
                    && isReady(input)) {
                // The new generation is not called observed before it is carried out.
                return Decision.noChange();
            }
            if (change.isPresent() && !input.desired().paused()) {
                return Decision.perform(
                        new Action.UpdateSnapshot(recordedSnapshot.id(), change.get()), statusPatch(input, snapshot));
            }
        }
        return reportObserved(input, snapshot);
    }

    /** What the cloud says is written, announced where it is an end, and looked at again where it is not. */
    private static Decision reportObserved(ReconcileInput input, CloudSnapshot snapshot) {
        var decision = Decision.patchStatus(statusPatch(input, snapshot));
        var announced = input.recorded().reasonIs(verdict(snapshot).reason())
                ? decision
                : decision.withEvent(verdict(snapshot));
        return switch (snapshot.state()) {
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED ->
                suppressProgressEvent(decision, announced, snapshot).requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            // Readiness that is only being written now begins the time to live, too.
            case AVAILABLE ->
                announced.requeueNoLaterThan(
                        remainingTtlSince(input, input.recorded().readyAt().orElse(input.now())));
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
    private static Decision onNotFound(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        if (input.maybeNotYetVisible()) {
            return Decision.noChange()
                    .requeueAfter(input.environment().retryPolicy().recheckInterval());
        }
        var missing = Verdict.of(SnapshotReason.SnapshotMissing, "Its id was " + recordedSnapshot.id() + ".");
        var decision = Decision.patchStatus(StatusPatch.of(missing));
        return input.recorded().reasonIs(SnapshotReason.SnapshotMissing)
                ? decision
                : decision.withEvent(missing)
                        .requeueNoLaterThan(input.recorded().intent().map(intent -> RetryPolicy.IMMEDIATE_REQUEUE));
    }

    /** Whether what was ordered is gone. Another order of this request may be delivered even then. */
    private static boolean isMissing(ReconcileInput input) {
        return input.recorded().reasonIs(SnapshotReason.SnapshotMissing)
                && input.recorded().intent().isPresent();
    }

    /**
     * What was delivered late beside the lost one is not deleted: it is the only one there is. Nor does it take the lost
     * one's place: it shows the disk at another time. It is named, for a person to decide.
     */
    private static Decision onStillMissing(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot, Observation.SearchResult search) {
        var others = search.matches().stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(recordedSnapshot.id()))
                .toList();
        if (others.isEmpty() && !search.complete()) {
            return Decision.noChange()
                    .requeueAfter(input.environment().retryPolicy().recheckInterval());
        }
        var detail = "Its id was " + recordedSnapshot.id() + "."
                + (others.isEmpty()
                        ? ""
                        : " Its marker is still borne by "
                                + others.stream().map(SnapshotId::value).collect(Collectors.joining(", "))
                                + ": set spec.deletionPolicy to Retain before you delete this request, and import that"
                                + " snapshot, if you want to keep it.");
        return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotMissing, detail))
                .withDuplicates(others));
    }

    /** What differs from the spec. A name or description that the spec does not give is the cloud's own affair. */
    private static Optional<UpdateSnapshotRequest> requiredUpdate(ReconcileInput input, CloudSnapshot snapshot) {
        var name =
                input.desired().name().filter(desired -> !Optional.of(desired).equals(snapshot.name()));
        var description = input.desired().description().filter(desired -> !Optional.of(desired)
                .equals(snapshot.description()));
        return name.isEmpty() && description.isEmpty()
                ? Optional.empty()
                : Optional.of(new UpdateSnapshotRequest(name, description));
    }

    /** Returns what follows from the result of an update of name or description. */
    static Decision afterUpdate(ReconcileInput input, StatusPatch planned, UpdateResult result) {
        return result.accept(new AfterUpdate(input, planned));
    }

    private record AfterUpdate(ReconcileInput input, StatusPatch planned) implements UpdateResult.Visitor<Decision> {

        @Override
        public Decision updated(UpdateResult.Updated result) {
            return keepDuplicates(input, planned, reportObserved(input, result.snapshot()))
                    .requeueNoLaterThan(remainingTtl(input));
        }

        @Override
        public Decision notFound() {
            return Decision.noChange().requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }

        @Override
        public Decision failed(ActionResult.Failed result) {
            var failure = result.failure();
            if (failure.kind().remedy() == CloudException.Remedy.TIME) {
                return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            }
            // The snapshot is as good as before; that it could not be renamed is a note, not an end.
            var rejected = FailureReasons.verdictFor(failure);
            var note = Verdict.of(
                    planned.verdict().reason(), "It could not be renamed or described anew. " + rejected.detail());
            var attempt = RecordedFailure.of(failure, RecordedFailure.UPDATE, input.now());
            var noted = Decision.patchStatus(planned.withVerdict(note).withFailedAttempt(attempt))
                    .withEvent(note);
            return keepDuplicates(input, planned, noted).requeueNoLaterThan(remainingTtl(input));
        }

        /** The snapshot stays ready while its new name waits, so the status does not change. */
        @Override
        public Decision notSent(ActionResult.NotSent result) {
            return Decision.noChange().requeueAfter(result.retryAfter());
        }
    }

    /** A renaming takes nothing away from what was seen beside the snapshot, nor from the next look at it. */
    private static Decision keepDuplicates(ReconcileInput input, StatusPatch planned, Decision decision) {
        return planned.duplicates()
                .filter(ids -> !ids.isEmpty())
                .map(ids -> decision.withDuplicates(ids)
                        .requeueNoLaterThan(
                                Optional.of(input.environment().retryPolicy().recheckInterval())))
                .orElse(decision);
    }

    private static boolean expired(ReconcileInput input) {
        return remainingTtl(input).filter(Duration::isZero).isPresent();
    }

    private static Optional<Duration> remainingTtl(ReconcileInput input) {
        return input.recorded().readyAt().flatMap(ready -> remainingTtlSince(input, ready));
    }

    private static Optional<Duration> remainingTtlSince(ReconcileInput input, Instant readyAt) {
        return input.desired().ttl().map(ttl -> input.remainingUntil(readyAt.plus(ttl)));
    }

    private static Decision expire(ReconcileInput input) {
        return Decision.perform(new Action.DeleteRequest()).withEvent(Verdict.of(SnapshotReason.Expired));
    }

    static StatusPatch statusPatch(ReconcileInput input, CloudSnapshot snapshot) {
        return statusPatch(input, verdict(snapshot), snapshot);
    }

    static StatusPatch statusPatch(ReconcileInput input, Verdict verdict, CloudSnapshot snapshot) {
        return StatusPatch.of(verdict)
                .withSnapshot(
                        snapshot,
                        input.recordedLocation().or(input::currentLocation).orElseThrow());
    }

    /** What a snapshot's state means for the request that asked for it. Ready means available, and nothing else does. */
    static Verdict verdict(CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.UNRECOGNIZED
                ? Verdict.of(SnapshotReason.UnknownState, "The word is \"" + snapshot.wireState() + "\".")
                : Verdict.of(reason(snapshot.state()));
    }

    private static Reason reason(SnapshotState state) {
        return switch (state) {
            case AVAILABLE -> SnapshotReason.SnapshotAvailable;
            case CREATING -> SnapshotReason.WaitingForCloud;
            case ERROR -> SnapshotReason.SnapshotFailed;
            case DELETING -> SnapshotReason.DeletingExternally;
            case ERROR_DELETING -> SnapshotReason.DeletionFailed;
            case ROLLBACKING -> SnapshotReason.RollingBack;
            case BACKING_UP -> SnapshotReason.BackingUp;
            case UNRECOGNIZED -> SnapshotReason.UnknownState;
        };
    }
}
