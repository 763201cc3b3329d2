/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.restore.VolumeObservation.Deletable;
import io.snapshotoperator.evs.restore.VolumeObservation.SearchResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The rules for a restore that is being deleted. The operator removes the finalizer only if the user keeps the volume, which is the
 * default, or if the cloud confirmed that no volume is left. A missing response or an unknown state is no confirmation.
 */
final class VolumeDeleteRules {
    static final String ABANDON = "To remove the object and leave the volume in the cloud, set the annotation"
            + " evs.snapshot-operator.io/abandon: \"true\".";

    private VolumeDeleteRules() {}

    static VolumeQuery planObservation(RestoreInput input) {
        var recorded = input.recorded();
        if (!recorded.hasFinalizer()
                || keepsVolume(input)
                || input.desired().paused()
                || !deleteRetryDelay(input).isZero()) {
            return new VolumeQuery.None();
        }
        return recorded.volumeId().isEmpty() && recorded.jobId().isPresent()
                ? new VolumeQuery.FollowJob(recorded.jobId().get())
                : new VolumeQuery.FindToDelete(
                        recorded.reasonIs(RestoreReason.VolumeNotOwned) ? Optional.empty() : recorded.volumeId(),
                        searchNotBefore(input));
    }

    /** A list that is older than the deletion does not show a volume that appeared before it. */
    private static Instant searchNotBefore(RestoreInput input) {
        return input.recorded()
                .deletionRequestedAt()
                .filter(input.absenceProvableFrom()::isBefore)
                .orElse(input.absenceProvableFrom());
    }

    private static boolean keepsVolume(RestoreInput input) {
        return input.desired().abandon() || !input.desired().deleteVolume();
    }

    static RestoreDecision decide(RestoreInput input, VolumeObservation observation) {
        if (!input.recorded().hasFinalizer()) {
            return RestoreDecision.nothing();
        }
        if (input.desired().abandon()) {
            return removeFinalizer(Optional.of(RestoreReason.VolumeAbandoned));
        }
        if (!input.desired().deleteVolume()) {
            return removeFinalizer(
                    input.recorded().mayHaveVolume() ? Optional.of(RestoreReason.VolumeRetained) : Optional.empty());
        }
        if (input.desired().paused()) {
            return RestoreDecision.report(Verdict.of(CommonReason.Paused));
        }
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable unavailable) {
            return onObservationFailed(input, unavailable.failure());
        }
        if (input.locationMismatch()) {
            return report(input, Verdict.of(RestoreReason.RestoreLocationMismatch))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        return onObservation(input, observation);
    }

    private static RestoreDecision onObservation(RestoreInput input, VolumeObservation observation) {
        if (observation instanceof VolumeObservation.Failed failed) {
            return onObservationFailed(input, failed.failure());
        }
        if (observation instanceof Deletable read) {
            return onRead(input, read);
        }
        if (observation instanceof SearchResult search) {
            return onSearchResult(input, search);
        }
        if (observation instanceof VolumeObservation.Found found && !input.isForeign(found.volume())) {
            // Its id is recorded first. The next reconcile reads what is needed to delete it.
            return RestoreDecision.patchStatus(RestorePatch.of(Verdict.of(RestoreReason.WaitingToDeleteVolume))
                            .withVolume(found.volume(), input.currentLocation()))
                    .requeueAfter(input.environment().pollInterval());
        }
        if (observation instanceof VolumeObservation.Found
                || observation instanceof VolumeObservation.Job
                || observation instanceof VolumeObservation.JobLost) {
            // The job is followed to its end, so that nothing appears after the deletion.
            return VolumeTrackRules.decide(input, observation);
        }
        if (observation instanceof VolumeObservation.NotFound) {
            // The job has ended and its volume is gone. A search by ownership marker confirms it.
            return VolumeTrackRules.decide(input, new VolumeObservation.JobLost());
        }
        if (observation instanceof VolumeObservation.Deferred deferred) {
            return RestoreDecision.nothingUntil(deferred.retryAfter());
        }
        var delay = deleteRetryDelay(input);
        return RestoreDecision.nothingUntil(delay.isZero() ? RetryPolicy.FALLBACK_REQUEUE : delay);
    }

    private static RestoreDecision onRead(RestoreInput input, Deletable read) {
        var volume = read.volume();
        if (!input.isOwned(volume)) {
            return report(input, Verdict.of(RestoreReason.VolumeNotOwned, "Its id is " + volume.id() + "."))
                    .requeueAfter(RetryPolicy.FALLBACK_REQUEUE);
        }
        var owned = OwnedVolume.check(input, read);
        if (owned.isPresent()) {
            return RestoreDecision.patchStatus(RestorePatch.of(verdict(input, RestoreReason.DeletingVolume, read)))
                    .withAction(new RestoreAction.DeleteVolume(owned.get(), isOther(input, read)))
                    .requeueAfter(input.environment().pollInterval());
        }
        return switch (volume.state()) {
            case AVAILABLE, ERROR, ERROR_LATER ->
                wait(input, read.hasSnapshots() ? RestoreReason.VolumeHasSnapshots : RestoreReason.VolumeInUse, read);
            case IN_USE -> wait(input, RestoreReason.VolumeInUse, read);
            case DELETING -> wait(input, RestoreReason.DeletingVolume, read);
            case CREATING, TRANSIENT, UNRECOGNIZED -> wait(input, RestoreReason.WaitingToDeleteVolume, read);
            case ERROR_DELETING ->
                report(input, verdict(input, RestoreReason.VolumeDeletionFailed, read))
                        .requeueAfter(input.retryPolicy().maxBackoff());
        };
    }

    private static boolean isOther(RestoreInput input, Deletable read) {
        return !input.recorded().volumeId().equals(Optional.of(read.volume().id()));
    }

    /** The status does not name a volume that is not the recorded one. */
    private static Verdict verdict(RestoreInput input, RestoreReason reason, Deletable read) {
        return isOther(input, read)
                ? Verdict.of(reason, "Its id is " + read.volume().id() + ".")
                : Verdict.of(reason);
    }

    private static RestoreDecision wait(RestoreInput input, RestoreReason reason, Deletable read) {
        var verdict = verdict(input, reason, read);
        var interval = input.environment().pollInterval();
        return RestoreDecision.report(verdict)
                .requeueAfter(
                        reason == RestoreReason.VolumeInUse || reason == RestoreReason.VolumeHasSnapshots
                                ? interval.multipliedBy(4)
                                : interval);
    }

    private static RestoreDecision onSearchResult(RestoreInput input, SearchResult search) {
        if (input.recorded().reasonIs(RestoreReason.VolumeNotOwned)) {
            // What the status records is not ours, and it may be all that is left.
            return RestoreDecision.nothingUntil(input.retryPolicy().maxBackoff());
        }
        if (input.recorded().hasInvalidIntent()) {
            return report(input, Verdict.of(CommonReason.CreateIntentInvalid))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        if (!search.unmarked().isEmpty() && input.recorded().volumeId().isEmpty()) {
            return report(input, VolumeCreateRules.markerDropped(search))
                    .requeueAfter(input.retryPolicy().maxBackoff());
        }
        return input.provesAbsence(search)
                ? removeFinalizer(input.recorded()
                        .jobLostAt()
                        // Without a recorded volume, the lost job can still create it, and no time limits how late.
                        .filter(at -> input.recorded().volumeId().isEmpty())
                        .map(at -> RestoreReason.VolumeMayBeLeft))
                : RestoreDecision.report(VolumeCreateRules.verifying(search))
                        .requeueAfter(input.retryPolicy().recheckInterval());
    }

    private static RestoreDecision onObservationFailed(RestoreInput input, CloudException.Details failure) {
        var verdict = FailureReasons.verdictFor(failure);
        var delay = input.retryPolicy()
                .backoff(verdict.reason(), 2)
                .delayOr(input.retryPolicy().maxBackoff());
        return report(input, verdict).requeueAfter(delay);
    }

    private static RestoreDecision report(RestoreInput input, Verdict verdict) {
        var isStalled = verdict.reason().phase() == Phase.STALLED;
        var reported = isStalled && !verdict.message().contains("abandon")
                ? Verdict.of(verdict.reason(), (verdict.detail() + " " + ABANDON).trim())
                : verdict;
        return RestoreRules.eventIfNewlyStalled(input, reported, RestoreDecision.report(reported));
    }

    private static RestoreDecision removeFinalizer(Optional<Reason> eventReason) {
        return RestoreDecision.perform(new RestoreAction.RemoveFinalizer(eventReason));
    }

    /** Returns how long the operator still waits before it repeats a rejected delete request; zero means now. */
    static Duration deleteRetryDelay(RestoreInput input) {
        var failures = input.recorded().failures();
        return RecordedFailure.last(failures, RecordedFailure.DELETE)
                .map(last -> input.remainingUntil(last.at()
                        .plus(input.retryPolicy()
                                .backoff(
                                        CommonReason.CloudUnavailable,
                                        RecordedFailure.count(failures, RecordedFailure.DELETE))
                                .delayOr(input.retryPolicy().maxBackoff()))))
                .orElse(Duration.ZERO);
    }

    static RestoreDecision afterDelete(
            RestoreInput input,
            RestoreAction.DeleteVolume action,
            RestoreDecision planned,
            CallResult<Boolean> result) {
        return result.map(
                exists -> action.duplicate()
                        ? planned.withEvent(Verdict.of(
                                RestoreReason.DuplicateVolumeDeleteAccepted, "Its id is " + action.id() + "."))
                        : planned,
                failure -> onDeleteFailed(input, action, planned, failure),
                obstacle -> RestoreDecision.nothingUntil(obstacle.retryAfter()));
    }

    private static RestoreDecision onDeleteFailed(
            RestoreInput input,
            RestoreAction.DeleteVolume action,
            RestoreDecision planned,
            CloudException.Details failure) {
        var attempt = RecordedFailure.of(failure, RecordedFailure.DELETE, input.now());
        if (!input.recorded().isDeleting()) {
            // The restored volume is not affected by the failure to delete a second one.
            return planned.withStatusPatch(planned.statusPatch().orElseThrow().withFailedAttempt(attempt));
        }
        var verdict = FailureReasons.verdictFor(failure);
        var reported = report(input, verdict);
        return reported.withStatusPatch(reported.statusPatch().orElseThrow().withFailedAttempt(attempt))
                .requeueAfter(input.retryPolicy()
                        .backoff(verdict.reason(), 1)
                        .delayOr(input.retryPolicy().maxBackoff()));
    }
}
