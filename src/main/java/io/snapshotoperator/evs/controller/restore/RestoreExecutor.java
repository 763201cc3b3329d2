/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.LockKey;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.MutatingCalls.Call;
import io.snapshotoperator.evs.controller.MutatingCalls.Creation;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.restore.RestoreAction;
import io.snapshotoperator.evs.restore.RestoreAction.Visitor;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestoreInput;
import io.snapshotoperator.evs.restore.RestoreRules;
import java.time.Duration;
import java.util.Optional;

/** Executes the action of a decision and returns the decision that follows from its result. */
record RestoreExecutor(
        RestoreInput input,
        RestoreDecision decision,
        MutatingCalls calls,
        CloudConnection connection,
        SourceRequests requests,
        RestoreWriter writer)
        implements Visitor<RestoreDecision> {

    @Override
    public RestoreDecision none() {
        return decision;
    }

    @Override
    public RestoreDecision createVolume(RestoreAction.CreateVolume action) {
        var startedAt = System.nanoTime();
        var recorded = input.recorded();
        // No quota of snapshots concerns it, so it is not a call of the lane CREATE.
        var call = new Call(
                new LockKey.OfSnapshot(action.volume().snapshotId()), Lane.DELETE, Optional.empty(), Optional.empty());
        var result = calls.create(
                connection,
                call,
                new Creation(
                        recorded.identity().uid(), action.searchStartedAt(), recorded.lastCreateOutcomeIsRecorded()),
                () -> requests.begin(
                        writer.restore(), action.volume().snapshotId(), () -> writer.writeIntent(action.intent())),
                client -> client.createVolume(action.volume()),
                // The volume of a job can appear later. If someone removes status and intent meanwhile, only this is
                // left.
                VolumeCreation.VolumeDescribed.class::isInstance,
                answer -> unfitting(action, answer));
        var outcome = RestoreRules.afterCreate(input, action, result);
        var isCreated = result instanceof CallResult.Answered<VolumeCreation>;
        var mayHaveActed = result instanceof CallResult.Failed<VolumeCreation> failed
                && failed.failure().mayHaveActed();
        if (!(result instanceof CallResult.NotSent<VolumeCreation>)) {
            connection.forgetSource(recorded.identity().uid());
        }
        if (!isCreated && !mayHaveActed) {
            writer.createDidNothing();
        }
        try {
            if (isCreated) {
                // Nothing that can fail runs between the response and this write.
                writer.recordCreated(outcome);
            }
        } finally {
            writer.log().created(action, result, millisSince(startedAt));
        }
        return isCreated ? outcome.withoutStatusPatch() : outcome;
    }

    /** The cloud may have created the volume that was requested, and described another one. */
    private static Optional<CloudException.Details> unfitting(
            RestoreAction.CreateVolume action, VolumeCreation answer) {
        return !(answer instanceof VolumeCreation.VolumeDescribed described)
                        || action.volume().isAnsweredBy(described.volume())
                ? Optional.empty()
                : Optional.of(CloudExceptionDetailsBuilder.builder()
                        .kind(CloudException.Kind.TRANSIENT)
                        .operation("create a volume from snapshot "
                                + action.volume().snapshotId())
                        .cloudMessage("the response describes another volume than the requested one")
                        .advice("The operator searches for the requested volume by its ownership marker.")
                        .mayHaveActed(true)
                        .build());
    }

    @Override
    public RestoreDecision deleteVolume(RestoreAction.DeleteVolume action) {
        var startedAt = System.nanoTime();
        var before = writer.restore();
        var call = new Call(new LockKey.OfVolume(action.id()), Lane.DELETE, Optional.empty(), Optional.empty());
        var result = calls.send(
                connection,
                call,
                () -> writer.refreshIfStillDeletes(before) && hasNoSnapshots(action.id()),
                client -> client.deleteVolume(action.id()));
        writer.log().deleted(action, result, millisSince(startedAt));
        return RestoreRules.afterDelete(input, action, decision, result);
    }

    /**
     * Reads once more, under the lock of the volume, whether it has snapshots: they would be deleted with it, and another reconcile
     * can have created one since the decision. If this cannot be read, the next reconcile reads it again and reports why.
     */
    private boolean hasNoSnapshots(VolumeId volume) {
        // Counted in the budget, but without waiting for a permit, because the lock is held.
        connection.tryReserve(Lane.READ, Optional.empty());
        try {
            return !connection.call(Optional.empty(), cloud -> VolumeObserver.mayHaveSnapshots(cloud, volume));
        } catch (CloudException unreadable) {
            return false;
        }
    }

    @Override
    public RestoreDecision addFinalizer() {
        writer.addFinalizer();
        return decision;
    }

    @Override
    public RestoreDecision removeFinalizer(RestoreAction.RemoveFinalizer action) {
        writer.removeFinalizer(action.eventReason());
        return decision;
    }

    private static long millisSince(long startedAt) {
        return Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
    }
}
