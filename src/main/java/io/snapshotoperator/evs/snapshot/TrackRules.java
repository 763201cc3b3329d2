/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rules for a request whose status records a snapshot. The operator waits until the snapshot is available, and
 * reports later changes.
 */
final class TrackRules {
    private static final Verdict NOT_OWNED_UPDATE_SKIPPED = Verdict.of(
            SnapshotReason.SnapshotAvailable,
            "The operator does not change its name or description, because the snapshot does not carry this request's"
                    + " ownership marker. An import allows it with spec.deletionPolicy: Delete, unless another object,"
                    + " a backup service or another tool has marked the snapshot.");

    private TrackRules() {}

    static ObservationQuery planObservation(ReconcileInput input) {
        var recordedSnapshot = input.recorded().snapshot().orElseThrow();
        if (wasEdited(input, recordedSnapshot)) {
            return input.markerQuery();
        }
        if (input.locationMismatch()) {
            return new ObservationQuery.None();
        }
        if (input.isReplacing()) {
            return ReplaceRules.planObservation(input, recordedSnapshot);
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
                || input.lacksOwnIntent()) {
            return new ObservationQuery.GetById(recordedSnapshot.id());
        }
        return new ObservationQuery.PollerUpdate(recordedSnapshot.id());
    }

    static Decision decide(ReconcileInput input, Observation observation, String newCreateId) {
        var recordedSnapshot = input.recorded().snapshot().orElseThrow();
        if (wasEdited(input, recordedSnapshot)
                && observation instanceof Observation.SearchResult search
                && !search.matches().isEmpty()) {
            return CreateRules.adopt(input, search.matches());
        }
        if (input.locationMismatch()) {
            // Changed settings say nothing about a ready snapshot, so it stays ready. The operator cannot observe the
            // progress of any other one.
            return isReady(input)
                    ? Decision.noChange()
                    : Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        if (input.currentLocation().isEmpty()) {
            // An outage must not cause a write per object; the connection reports it. A request that needs an
            // observation is reconciled again, because no event would trigger that.
            return isWaitingForExternalChange(input) && planObservation(input) instanceof ObservationQuery.PollerUpdate
                    ? Decision.noChange()
                    : Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (isExpired(input) && !input.desired().paused()) {
            return expire(input);
        }
        return requeueBeforeExpiry(input, onObservation(input, recordedSnapshot, observation, newCreateId));
    }

    private static Decision onObservation(
            ReconcileInput input,
            RecordedState.RecordedSnapshot recordedSnapshot,
            Observation observation,
            String newCreateId) {
        if (observation instanceof Observation.Deferred deferred) {
            return Decision.noChange().requeueAfter(deferred.retryAfter());
        }
        if (observation instanceof Observation.Failed) {
            return Decision.noChange().requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        if (wasEdited(input, recordedSnapshot)) {
            return Decision.patchStatus(StatusPatch.of(notOwned(recordedSnapshot.id())))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (observation instanceof Observation.Found found && input.isForeign(found.snapshot())) {
            return onNotOwned(found.snapshot());
        }
        if (input.isReplacing()) {
            return ReplaceRules.decide(input, recordedSnapshot, observation, newCreateId);
        }
        if (observation instanceof Observation.SearchResult search) {
            return isMissing(input)
                    ? onStillMissing(input, recordedSnapshot, search)
                    : DuplicateRules.decide(input, recordedSnapshot, search);
        }
        if (observation instanceof Observation.Found found) {
            return onFound(input, recordedSnapshot, found.snapshot());
        }
        if (observation instanceof Observation.NotFound) {
            return onNotFound(input, recordedSnapshot);
        }
        return onUnchanged(input, recordedSnapshot);
    }

    /**
     * Whether the status records a snapshot of something else: an observation showed that, or the status names another
     * location than the create intent. The operator then searches for its own snapshot.
     */
    private static boolean wasEdited(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        if (input.desired().isImport()) {
            return false;
        }
        return input.recorded().reasonIs(SnapshotReason.NotOwned)
                || (input.locationMismatch()
                        && recordedSnapshot.location().isPresent()
                        && input.recorded().intent().map(CreateIntent::location).equals(input.currentLocation()));
    }

    /**
     * Reports that the recorded snapshot is not of this request, and nothing else about it. The next reconcile searches for
     * the snapshot that is.
     */
    static Decision onNotOwned(CloudSnapshot snapshot) {
        var verdict = notOwned(snapshot.id());
        return Decision.patchStatus(StatusPatch.of(verdict))
                .withEvent(verdict)
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    private static Verdict notOwned(SnapshotId recorded) {
        return Verdict.of(SnapshotReason.NotOwned, "The status records " + recorded + ".");
    }

    /** Whether an action is due although the cloud shows no change: a pause or an adoption deferred it. */
    private static boolean hasDeferredWork(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        var mustBeRenamed = !input.desired().paused()
                && input.desired().name().isPresent()
                && differs(input.desired().name().get(), recordedSnapshot.name())
                && input.recorded().lastFailure(RecordedFailure.UPDATE).isEmpty();
        return switch (recordedSnapshot.state()) {
            case AVAILABLE -> mustBeRenamed;
            case ERROR -> ReplaceRules.isAllowed(input);
            case CREATING, DELETING, ERROR_DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> false;
        };
    }

    /**
     * Whether the recorded reason follows from the recorded status word. If it does not (the snapshot was missing, the
     * location did not match, or an annotation was invalid), only an observation shows whether it still applies.
     */
    private static boolean statusMatchesRecordedState(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        var expected = reason(recordedSnapshot.state());
        return input.recorded()
                .reason()
                .filter(reason -> reason == expected
                        || (reason == SnapshotReason.ReadyDeadlineExceeded && expected.phase() == Phase.PROGRESSING))
                .isPresent();
    }

    private static boolean isReady(ReconcileInput input) {
        return input.recorded().reasonIs(SnapshotReason.SnapshotAvailable);
    }

    /** Whether the request waits for nothing: only a change from outside leads to the next action. */
    private static boolean isWaitingForExternalChange(ReconcileInput input) {
        return !input.recorded().specIsUnobserved()
                && input.recorded()
                        .reason()
                        .filter(reason -> reason.phase() != Phase.PROGRESSING)
                        .isPresent();
    }

    private static Decision onUnchanged(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        if (isWaitingForExternalChange(input)) {
            return Decision.noChange();
        }
        // The status stays true, except that readyWithin may have passed since.
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
        var modifiable = ModifiableSnapshot.check(input, snapshot);
        if (snapshot.state() == SnapshotState.ERROR && ReplaceRules.isAllowed(input) && modifiable.isPresent()) {
            return ReplaceRules.begin(input, snapshot);
        }
        if (snapshot.state() == SnapshotState.AVAILABLE) {
            var change = requiredUpdate(input, snapshot);
            if (change.isPresent() && modifiable.isEmpty()) {
                return Decision.patchStatus(statusPatch(input, NOT_OWNED_UPDATE_SKIPPED, snapshot));
            }
            if (change.isPresent()
                    && input.desired().paused()
                    && input.recorded().specIsUnobserved()
                    && isReady(input)) {
                // The new generation counts as observed only after the update.
                return Decision.noChange();
            }
            if (change.isPresent() && !input.desired().paused()) {
                return Decision.perform(
                        new Action.UpdateSnapshot(modifiable.get(), change.get()), statusPatch(input, snapshot));
            }
        }
        return reportObserved(input, snapshot);
    }

    /** Reports the state, with an event for a new outcome. Requeues while the state is transient. */
    private static Decision reportObserved(ReconcileInput input, CloudSnapshot snapshot) {
        var decision = Decision.patchStatus(statusPatch(input, snapshot));
        var verdict = verdict(snapshot);
        var withEvent = input.recorded().reasonIs(verdict.reason()) ? decision : decision.withEvent(verdict);
        return switch (snapshot.state()) {
            case CREATING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> decision.requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            case DELETING -> withEvent.requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
            // A snapshot that becomes ready in this reconcile starts its time to live now.
            case AVAILABLE ->
                remainingTtlSince(input, input.recorded().readyAt().orElse(input.now()))
                        .filter(remaining -> !input.desired().paused())
                        .map(withEvent::requeueNoLaterThan)
                        .orElse(withEvent);
            case ERROR, ERROR_DELETING -> withEvent;
        };
    }

    /**
     * The cloud responded to a read by id with 404. Unless the snapshot is too new to be visible, the operator
     * reports it as missing. It does not create it again, because that would store the current data under the old name.
     */
    private static Decision onNotFound(ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot) {
        if (input.maybeNotYetVisible()) {
            return Decision.noChange().requeueAfter(input.retryPolicy().recheckInterval());
        }
        var missing = Verdict.of(SnapshotReason.SnapshotMissing, "Its id was " + recordedSnapshot.id() + ".");
        var decision = Decision.patchStatus(StatusPatch.of(missing));
        if (input.recorded().reasonIs(SnapshotReason.SnapshotMissing)) {
            return decision;
        }
        // With an intent, the next reconcile searches for other snapshots that carry the marker.
        return input.recorded().intent().isPresent()
                ? decision.withEvent(missing).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                : decision.withEvent(missing);
    }

    /** Whether the created snapshot is missing. The cloud may still act on another create request of this object. */
    private static boolean isMissing(ReconcileInput input) {
        return input.recorded().reasonIs(SnapshotReason.SnapshotMissing)
                && input.recorded().intent().isPresent();
    }

    /**
     * Lists the snapshots that carry the marker of a missing one. The operator does not delete them, because no other
     * snapshot exists. It does not adopt them either, because they contain the data of another time. The user decides.
     */
    private static Decision onStillMissing(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot, Observation.SearchResult search) {
        var others = search.matches().stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(recordedSnapshot.id()))
                .toList();
        if (others.isEmpty() && !search.complete()) {
            return Decision.noChange().requeueAfter(input.retryPolicy().recheckInterval());
        }
        var detail = "Its id was " + recordedSnapshot.id() + "."
                + (others.isEmpty()
                        ? ""
                        : " Its ownership marker is still on "
                                + others.stream().map(SnapshotId::value).collect(Collectors.joining(", "))
                                + ". To keep such a snapshot, set spec.deletionPolicy to Retain before you delete this"
                                + " request, and import it.");
        return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotMissing, detail))
                .withDuplicates(others));
    }

    /** Returns what differs from the spec; empty if nothing does. The operator ignores what the spec does not set. */
    private static Optional<UpdateSnapshotRequest> requiredUpdate(ReconcileInput input, CloudSnapshot snapshot) {
        var name = input.desired().name().filter(desired -> differs(desired, snapshot.name()));
        var description = input.desired().description().filter(desired -> differs(desired, snapshot.description()));
        return name.isEmpty() && description.isEmpty()
                ? Optional.empty()
                : Optional.of(new UpdateSnapshotRequest(name, description));
    }

    /** @param shown what the cloud returned, cleaned; empty if it returned none */
    private static boolean differs(String desired, Optional<String> shown) {
        return shown.filter(clean -> CloudText.isCleaned(desired, clean)).isEmpty();
    }

    /** Returns what follows from the result of an update of name or description. */
    static Decision afterUpdate(ReconcileInput input, StatusPatch planned, UpdateResult result) {
        return result.accept(new AfterUpdate(input, planned));
    }

    private record AfterUpdate(ReconcileInput input, StatusPatch planned) implements UpdateResult.Visitor<Decision> {

        @Override
        public Decision updated(UpdateResult.Updated result) {
            return requeueBeforeExpiry(input, keepDuplicates(input, planned, reportObserved(input, result.snapshot())));
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
            // The failed update does not change the state of the snapshot, so the message only mentions it.
            var rejected = FailureReasons.verdictFor(failure);
            var note = Verdict.of(
                    planned.verdict().reason(),
                    "The cloud did not change its name or description. " + rejected.detail());
            var attempt = RecordedFailure.of(failure, RecordedFailure.UPDATE, input.now());
            var noted = Decision.patchStatus(planned.withVerdict(note).withFailedAttempt(attempt))
                    .withEvent(note);
            return requeueBeforeExpiry(input, keepDuplicates(input, planned, noted));
        }

        /** The snapshot stays ready while its new name waits, so the status does not change. */
        @Override
        public Decision notSent(ActionResult.NotSent result) {
            return Decision.noChange().requeueAfter(result.obstacle().retryAfter());
        }
    }

    /** Keeps the duplicates of the planned patch and their next observation, which the update does not affect. */
    private static Decision keepDuplicates(ReconcileInput input, StatusPatch planned, Decision decision) {
        var kept = planned.duplicates().map(decision::withDuplicates).orElse(decision);
        return planned.duplicates().filter(ids -> !ids.isEmpty()).isPresent()
                ? kept.requeueNoLaterThan(input.retryPolicy().recheckInterval())
                : kept;
    }

    private static boolean isExpired(ReconcileInput input) {
        return remainingTtl(input).filter(Duration::isZero).isPresent();
    }

    /** A paused request does not expire. The removal of the annotation triggers the next reconcile. */
    private static Decision requeueBeforeExpiry(ReconcileInput input, Decision decision) {
        if (input.desired().paused()) {
            return decision;
        }
        return remainingTtl(input).map(decision::requeueNoLaterThan).orElse(decision);
    }

    /** Returns the rest of the time to live; empty if the request does not expire, or is not ready yet. */
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

    /** Returns the verdict on a request whose snapshot has this state. Only {@code available} means ready. */
    static Verdict verdict(CloudSnapshot snapshot) {
        return snapshot.state() == SnapshotState.UNRECOGNIZED
                ? Verdict.of(SnapshotReason.UnknownState, "The status is \"" + snapshot.wireState() + "\".")
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
