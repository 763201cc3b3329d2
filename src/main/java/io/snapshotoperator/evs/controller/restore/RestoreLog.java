/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.restore.RestoreAction;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestorePatch;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Writes the log lines about one restore during one reconcile: one for each action with its result, and one if the reason changed and
 * no action explains it. Not for use by several threads.
 */
final class RestoreLog {
    private static final Logger LOG = Logger.getLogger(RestoreLog.class);

    private final VolumeSnapshotRestore restore;
    private final Optional<String> reasonBefore;
    private final Optional<VolumeId> volumeBefore;
    private boolean actionLogged;

    /** @param before the restore as the reconcile found it */
    RestoreLog(VolumeSnapshotRestore before) {
        restore = before;
        reasonBefore = RestoreStatusMapper.reportedReason(before);
        volumeBefore = RestoreStatusMapper.recordedVolume(before);
    }

    void created(RestoreAction.CreateVolume action, CallResult<VolumeCreation> result, long millis) {
        result("create", "Volume create", result)
                .withOptional(LogEvent.VOLUME_ID, createdVolume(result))
                .withOptional(LogEvent.JOB_ID, startedJob(result))
                .with(LogEvent.CREATE_ID, action.intent().createId())
                .with(LogEvent.SNAPSHOT_ID, action.volume().snapshotId())
                .with(LogEvent.DURATION_MS, millis)
                .log();
    }

    private static Optional<Object> createdVolume(CallResult<VolumeCreation> result) {
        return result instanceof CallResult.Answered<VolumeCreation> answered
                        && answered.answer() instanceof VolumeCreation.VolumeDescribed described
                ? Optional.of(described.volume().id())
                : Optional.empty();
    }

    private static Optional<Object> startedJob(CallResult<VolumeCreation> result) {
        return result instanceof CallResult.Answered<VolumeCreation> answered
                        && answered.answer() instanceof VolumeCreation.JobStarted started
                ? Optional.of(started.id())
                : Optional.empty();
    }

    void deleted(RestoreAction.DeleteVolume action, CallResult<Boolean> result, long millis) {
        result("delete", "Volume delete", result)
                .with(LogEvent.VOLUME_ID, action.id())
                .with(LogEvent.DURATION_MS, millis)
                .log();
    }

    /** Starts the line about a mutating call. */
    private LogEvent result(String action, String call, CallResult<?> result) {
        return result.map(
                answer -> action(LogEvent.info(LOG, call + " accepted"), action, "accepted"),
                failure -> failed(action, call, failure),
                obstacle -> about(LogEvent.debug(LOG, "Call not sent"))
                        .with(LogEvent.ACTION, action)
                        .with(LogEvent.RESULT, "not sent")
                        .with(LogEvent.DETAIL, obstacle.cause()));
    }

    private LogEvent failed(String action, String call, CloudException.Details failure) {
        var event = failure.mayHaveActed()
                ? action(LogEvent.info(LOG, call + " outcome unknown"), action, "unknown")
                : action(LogEvent.info(LOG, call + " rejected"), action, "rejected");
        return event.withOptional(LogEvent.CODE, failure.code())
                .withOptional(LogEvent.REQUEST_ID, failure.requestId())
                .with(LogEvent.DETAIL, failure.cloudMessage());
    }

    void idNotRecorded(RestorePatch patch, String detail) {
        about(LogEvent.warn(LOG, "Volume or job id not recorded"))
                .withOptional(LogEvent.VOLUME_ID, patch.volume().map(volume -> volume.id()))
                .withOptional(LogEvent.JOB_ID, patch.jobId())
                .with(LogEvent.DETAIL, detail)
                .log();
    }

    void claimCreated(String persistentVolume, String claim) {
        action(LogEvent.info(LOG, "Persistent volume and claim created"), "create-claim", "accepted")
                .with(LogEvent.DETAIL, persistentVolume + ", " + claim)
                .log();
    }

    void claimNotCreated(String detail) {
        about(LogEvent.warn(LOG, "Persistent volume or claim not created"))
                .with(LogEvent.DETAIL, detail)
                .log();
    }

    void finalizerAdded() {
        action(LogEvent.info(LOG, "Finalizer added"), "add-finalizer", "accepted")
                .log();
    }

    /** @param reason why the volume stays in the cloud; empty if nothing stays */
    void finalizerRemoved(Optional<Reason> reason) {
        action(LogEvent.info(LOG, "Finalizer removed"), "remove-finalizer", "accepted")
                .withOptional(LogEvent.VOLUME_ID, volumeBefore)
                .withOptional(LogEvent.REASON, reason.map(Reason::name))
                .log();
    }

    /**
     * Writes the lines about the end of the reconcile.
     *
     * @param after the restore as the reconcile left it
     */
    void reconciled(VolumeSnapshotRestore after, RestoreDecision outcome) {
        var reason = RestoreStatusMapper.reportedReason(after);
        about(LogEvent.debug(LOG, "Reconciled"))
                .with(LogEvent.ACTION, outcome.action().getClass().getSimpleName())
                .withOptional(LogEvent.REASON, reason)
                .withOptional(LogEvent.REQUEUE_AFTER, outcome.requeueAfter())
                .log();
        if (!actionLogged && !reason.equals(reasonBefore)) {
            about(LogEvent.info(LOG, "Reason changed"))
                    .withOptional(LogEvent.REASON, reason)
                    .withOptional(LogEvent.VOLUME_ID, RestoreStatusMapper.recordedVolume(after))
                    .log();
        }
    }

    private LogEvent action(LogEvent event, String action, String result) {
        actionLogged = true;
        return about(event).with(LogEvent.ACTION, action).with(LogEvent.RESULT, result);
    }

    private LogEvent about(LogEvent event) {
        var meta = restore.getMetadata();
        return event.with(LogEvent.NAMESPACE, meta.getNamespace())
                .with(LogEvent.NAME, meta.getName())
                .with(LogEvent.UID, meta.getUid());
    }
}
