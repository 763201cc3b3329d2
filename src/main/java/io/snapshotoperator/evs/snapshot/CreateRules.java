/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateFailure;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.PermitDenial;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.Retry;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules for a request whose status records no snapshot: no create request was sent yet, or its outcome is not
 * recorded. If it is certain that there is no snapshot, the operator creates one. If a search by ownership marker finds
 * one, the operator adopts it. Otherwise it waits until one of the two is certain.
 */
final class CreateRules {
    /** Stalled reasons that no answer of the cloud gave. They end when a user changes something. */
    private static final Set<Reason> REASONS_OF_USERS = Set.of(
            CommonReason.ClaimUnusable,
            CommonReason.ClaimBeingDeleted,
            CommonReason.NamespaceNotServed,
            CommonReason.SourceNotAllowed,
            CommonReason.CreateIntentInvalid,
            CommonReason.ClaimChanged);

    /** While its claim leads to no volume, a request waits this part of its age until the next check. */
    private static final int WAITS_PER_AGE = 6;

    private static final Duration UNREPORTED_CREATE_WAIT = Duration.ofMinutes(5);

    /** Long enough for 3,000 objects that are deleted at once, with two calls for each and the default budget. */
    private static final Duration UNREPORTED_DELETE_WAIT = Duration.ofMinutes(10);

    private CreateRules() {}

    static ObservationQuery planObservation(ReconcileInput input) {
        if (input.desired().paused()
                || unresolvedSource(input).isPresent()
                || input.locationMismatch()
                || !createRetryDelay(input).isZero()) {
            return new ObservationQuery.None();
        }
        if (input.desired().source() instanceof Source.ExistingSnapshot existing) {
            return new ObservationQuery.GetById(existing.id());
        }
        if (!input.recorded().mayHaveSentCreate() && input.environment().noPriorCreate()) {
            return new ObservationQuery.None();
        }
        return input.markerQuery();
    }

    /**
     * Returns why the source leads to no volume, if the operator waits for one. With a create intent it searches first,
     * because the snapshot may exist although the claim is gone.
     */
    private static Optional<VolumeResolution.Unresolved> unresolvedSource(ReconcileInput input) {
        return !input.recorded().mayHaveSentCreate()
                        && input.environment().volume() instanceof VolumeResolution.Unresolved unresolved
                ? Optional.of(unresolved)
                : Optional.empty();
    }

    static Decision decide(ReconcileInput input, Observation observation, String newCreateId) {
        var delay = createRetryDelay(input);
        if (!delay.isZero()) {
            // The status stays as the rejection left it. It is true and says what helps.
            return Decision.noChange().requeueAfter(delay);
        }
        if (input.desired().paused()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.Paused)));
        }
        if (unresolvedSource(input).isPresent()) {
            return onUnresolvedSource(input, unresolvedSource(input).get());
        }
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable unavailable) {
            return onObservationFailed(input, unavailable.failure());
        }
        if (input.locationMismatch()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        if (observation instanceof Observation.Failed failed) {
            return onObservationFailed(input, failed.failure());
        }
        if (observation instanceof Observation.Deferred deferred) {
            return onObservationDeferred(input, deferred);
        }
        if (input.desired().isImport()) {
            return onImport(input, observation);
        }
        if (observation instanceof Observation.SearchResult search) {
            return onSearchResult(input, search, newCreateId);
        }
        return createFirst(input, newCreateId);
    }

    /** Returns how long the operator still waits before it repeats a rejected create request; zero means now. */
    static Duration createRetryDelay(ReconcileInput input) {
        var recorded = input.recorded();
        if (!recorded.lastCreateWasRejected() || isRetryRequested(input)) {
            return Duration.ZERO;
        }
        var last = recorded.lastFailure(RecordedFailure.CREATE).orElseThrow();
        var failures = recorded.failureCount(RecordedFailure.CREATE);
        var reason = recorded.reason().orElse(CommonReason.Rejected);
        if (input.retryPolicy().backoff(reason, failures) instanceof Retry.After after) {
            return input.remainingUntil(last.at().plus(after.delay()));
        }
        return recorded.specIsUnobserved() ? Duration.ZERO : RetryPolicy.SPEC_CHANGE_REQUEUE;
    }

    /** Whether the user requested a reconcile after the create intent was recorded. */
    private static boolean isRetryRequested(ReconcileInput input) {
        var request = input.desired().reconcileRequest();
        return request.isPresent()
                && !request.equals(input.recorded().intent().flatMap(CreateIntent::reconcileRequest));
    }

    /** The source names an existing snapshot. */
    private static Decision onImport(ReconcileInput input, Observation observation) {
        if (observation instanceof Observation.Found found) {
            var statusPatch = TrackRules.statusPatch(input, found.snapshot());
            return input.recorded().hasFinalizer()
                    ? Decision.patchStatus(statusPatch).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                    : Decision.perform(new Action.AddFinalizer(), statusPatch)
                            .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
        }
        return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.ImportNotFound)))
                .requeueAfter(input.retryPolicy().maxBackoff());
    }

    private static Decision onSearchResult(ReconcileInput input, Observation.SearchResult search, String newCreateId) {
        var matches = search.matches().stream()
                .filter(match -> input.replaces(match.id()) || !input.wasCreatedByReplacedRequest(match))
                .toList();
        if (!matches.isEmpty()) {
            return adopt(input, matches);
        }
        if (!search.unmarkedCandidates().isEmpty() || !input.environment().metadataPreserved()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.OwnershipMarkerDropped)))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (input.recorded().hasInvalidIntent()) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(CommonReason.CreateIntentInvalid)))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (!input.provesAbsence(search)) {
            return reportWait(input, verifying(search)).requeueAfter(recheckDelay(input, search));
        }
        return input.recorded()
                .intent()
                .map(intent -> createAgain(input, intent, search, newCreateId))
                .orElseGet(() -> createAfterSearch(
                        input,
                        CreateIntent.first(
                                input.recorded().identity(),
                                requireVolume(input),
                                requireLocation(input),
                                newCreateId,
                                input.desired().userRequests(),
                                input.now()),
                        search));
    }

    static Verdict verifying(Observation.SearchResult search) {
        return Verdict.of(
                CommonReason.VerifyingPreviousCreate,
                search.complete() ? "" : "The last list of the snapshots was incomplete, so it proves nothing.");
    }

    /**
     * Returns the delay before the next search: the recheck interval, or less if the next search can prove
     * absence. After an incomplete list, the next one is probably incomplete too.
     */
    static Duration recheckDelay(ReconcileInput input, Observation.SearchResult search) {
        if (!search.complete()) {
            return input.retryPolicy().recheckInterval();
        }
        var untilProvable = input.remainingUntil(input.absenceProvableFrom());
        var interval = input.retryPolicy().recheckInterval();
        var delay = untilProvable.compareTo(interval) < 0 ? untilProvable : interval;
        return delay.isZero() ? RetryPolicy.IMMEDIATE_REQUEUE : delay;
    }

    /** Each check of a claim is a read of the API server, so the operator checks less often for an old request. */
    private static Decision onUnresolvedSource(ReconcileInput input, VolumeResolution.Unresolved unresolved) {
        var age = Duration.between(input.recorded().createdAt(), input.now());
        var maxBackoff = input.retryPolicy().maxBackoff();
        var byAge = age.dividedBy(WAITS_PER_AGE);
        var grown = byAge.compareTo(maxBackoff) < 0 ? byAge : maxBackoff;
        var delay = unresolved.retryAfter().compareTo(grown) > 0 ? unresolved.retryAfter() : grown;
        return Decision.patchStatus(StatusPatch.of(unresolved.verdict())).requeueAfter(delay);
    }

    /** The create intent may concern another volume than the source now leads to. The operator creates nothing. */
    private static Decision onOtherVolume(ReconcileInput input, CreateIntent intent) {
        var named = "The annotation names volume " + intent.volumeId() + ", the source leads to "
                + input.sourceVolume().orElseThrow() + ".";
        var reason = input.desired().source() instanceof Source.Claim
                ? CommonReason.ClaimChanged
                : CommonReason.CreateIntentInvalid;
        var verdict = Verdict.of(reason, named);
        var decision = Decision.patchStatus(StatusPatch.of(verdict))
                .requeueAfter(input.retryPolicy().maxBackoff());
        return input.recorded().reasonIs(reason) ? decision : decision.withEvent(verdict);
    }

    /** Records the snapshot of an earlier create request, and lists the others that carry the marker. */
    static Decision adopt(ReconcileInput input, List<CloudSnapshot> matches) {
        var kept = input.chooseCanonical(matches);
        // A snapshot that the operator replaces is not ready, whatever state the cloud reports.
        var verdict = input.replaces(kept.id())
                ? Verdict.of(SnapshotReason.ReplacingFailedSnapshot)
                : TrackRules.verdict(kept);
        // It was found here, whatever location the status or the intent names.
        var statusPatch = StatusPatch.of(verdict).withSnapshot(kept, requireLocation(input));
        var others = matches.stream()
                .map(CloudSnapshot::id)
                .filter(id -> !id.equals(kept.id()))
                .toList();
        return Decision.patchStatus(others.isEmpty() ? statusPatch : statusPatch.withDuplicates(others))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                .withEvent(Verdict.of(SnapshotReason.SnapshotAdopted, "Its id is " + kept.id() + "."));
    }

    /** The earlier create request created no snapshot and can no longer complete. */
    static Decision createAgain(
            ReconcileInput input, CreateIntent intent, Observation.SearchResult search, String newCreateId) {
        if (input.environment().volume() instanceof VolumeResolution.Unresolved unresolved) {
            return onUnresolvedSource(input, unresolved);
        }
        if (input.intentNamesOtherVolume()) {
            return onOtherVolume(input, intent);
        }
        if (!Optional.of(intent.location()).equals(input.currentLocation())) {
            return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.LocationMismatch)));
        }
        var delay = ambiguousRetryDelay(input, intent);
        if (!delay.isZero()) {
            return Decision.patchStatus(waitingPatch(input, lastAmbiguousVerdict(input)))
                    .requeueAfter(delay);
        }
        var isConfirmedByUser = input.desired().retryCreate().isPresent()
                && !input.desired().retryCreate().equals(intent.answeredRetryCreate());
        var isTooOld =
                !input.now().isBefore(intent.at().plus(input.retryPolicy().outcomeProvableFor()));
        if (isTooOld && !isConfirmedByUser && !input.recorded().lastCreateOutcomeIsRecorded()) {
            // The operator still searches at a slow interval: the cloud may have acted late.
            return Decision.patchStatus(StatusPatch.of(Verdict.of(SnapshotReason.CreateOutcomeUnknown)))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        return createAfterSearch(
                input, intent.nextCreate(newCreateId, input.desired().userRequests(), input.now()), search);
    }

    /**
     * Returns how long the operator still waits before it repeats a create request after an ambiguous response. The delay
     * grows with the number of create requests, also if each search soon proves that there is no snapshot.
     */
    private static Duration ambiguousRetryDelay(ReconcileInput input, CreateIntent intent) {
        if (isRetryRequested(input)) {
            return Duration.ZERO;
        }
        return lastAmbiguous(input)
                .map(last -> input.remainingUntil(last.at()
                        .plus(input.retryPolicy()
                                .backoff(CommonReason.CloudUnavailable, intent.createCount())
                                .delayOr(input.retryPolicy().maxBackoff()))))
                .orElse(Duration.ZERO);
    }

    private static Optional<RecordedFailure> lastAmbiguous(ReconcileInput input) {
        return input.recorded().lastFailure(RecordedFailure.CREATE).filter(RecordedFailure::mayHaveActed);
    }

    private static Verdict lastAmbiguousVerdict(ReconcileInput input) {
        var response = lastAmbiguous(input)
                .flatMap(RecordedFailure::httpStatus)
                .map(status -> "The cloud responded with " + status
                        + " to the last create request, and no snapshot of it" + " exists.")
                .orElse("The last create request got no usable response, and no snapshot of it exists.");
        return Verdict.of(CommonReason.CloudUnavailable, response);
    }

    private static Decision createFirst(ReconcileInput input, String newCreateId) {
        var intent = CreateIntent.first(
                input.recorded().identity(),
                requireVolume(input),
                requireLocation(input),
                newCreateId,
                input.desired().userRequests(),
                input.now());
        return Decision.perform(new Action.CreateSnapshot(intent, createRequest(input, intent), Optional.empty()));
    }

    private static Decision createAfterSearch(
            ReconcileInput input, CreateIntent intent, Observation.SearchResult search) {
        return Decision.perform(
                new Action.CreateSnapshot(intent, createRequest(input, intent), Optional.of(search.startedAt())));
    }

    private static CreateSnapshotRequest createRequest(ReconcileInput input, CreateIntent intent) {
        var owner = input.recorded().identity();
        var marker = new OwnershipMarker(
                owner.uid(), intent.createId(), input.environment().installation(), owner.namespace(), owner.name());
        return new CreateSnapshotRequest(
                requireVolume(input),
                input.snapshotName(),
                input.desired().description(),
                input.desired().force(),
                marker.addTo(input.desired().metadata()));
    }

    private static VolumeId requireVolume(ReconcileInput input) {
        return input.sourceVolume()
                .orElseThrow(() ->
                        new IllegalStateException("a create request needs a volume, and the source is not resolved"));
    }

    private static CloudLocation requireLocation(ReconcileInput input) {
        return input.currentLocation()
                .orElseThrow(() ->
                        new IllegalStateException("a create request needs a location, and the cloud is unavailable"));
    }

    /** Returns the delay before the operator repeats a failed observation. */
    static Duration observationRetryDelay(ReconcileInput input, Reason reason) {
        return input.retryPolicy()
                .backoff(reason, 2)
                .delayOr(input.retryPolicy().maxBackoff());
    }

    /** The operator reports the failure once and repeats the observation. */
    private static Decision onObservationFailed(ReconcileInput input, CloudException.Details failure) {
        var verdict = FailureReasons.verdictFor(failure);
        var statusPatch = waitingPatch(input, verdict);
        var isNew = !input.recorded().reasonIs(verdict.reason());
        var retryAfter = observationRetryDelay(input, verdict.reason());
        if (failure.kind().remedy() == CloudException.Remedy.TIME && !isReplacedByWait(input)) {
            return Decision.noChange().requeueAfter(retryAfter);
        }
        return Decision.patchStatus(
                        isNew
                                ? statusPatch.withFailedAttempt(
                                        RecordedFailure.of(failure, RecordedFailure.READ, input.now()))
                                : statusPatch)
                .requeueAfter(failure.retryAfter()
                        .filter(requested -> requested.compareTo(retryAfter) > 0)
                        .orElse(retryAfter));
    }

    static Decision onObservationDeferred(ReconcileInput input, Observation.Deferred deferred) {
        if (deferred.denial().isPresent()) {
            return awaitPermit(input, deferred.denial().get());
        }
        return reportWait(input, Verdict.of(CommonReason.VerifyingPreviousCreate))
                .requeueAfter(deferred.retryAfter());
    }

    /**
     * Waits for a permit. The operator reports that only after {@link #UNREPORTED_CREATE_WAIT} since the creation of the object,
     * or {@link #UNREPORTED_DELETE_WAIT} since its deletion. A permit is usually available before, and a report is a write.
     */
    private static Decision awaitPermit(ReconcileInput input, PermitDenial denial) {
        var reportFrom = input.recorded()
                .deletionRequestedAt()
                .map(deletion -> deletion.plus(UNREPORTED_DELETE_WAIT))
                .orElseGet(() -> input.recorded().createdAt().plus(UNREPORTED_CREATE_WAIT));
        var decision = input.now().isBefore(reportFrom) ? Decision.noChange() : reportWait(input, denial.verdict());
        return decision.requeueAfter(denial.retryAfter());
    }

    /**
     * Reports a wait, unless the status says something better: a reason that the cloud's last answer gave stays until the
     * next answer. Otherwise each retry of a stalled request would change its conditions twice.
     */
    private static Decision reportWait(ReconcileInput input, Verdict wait) {
        return isReplacedByWait(input) ? Decision.patchStatus(waitingPatch(input, wait)) : Decision.noChange();
    }

    private static boolean isReplacedByWait(ReconcileInput input) {
        return input.recorded().specIsUnobserved()
                || input.recorded()
                        .reason()
                        .filter(reason -> reason.phase() == Phase.STALLED && !REASONS_OF_USERS.contains(reason))
                        .isEmpty();
    }

    private static StatusPatch waitingPatch(ReconcileInput input, Verdict verdict) {
        var statusPatch = StatusPatch.of(verdict);
        return input.environment().volume() instanceof VolumeResolution.Resolved resolved
                ? statusPatch.withVolume(resolved.id())
                : statusPatch;
    }

    /** Returns what follows from the result of a create request. */
    static Decision afterCreate(ReconcileInput input, Action.CreateSnapshot action, CreateResult result) {
        return result.accept(new AfterCreate(input, action));
    }

    private record AfterCreate(ReconcileInput input, Action.CreateSnapshot action)
            implements CreateResult.Visitor<Decision> {

        @Override
        public Decision created(CreateResult.Created result) {
            var snapshot = result.snapshot();
            return Decision.patchStatus(recordingPatch(snapshot))
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE)
                    .withEvent(Verdict.of(
                            SnapshotReason.SnapshotCreateAccepted,
                            "Its id is " + snapshot.id() + ", of volume "
                                    + action.intent().volumeId() + "."));
        }

        /** Records the id and everything else that the response contains, in one write. */
        private StatusPatch recordingPatch(CloudSnapshot snapshot) {
            return StatusPatch.of(TrackRules.verdict(snapshot))
                    .withSnapshot(snapshot, action.intent().location())
                    .withVolume(action.intent().volumeId())
                    .withReplacement(input.isReplacing());
        }

        @Override
        public Decision failed(ActionResult.Failed result) {
            var failure =
                    CreateFailure.of(result.failure(), action.intent().createId(), input.retryPolicy(), input.now());
            var verdict = failure.verdict();
            var decision = Decision.patchStatus(StatusPatch.of(verdict)
                            .withVolume(action.intent().volumeId())
                            .withFailedAttempt(failure.attempt()))
                    .requeueAfter(failure.retryAfter());
            var changed = verdict.reason().phase() == Phase.STALLED
                    && !input.recorded().reasonIs(verdict.reason());
            return changed ? decision.withEvent(verdict) : decision;
        }

        @Override
        public Decision notSent(ActionResult.NotSent result) {
            return onActionNotSent(input, result);
        }
    }

    static Decision onActionNotSent(ReconcileInput input, ActionResult.NotSent notSent) {
        var obstacle = notSent.obstacle();
        return switch (obstacle.cause()) {
            case NO_PERMIT -> awaitPermit(input, obstacle.denial().orElseThrow());
            case VOLUME_BUSY, STOPPING, LEASE_TOO_SHORT, PRIOR_CREATE_UNRESOLVED, CONFLICT ->
                Decision.noChange().requeueAfter(obstacle.retryAfter());
        };
    }
}
