/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CallObstacle;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.CreateFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.util.Optional;

/**
 * The rules for one restore: what the operator must observe, and what follows from the observation. A restore is in one of three
 * situations: its volume is not known ({@link VolumeCreateRules}), the cloud creates or has created it ({@link VolumeTrackRules}),
 * or the object is being deleted ({@link VolumeDeleteRules}).
 */
public final class RestoreRules {
    private static final String CONTACT_SUPPORT =
            "If the cloud console shows that the volume makes no progress, contact the cloud support.";

    private RestoreRules() {}

    /** Returns what the reconcile must observe before {@link #decide} is called with the same input. */
    public static VolumeQuery planObservation(RestoreInput input) {
        if (input.currentLocation().isEmpty() || input.locationMismatch()) {
            // A 404 could come from another project.
            return new VolumeQuery.None();
        }
        if (input.recorded().isDeleting()) {
            return VolumeDeleteRules.planObservation(input);
        }
        return isTracked(input) ? VolumeTrackRules.planObservation(input) : VolumeCreateRules.planObservation(input);
    }

    private static boolean isTracked(RestoreInput input) {
        return input.recorded().volumeId().isPresent()
                || input.recorded().jobId().isPresent();
    }

    /**
     * Returns what follows from an observation.
     *
     * @param newCreateId an unused id, for the case that a create request follows
     */
    public static RestoreDecision decide(RestoreInput input, VolumeObservation observation, String newCreateId) {
        if (input.recorded().isDeleting()) {
            return applyDeadline(input, VolumeDeleteRules.decide(input, observation));
        }
        var decision = isTracked(input)
                ? VolumeTrackRules.decide(input, observation)
                : VolumeCreateRules.decide(input, observation, newCreateId);
        return applyDeadline(input, restoreFinalizer(input, decision));
    }

    /** Adds a finalizer that someone removed. Without it, a deletion of the object would forget the volume. */
    private static RestoreDecision restoreFinalizer(RestoreInput input, RestoreDecision decision) {
        if (input.recorded().hasFinalizer()
                || !input.recorded().mayHaveVolume()
                || decision.action() instanceof RestoreAction.CreateVolume) {
            return decision;
        }
        return decision.action() instanceof RestoreAction.None
                ? decision.withAction(new RestoreAction.AddFinalizer())
                : RestoreDecision.perform(new RestoreAction.AddFinalizer()).requeueAfter(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    /** Returns what follows from the result of a create request. */
    public static RestoreDecision afterCreate(
            RestoreInput input, RestoreAction.CreateVolume action, CallResult<VolumeCreation> result) {
        return applyDeadline(
                input,
                result.map(
                        accepted -> onAccepted(input, action, accepted),
                        failure -> onFailure(
                                input,
                                CreateFailure.of(
                                        failure, action.intent().createId(), input.retryPolicy(), input.now())),
                        obstacle -> onNotSent(input, obstacle)));
    }

    /** Records job or volume and everything else that is known, in one write. */
    private static RestoreDecision onAccepted(
            RestoreInput input, RestoreAction.CreateVolume action, VolumeCreation accepted) {
        var patch = RestorePatchBuilder.builder()
                .verdict(Verdict.of(RestoreReason.RestoringVolume))
                .snapshotId(action.volume().snapshotId())
                .location(action.intent().location());
        var text = "It is created from snapshot " + action.volume().snapshotId();
        if (accepted instanceof VolumeCreation.JobStarted started) {
            patch.jobId(started.id());
            text = text + " by job " + started.id();
        } else if (accepted instanceof VolumeCreation.VolumeDescribed described) {
            patch.volume(described.volume());
            text = text + ", its id is " + described.volume().id();
        }
        return RestoreDecision.patchStatus(patch.build())
                .requeueAfter(input.environment().pollInterval())
                .withEvent(Verdict.of(RestoreReason.VolumeCreateAccepted, text + "."));
    }

    private static RestoreDecision onFailure(RestoreInput input, CreateFailure failure) {
        var decision = RestoreDecision.patchStatus(
                        RestorePatch.of(failure.verdict()).withFailedAttempt(failure.attempt()))
                .requeueAfter(failure.retryAfter());
        return eventIfNewlyStalled(input, failure.verdict(), decision);
    }

    /** A short wait for a permit is not reported, because a report is a write. */
    static RestoreDecision onNotSent(RestoreInput input, CallObstacle obstacle) {
        return RestoreDecision.nothingUntil(obstacle.retryAfter());
    }

    /** Returns what follows from the result of a delete request. */
    public static RestoreDecision afterDelete(
            RestoreInput input,
            RestoreAction.DeleteVolume action,
            RestoreDecision planned,
            CallResult<Boolean> result) {
        return applyDeadline(input, VolumeDeleteRules.afterDelete(input, action, planned, result));
    }

    /** Adds an event if the object becomes stalled for this reason. */
    static RestoreDecision eventIfNewlyStalled(RestoreInput input, Verdict verdict, RestoreDecision decision) {
        return verdict.reason().phase() == Phase.STALLED && !input.recorded().reasonIs(verdict.reason())
                ? decision.withEvent(verdict)
                : decision;
    }

    /**
     * Ends every wait. {@code readyWithin} after the creation of the object, or after its deletion, a wait is reported as stalled,
     * and the operator still observes the volume. Before that, the next reconcile starts at that time at the latest.
     */
    private static RestoreDecision applyDeadline(RestoreInput input, RestoreDecision decision) {
        var verdict = decision.statusPatch().map(RestorePatch::verdict).or(() -> recordedWait(input));
        var isDeleting = input.recorded().isDeleting();
        if (verdict.filter(reported -> reported.reason().phase() == Phase.PROGRESSING)
                        .isEmpty()
                || decision.action() instanceof RestoreAction.RemoveFinalizer
                || (!isDeleting && input.recorded().readyAt().isPresent())) {
            return decision;
        }
        var deadline = input.recorded()
                .deletionRequestedAt()
                .orElse(input.recorded().createdAt())
                .plus(input.desired().readyWithin());
        if (input.now().isBefore(deadline)) {
            return decision.requeueNoLaterThan(input.remainingUntil(deadline));
        }
        var late = Verdict.of(
                RestoreReason.RestoreDeadlineExceeded, verdict.get().message() + " " + advice(input, verdict.get()));
        var reported = decision.withStatusPatch(
                decision.statusPatch().map(patch -> patch.withVerdict(late)).orElseGet(() -> RestorePatch.of(late)));
        return input.recorded().reasonIs(RestoreReason.RestoreDeadlineExceeded)
                ? reported
                : reported.withEvent(Verdict.of(RestoreReason.RestoreDeadlineExceeded));
    }

    /** The status says that the object waits, and the decision leaves that as it is. */
    private static Optional<Verdict> recordedWait(RestoreInput input) {
        return input.recorded()
                .reason()
                .filter(reason -> reason.phase() == Phase.PROGRESSING)
                .map(Verdict::of);
    }

    private static String advice(RestoreInput input, Verdict wait) {
        if (input.recorded().isDeleting()) {
            return VolumeDeleteRules.ABANDON;
        }
        return wait.reason() == RestoreReason.RestoringVolume || wait.reason() == CommonReason.CloudUnavailable
                ? CONTACT_SUPPORT
                : "";
    }
}
