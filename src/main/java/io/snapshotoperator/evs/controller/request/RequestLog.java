/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Writes the log lines about one request during one reconcile: one for each action with its result, and one if the reason
 * of the request changed and no action explains it. An undisturbed life is four lines: create accepted, available, delete
 * accepted, finalizer removed. Not for use by several threads.
 */
final class RequestLog {
    private static final Logger LOG = Logger.getLogger(RequestLog.class);

    /** The mutating calls, with the messages about their results. */
    enum CloudCall {
        CREATE("create", "Snapshot create accepted", "Snapshot create rejected", "Snapshot create outcome unknown"),
        DELETE("delete", "Snapshot delete accepted", "Snapshot delete rejected", "Snapshot delete outcome unknown"),
        UPDATE("update", "Snapshot update accepted", "Snapshot update rejected", "Snapshot update outcome unknown");

        private final String action;
        private final String accepted;
        private final String rejected;
        private final String unknown;

        CloudCall(String action, String accepted, String rejected, String unknown) {
            this.action = action;
            this.accepted = accepted;
            this.rejected = rejected;
            this.unknown = unknown;
        }
    }

    private final ObjectIdentity identity;
    private final Optional<SnapshotId> idBefore;
    private final Optional<String> reasonBefore;
    private boolean actionLogged;

    /** @param before the request as the reconcile found it; a write can change this object */
    RequestLog(VolumeSnapshotRequest before) {
        identity = StatusMapper.identity(before);
        idBefore = StatusMapper.recordedId(before);
        reasonBefore = StatusMapper.reportedReason(before);
    }

    /** Starts the line about a call that the cloud accepted. */
    LogEvent accepted(CloudCall call) {
        return action(LogEvent.info(LOG, call.accepted), call.action, "accepted");
    }

    /** Starts the line about a call that the cloud rejected, or whose outcome is unknown. */
    LogEvent failed(CloudCall call, CloudException.Details failure) {
        var event = failure.mayHaveActed()
                ? action(LogEvent.info(LOG, call.unknown), call.action, "unknown")
                : action(LogEvent.info(LOG, call.rejected), call.action, "rejected");
        return event.withOptional(LogEvent.CODE, failure.code())
                .withOptional(LogEvent.REQUEST_ID, failure.requestId())
                .with(LogEvent.DETAIL, failure.cloudMessage());
    }

    /** Starts the line about a call for a snapshot that does not exist. */
    LogEvent notFound(CloudCall call) {
        return action(LogEvent.info(LOG, "Snapshot not found"), call.action, "not found");
    }

    /** Starts the line about a call that was not sent. */
    LogEvent notSent(CloudCall call, Enum<?> cause) {
        return about(LogEvent.debug(LOG, "Call not sent"))
                .with(LogEvent.ACTION, call.action)
                .with(LogEvent.RESULT, "not sent")
                .with(LogEvent.DETAIL, cause);
    }

    void idNotRecorded(SnapshotId snapshotId, String detail) {
        about(LogEvent.warn(LOG, "Snapshot id not recorded"))
                .with(LogEvent.SNAPSHOT_ID, snapshotId)
                .with(LogEvent.DETAIL, detail)
                .log();
    }

    void finalizerAdded() {
        action(LogEvent.info(LOG, "Finalizer added"), "add-finalizer", "accepted")
                .log();
    }

    /** @param reason why the snapshot stays in the cloud; empty if nothing stays */
    void finalizerRemoved(Optional<Reason> reason) {
        action(LogEvent.info(LOG, "Finalizer removed"), "remove-finalizer", "accepted")
                .withOptional(LogEvent.SNAPSHOT_ID, idBefore)
                .withOptional(LogEvent.REASON, reason.map(Reason::name))
                .log();
    }

    /** @param persistentVolume the volume that Kubernetes deletes */
    void sourceAtRisk(String persistentVolume) {
        about(LogEvent.warn(LOG, "Source at risk"))
                .withOptional(LogEvent.SNAPSHOT_ID, idBefore)
                .with(LogEvent.DETAIL, "PersistentVolume " + persistentVolume)
                .log();
    }

    void sourceRiskOver() {
        about(LogEvent.info(LOG, "Source no longer at risk")).log();
    }

    void requestDeleted() {
        action(LogEvent.info(LOG, "Expired request deleted"), "delete-request", "accepted")
                .log();
    }

    /**
     * Writes the lines about the end of the reconcile.
     *
     * @param after the request as the reconcile left it
     */
    void reconciled(VolumeSnapshotRequest after, Decision outcome) {
        about(LogEvent.debug(LOG, "Reconciled"))
                .with(LogEvent.ACTION, outcome.action().getClass().getSimpleName())
                .withOptional(LogEvent.REASON, StatusMapper.reportedReason(after))
                .withOptional(LogEvent.REQUEUE_AFTER, outcome.requeueAfter())
                .log();
        var reason = StatusMapper.reportedReason(after);
        var changed = !reason.equals(reasonBefore);
        if (changed && reason.equals(Optional.of(SnapshotReason.SnapshotMissing.name()))) {
            state(LogEvent.warn(LOG, "Snapshot missing"), after).log();
        } else if (actionLogged) {
            return;
        } else if (adopted(after)) {
            state(action(LogEvent.info(LOG, "Snapshot adopted"), "adopt", "accepted"), after)
                    .log();
        } else if (changed) {
            state(LogEvent.info(LOG, "Reason changed"), after).log();
        }
    }

    private boolean adopted(VolumeSnapshotRequest after) {
        var recorded = StatusMapper.recordedId(after);
        return recorded.isPresent()
                && !recorded.equals(idBefore)
                && after.getSpec().source().snapshotId() == null;
    }

    private LogEvent action(LogEvent event, String action, String result) {
        actionLogged = true;
        return about(event).with(LogEvent.ACTION, action).with(LogEvent.RESULT, result);
    }

    private LogEvent state(LogEvent event, VolumeSnapshotRequest after) {
        return about(event)
                .withOptional(LogEvent.REASON, StatusMapper.reportedReason(after))
                .withOptional(LogEvent.SNAPSHOT_ID, StatusMapper.recordedId(after))
                .withOptional(
                        LogEvent.VOLUME_ID,
                        Optional.ofNullable(after.getStatus().volumeId()));
    }

    private LogEvent about(LogEvent event) {
        return event.with(LogEvent.NAMESPACE, identity.namespace())
                .with(LogEvent.NAME, identity.name())
                .with(LogEvent.UID, identity.uid());
    }
}
