/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.Retry;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.restore.VolumeObservation.SearchResult;
import io.snapshotoperator.evs.restore.VolumeObservation.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The rules for a restore whose status records neither a job nor a volume: no create request was sent yet, or its outcome is not
 * recorded. If it is certain that there is no volume, the operator creates one. If a search by ownership marker finds one, the
 * operator adopts it. Otherwise it waits until one of the two is certain.
 */
final class VolumeCreateRules {
    /** A message names at most so many volumes. */
    private static final int MAX_NAMED = 5;

    private VolumeCreateRules() {}

    static VolumeQuery planObservation(RestoreInput input) {
        if (!createRetryDelay(input).isZero() || input.desired().paused()) {
            return new VolumeQuery.None();
        }
        if (showsEarlierCreate(input) || !input.environment().noPriorCreate()) {
            return new VolumeQuery.FindByMarker(searchNotBefore(input), input.sourceSnapshot());
        }
        return input.sourceSnapshot()
                .<VolumeQuery>map(VolumeQuery.ReadSource::new)
                .orElseGet(VolumeQuery.None::new);
    }

    /** Whether the object shows an earlier create request: by the create intent, or by the failure of its job. */
    private static boolean showsEarlierCreate(RestoreInput input) {
        return input.recorded().mayHaveSentCreate() || input.recorded().recordsEndedJob();
    }

    /** A list that proved the absence of a volume says nothing about one that appears later. */
    private static Instant searchNotBefore(RestoreInput input) {
        var oldest = input.now().minus(input.environment().recheckInterval());
        return oldest.isAfter(input.absenceProvableFrom()) ? oldest : input.absenceProvableFrom();
    }

    static RestoreDecision decide(RestoreInput input, VolumeObservation observation, String newCreateId) {
        var delay = createRetryDelay(input);
        if (!delay.isZero()) {
            // The status stays as the rejection left it. It is true and says what helps.
            return RestoreDecision.nothingUntil(delay);
        }
        if (input.desired().paused()) {
            return RestoreDecision.report(Verdict.of(CommonReason.Paused));
        }
        if (input.environment().source() instanceof RestoreSource.NotUsable waiting
                && !showsEarlierCreate(input)
                && !foundVolume(observation)) {
            return report(input, waiting.verdict());
        }
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable unavailable) {
            return onObservationFailed(input, unavailable.failure());
        }
        if (input.locationMismatch()) {
            return report(input, Verdict.of(RestoreReason.RestoreLocationMismatch));
        }
        if (observation instanceof VolumeObservation.Failed failed) {
            return onObservationFailed(input, failed.failure());
        }
        if (observation instanceof VolumeObservation.Deferred deferred) {
            return RestoreDecision.nothingUntil(deferred.retryAfter());
        }
        if (observation instanceof SearchResult search) {
            return onSearchResult(input, search, newCreateId);
        }
        return observation instanceof Source source
                        && input.environment().source() instanceof RestoreSource.Usable usable
                ? create(input, usable, source, Optional.empty(), newCreateId)
                : RestoreDecision.nothingUntil(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    /** A user can have removed the create intent while the create request was in flight. */
    private static boolean foundVolume(VolumeObservation observation) {
        return observation instanceof SearchResult search && !search.matches().isEmpty();
    }

    /** Returns how long the operator still waits before it repeats a rejected create request; zero means now. */
    private static Duration createRetryDelay(RestoreInput input) {
        var recorded = input.recorded();
        var rejected = recorded.rejectedCreate();
        if (rejected.isEmpty() || isRetryRequested(input)) {
            return Duration.ZERO;
        }
        var reason = recorded.reason().orElse(CommonReason.Rejected);
        var failures = RecordedFailure.count(recorded.failures(), RecordedFailure.CREATE);
        if (input.retryPolicy().backoff(reason, failures) instanceof Retry.After after) {
            return input.remainingUntil(rejected.get().at().plus(after.delay()));
        }
        return recorded.specIsUnobserved() ? Duration.ZERO : RetryPolicy.SPEC_CHANGE_REQUEUE;
    }

    /** Whether the user requested a reconcile after the create intent was recorded. */
    private static boolean isRetryRequested(RestoreInput input) {
        var request = input.desired().requests().reconcileRequest();
        return request.isPresent()
                && !request.equals(input.recorded().intent().flatMap(CreateIntent::reconcileRequest));
    }

    private static RestoreDecision report(RestoreInput input, Verdict verdict) {
        var decision =
                RestoreDecision.report(verdict).requeueAfter(input.retryPolicy().maxBackoff());
        return RestoreRules.eventIfNewlyStalled(input, verdict, decision);
    }

    private static RestoreDecision onSearchResult(RestoreInput input, SearchResult search, String newCreateId) {
        var recorded = input.recorded();
        if (!search.matches().isEmpty()) {
            return adopt(input, search.matches());
        }
        if (isOwnByName(input, search)) {
            return adopt(input, search.unmarked());
        }
        if (!search.unmarked().isEmpty()) {
            return report(input, markerDropped(search));
        }
        if (recorded.hasInvalidIntent()) {
            return report(input, Verdict.of(CommonReason.CreateIntentInvalid));
        }
        if (!input.provesAbsence(search)) {
            return reportWait(input, verifying(search)).requeueAfter(recheckDelay(input, search));
        }
        if (recorded.failedJob().isPresent()) {
            return report(input, VolumeTrackRules.failed(recorded.failedJob().get()));
        }
        if (input.environment().source() instanceof RestoreSource.Usable usable
                && search.source().isPresent()) {
            return recorded.intent()
                    .map(intent -> createAgain(input, intent, usable, search, newCreateId))
                    .orElseGet(() -> createWithoutIntent(input, usable, search, newCreateId));
        }
        return input.environment().source() instanceof RestoreSource.NotUsable waiting
                ? onNothingToRestore(input, waiting.verdict())
                : RestoreDecision.nothingUntil(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    /**
     * The earlier create request created nothing and can no longer complete. Only with this outcome recorded, the
     * request that is being deleted no longer keeps its snapshot for this restore. If the outcome is unknown, the
     * user must decide.
     */
    private static RestoreDecision onNothingToRestore(RestoreInput input, Verdict waiting) {
        var recorded = input.recorded();
        // The cloud accepted the job that it no longer knows, so it may still act.
        if (recorded.jobLostAt().isPresent() || isOutcomeTooOld(input)) {
            return report(input, unknownWithoutSource(waiting));
        }
        var decision = report(input, waiting);
        return recorded.intent()
                .filter(last -> !recorded.lastCreateOutcomeIsRecorded())
                .map(last -> RecordedFailure.once(RecordedFailure.CREATE, input.now())
                        .createId(last.createId())
                        .message("a complete list of the volumes shows that the cloud created none")
                        .mayHaveActed(false)
                        .build())
                .map(outcome ->
                        decision.withStatusPatch(RestorePatch.of(waiting).withFailedAttempt(outcome)))
                .orElse(decision);
    }

    /**
     * Without a snapshot that can be restored, the annotation {@code retry-create} has no effect, so the advice is
     * another one.
     */
    private static Verdict unknownWithoutSource(Verdict waiting) {
        var cause = waiting.detail().isEmpty() ? waiting.message() : waiting.detail();
        return Verdict.withAdvice(
                RestoreReason.RestoreOutcomeUnknown, cause + " Delete this restore to release the request.");
    }

    /**
     * Whether the cloud dropped the marker of the volume, and its name identifies it: the operator has chosen the name, which contains
     * a part of the UID, and there is only one such volume.
     */
    private static boolean isOwnByName(RestoreInput input, SearchResult search) {
        return input.desired().name().isEmpty() && search.unmarked().size() == 1;
    }

    /** Names some of the volumes without a marker, in a stable order, so that a user can look at them. */
    static Verdict markerDropped(SearchResult search) {
        var ids = search.unmarked().stream()
                .map(volume -> volume.id().value())
                .sorted()
                .toList();
        return Verdict.of(
                CommonReason.OwnershipMarkerDropped,
                "Volumes without the marker that can be of this restore: "
                        + String.join(", ", ids.subList(0, Math.min(ids.size(), MAX_NAMED)))
                        + (ids.size() > MAX_NAMED ? " and others." : "."));
    }

    static Verdict verifying(SearchResult search) {
        return Verdict.of(
                CommonReason.VerifyingPreviousCreate,
                search.complete() ? "" : "The last list of the volumes was incomplete, so it proves nothing.");
    }

    /**
     * Returns the delay before the next search: the recheck interval, or less if the next search can prove
     * absence. An incomplete list serves no other restore, and the next one is probably incomplete too.
     */
    private static Duration recheckDelay(RestoreInput input, SearchResult search) {
        if (!search.complete()) {
            return input.retryPolicy().recheckInterval();
        }
        var untilProvable = input.remainingUntil(input.absenceProvableFrom());
        var interval = input.retryPolicy().recheckInterval();
        var delay = untilProvable.compareTo(interval) < 0 ? untilProvable : interval;
        return delay.isZero() ? RetryPolicy.IMMEDIATE_REQUEUE : delay;
    }

    /** Records the volume of an earlier create request, and lists the others that carry the marker. */
    static RestoreDecision adopt(RestoreInput input, List<CloudVolume> matches) {
        var kept = input.chooseCanonical(matches);
        return RestoreDecision.patchStatus(VolumeTrackRules.patch(input, kept).withDuplicates(others(matches, kept)))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                .withEvent(Verdict.of(RestoreReason.VolumeAdopted, "Its id is " + kept.id() + "."));
    }

    private static List<VolumeId> others(List<CloudVolume> matches, CloudVolume kept) {
        return matches.stream()
                .map(CloudVolume::id)
                .filter(id -> !id.equals(kept.id()))
                .toList();
    }

    /**
     * No create intent exists: none was ever written, or a user removed it. Only the failure of a job shows the
     * second. Any value of {@code retry-create} counts as the answer of the user, because only the intent tells
     * which value has already caused a create request.
     */
    private static RestoreDecision createWithoutIntent(
            RestoreInput input, RestoreSource.Usable usable, SearchResult search, String newCreateId) {
        var isConfirmedByUser = input.desired().requests().retryCreate().isPresent();
        return input.recorded().jobLostAt().isPresent() && !isConfirmedByUser
                ? report(input, Verdict.of(RestoreReason.RestoreOutcomeUnknown))
                : create(input, usable, search.source().orElseThrow(), Optional.of(search.startedAt()), newCreateId);
    }

    /** The earlier create request created no volume and can no longer complete. */
    private static RestoreDecision createAgain(
            RestoreInput input,
            CreateIntent intent,
            RestoreSource.Usable usable,
            SearchResult search,
            String newCreateId) {
        var recorded = input.recorded();
        var isConfirmedByUser = input.desired().requests().retryCreate().isPresent()
                && !input.desired().requests().retryCreate().equals(intent.answeredRetryCreate());
        // The cloud accepted the job that it no longer knows, so no time limits how late it acts.
        var isUnknown =
                isOutcomeTooOld(input) || (recorded.jobLostAt().isPresent() && !recorded.lastCreateOutcomeIsRecorded());
        if (isUnknown && !isConfirmedByUser) {
            return report(input, Verdict.of(RestoreReason.RestoreOutcomeUnknown));
        }
        var delay = ambiguousRetryDelay(input, intent);
        if (!delay.isZero()) {
            return reportWait(input, Verdict.of(CommonReason.CloudUnavailable)).requeueAfter(delay);
        }
        return create(input, usable, search.source().orElseThrow(), Optional.of(search.startedAt()), newCreateId);
    }

    /** Whether the outcome of the last create request is not recorded, and absence no longer proves it. */
    private static boolean isOutcomeTooOld(RestoreInput input) {
        var recorded = input.recorded();
        return !recorded.lastCreateOutcomeIsRecorded()
                && recorded.intent()
                        .filter(intent -> !input.now()
                                .isBefore(intent.at().plus(input.retryPolicy().outcomeProvableFor())))
                        .isPresent();
    }

    /** Returns how long the operator still waits before it repeats a create request after an ambiguous response. */
    private static Duration ambiguousRetryDelay(RestoreInput input, CreateIntent intent) {
        if (isRetryRequested(input)) {
            return Duration.ZERO;
        }
        return RecordedFailure.last(input.recorded().failures(), RecordedFailure.CREATE)
                .filter(RecordedFailure::mayHaveActed)
                .map(last -> input.remainingUntil(last.at()
                        .plus(input.retryPolicy()
                                .backoff(CommonReason.CloudUnavailable, intent.createCount())
                                .delayOr(input.retryPolicy().maxBackoff()))))
                .orElse(Duration.ZERO);
    }

    private static RestoreDecision create(
            RestoreInput input,
            RestoreSource.Usable usable,
            Source source,
            Optional<Instant> searchStartedAt,
            String newCreateId) {
        var problem = Preflight.findProblem(input, usable, source);
        if (problem.isPresent()) {
            return report(input, problem.get());
        }
        var recorded = input.recorded();
        var requests = input.desired().requests();
        var volume = source.volume().orElseThrow().id();
        var location = input.currentLocation().orElseThrow();
        var intent = recorded.intent()
                .map(last -> last.nextCreate(newCreateId, requests, input.now()))
                .orElseGet(() ->
                        CreateIntent.first(recorded.identity(), volume, location, newCreateId, requests, input.now()));
        return RestoreDecision.perform(
                new RestoreAction.CreateVolume(intent, Preflight.request(input, intent, source), searchStartedAt));
    }

    /** The operator reports the failure once and repeats the observation. */
    static RestoreDecision onObservationFailed(RestoreInput input, CloudException.Details failure) {
        var verdict = FailureReasons.verdictFor(failure);
        var retryAfter = input.retryPolicy()
                .backoff(verdict.reason(), 2)
                .delayOr(input.retryPolicy().maxBackoff());
        var wait = failure.retryAfter()
                .filter(requested -> requested.compareTo(retryAfter) > 0)
                .orElse(retryAfter);
        if (failure.kind().remedy() == CloudException.Remedy.TIME && !isReplacedByWait(input)) {
            return RestoreDecision.nothingUntil(wait);
        }
        var patch = RestorePatch.of(verdict);
        var isNew = !input.recorded().reasonIs(verdict.reason());
        return RestoreDecision.patchStatus(
                        isNew
                                ? patch.withFailedAttempt(
                                        RecordedFailure.of(failure, RecordedFailure.READ, input.now()))
                                : patch)
                .requeueAfter(wait);
    }

    /** Reports a wait, unless the status says something better, which stays until the cloud answers. */
    private static RestoreDecision reportWait(RestoreInput input, Verdict wait) {
        return isReplacedByWait(input)
                ? RestoreDecision.report(wait)
                : RestoreDecision.nothingUntil(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    private static boolean isReplacedByWait(RestoreInput input) {
        return input.recorded().specIsUnobserved()
                || input.recorded()
                        .reason()
                        .filter(reason -> reason.phase() == Phase.STALLED)
                        .isEmpty();
    }
}
