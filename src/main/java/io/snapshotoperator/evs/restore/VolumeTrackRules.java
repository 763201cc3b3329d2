/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules for a restore whose status records a job or a volume. Until the volume is ready, the operator follows it. Later it
 * checks at a slow interval whether the volume still exists. It never creates another one.
 */
final class VolumeTrackRules {
    private static final Set<VolumeState> USABLE =
            EnumSet.of(VolumeState.AVAILABLE, VolumeState.IN_USE, VolumeState.TRANSIENT);

    private VolumeTrackRules() {}

    static VolumeQuery planObservation(RestoreInput input) {
        var recorded = input.recorded();
        if (recorded.volumeId().isEmpty()) {
            return new VolumeQuery.FollowJob(recorded.jobId().orElseThrow());
        }
        var volumeId = recorded.volumeId().get();
        var isSettled = recorded.readyAt().isPresent() || recorded.reasonIs(RestoreReason.RestoreFailed);
        return isSettled || !recorded.duplicates().isEmpty()
                ? new VolumeQuery.Recheck(
                        volumeId, input.now().minus(input.environment().recheckInterval()))
                : new VolumeQuery.FollowVolume(volumeId);
    }

    static RestoreDecision decide(RestoreInput input, VolumeObservation observation) {
        if (input.environment().cloudAccess() instanceof CloudAccess.Unavailable unavailable) {
            return onNoObservation(input, VolumeCreateRules.onObservationFailed(input, unavailable.failure()));
        }
        if (input.locationMismatch()) {
            var verdict = Verdict.of(RestoreReason.RestoreLocationMismatch);
            return RestoreRules.eventIfNewlyStalled(
                    input,
                    verdict,
                    RestoreDecision.report(verdict)
                            .requeueAfter(input.retryPolicy().maxBackoff()));
        }
        if (observation instanceof VolumeObservation.Failed failed) {
            return onNoObservation(input, VolumeCreateRules.onObservationFailed(input, failed.failure()));
        }
        if (observation instanceof VolumeObservation.Found found) {
            return onFound(input, found);
        }
        if (observation instanceof VolumeObservation.Job followed) {
            return onJob(input, followed.job());
        }
        if (observation instanceof VolumeObservation.JobLost) {
            return onJobLost(input);
        }
        if (observation instanceof VolumeObservation.NotFound) {
            return onNotFound(input);
        }
        return RestoreDecision.nothingUntil(
                observation instanceof VolumeObservation.Deferred deferred
                        ? deferred.retryAfter()
                        : input.environment().recheckInterval());
    }

    /** A volume that was ready stays ready: only its connection says that the cloud is out of reach. */
    private static RestoreDecision onNoObservation(RestoreInput input, RestoreDecision report) {
        return input.recorded().reasonIs(RestoreReason.VolumeRestored)
                ? RestoreDecision.nothingUntil(
                        report.requeueAfter().orElse(input.retryPolicy().maxBackoff()))
                : report;
    }

    private static RestoreDecision onFound(RestoreInput input, VolumeObservation.Found found) {
        var volume = found.volume();
        if (input.isForeign(volume)) {
            var verdict = Verdict.of(RestoreReason.VolumeNotOwned, "Its id is " + volume.id() + ".");
            return RestoreRules.eventIfNewlyStalled(
                    input,
                    verdict,
                    RestoreDecision.report(verdict)
                            .requeueAfter(input.retryPolicy().maxBackoff()));
        }
        var patch = patch(input, volume);
        if (isRecheck(input)) {
            patch = patch.withDuplicates(ids(found.others()));
        }
        var decision = RestoreRules.eventIfNewlyStalled(
                input, patch.verdict(), RestoreDecision.patchStatus(patch).requeueAfter(nextObservation(input, patch)));
        return found.read()
                .flatMap(read -> duplicateToDelete(input, volume, read))
                .map(duplicate -> decision.withAction(new RestoreAction.DeleteVolume(duplicate, true))
                        .requeueAfter(input.environment().pollInterval()))
                .orElse(decision);
    }

    private static boolean isRecheck(RestoreInput input) {
        return planObservation(input) instanceof VolumeQuery.Recheck;
    }

    private static List<VolumeId> ids(List<CloudVolume> volumes) {
        return volumes.stream().map(CloudVolume::id).toList();
    }

    /**
     * Returns a second volume that the operator may delete: it carries the marker with another create id than the recorded one, which
     * was just read and is usable, and nothing uses it.
     */
    private static Optional<OwnedVolume> duplicateToDelete(
            RestoreInput input, CloudVolume kept, VolumeObservation.Deletable read) {
        return input.isOwned(kept)
                        && USABLE.contains(kept.state())
                        && VolumeDeleteRules.deleteRetryDelay(input).isZero()
                        && !input.hasSameCreateId(kept, read.volume())
                        && !input.desired().paused()
                ? OwnedVolume.check(input, read)
                : Optional.empty();
    }

    private static Duration nextObservation(RestoreInput input, RestorePatch patch) {
        return switch (patch.verdict().reason().phase()) {
            case READY, STALLED -> input.environment().recheckInterval();
            case PROGRESSING, PAUSED -> input.environment().pollInterval();
        };
    }

    /** Returns the patch that records a volume as the cloud describes it. */
    static RestorePatch patch(RestoreInput input, CloudVolume volume) {
        return RestorePatch.of(verdict(input, volume)).withVolume(volume, input.currentLocation());
    }

    private static Verdict verdict(RestoreInput input, CloudVolume volume) {
        var wasReady = input.recorded().readyAt().isPresent();
        return switch (volume.state()) {
            case AVAILABLE, IN_USE -> Verdict.of(RestoreReason.VolumeRestored);
            case CREATING -> Verdict.of(RestoreReason.RestoringVolume);
            // Such as attaching, extending or backing-up: the volume exists and is used.
            case TRANSIENT -> Verdict.of(wasReady ? RestoreReason.VolumeRestored : RestoreReason.RestoringVolume);
            case ERROR ->
                wasReady
                        ? Verdict.of(CommonReason.VolumeUnusable)
                        : input.recorded()
                                .failedJob()
                                .map(VolumeTrackRules::failed)
                                .orElseGet(() -> Verdict.of(
                                        RestoreReason.RestoreFailed,
                                        "The status of the volume is error. The cloud gave no message."));
            case ERROR_LATER -> Verdict.of(CommonReason.VolumeUnusable, "Its status is " + volume.wireState() + ".");
            case DELETING -> Verdict.of(RestoreReason.VolumeDeletingExternally);
            case ERROR_DELETING -> Verdict.of(RestoreReason.VolumeDeletionFailed);
            case UNRECOGNIZED -> Verdict.of(RestoreReason.UnknownVolumeState);
        };
    }

    /** Returns the verdict on a failed job. */
    static Verdict failed(RecordedFailure job) {
        var code = job.code().map(text -> text + ": ").orElse("");
        var quote = code + job.message();
        return Verdict.of(
                RestoreReason.RestoreFailed,
                quote.isBlank()
                        ? "The job of the cloud failed without a message."
                        : "Cloud message: " + quote + (quote.endsWith(".") ? "" : "."));
    }

    private static RestoreDecision onJob(RestoreInput input, CloudJob job) {
        if (job.state() != JobState.FAIL) {
            return RestoreDecision.report(Verdict.of(RestoreReason.RestoringVolume))
                    .requeueAfter(input.environment().pollInterval());
        }
        // A failed job can leave a volume in status error, so the operator searches for it next.
        var failure = RecordedFailure.once(RecordedFailure.JOB, input.now())
                .createId(input.recorded().intent().map(CreateIntent::createId))
                .code(job.errorCode())
                .message(job.failReason())
                .mayHaveActed(false)
                .build();
        var verdict = failed(failure);
        return RestoreDecision.patchStatus(RestorePatch.of(verdict).withoutJob().withFailedAttempt(failure))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE)
                .withEvent(verdict);
    }

    /** The operator searches for the volume by its ownership marker. */
    private static RestoreDecision onJobLost(RestoreInput input) {
        var failure = RecordedFailure.once(RecordedFailure.JOB, input.now())
                .createId(input.recorded().intent().map(CreateIntent::createId))
                .message("the cloud does not know the job, or it names no volume of this restore")
                .mayHaveActed(true)
                .build();
        return RestoreDecision.patchStatus(RestorePatch.of(Verdict.of(CommonReason.VerifyingPreviousCreate))
                        .withoutJob()
                        .withFailedAttempt(failure))
                .requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    private static RestoreDecision onNotFound(RestoreInput input) {
        if (input.maybeNotYetVisible()) {
            return RestoreDecision.nothingUntil(input.environment().pollInterval());
        }
        var verdict = Verdict.of(RestoreReason.VolumeMissing);
        return RestoreRules.eventIfNewlyStalled(
                input,
                verdict,
                RestoreDecision.report(verdict).requeueAfter(input.environment().recheckInterval()));
    }
}
