/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;

/**
 * The reasons in {@code status.volumeSnapshotContent} of a request. They are not reasons of its conditions: a snapshot is ready
 * although its content has a problem.
 */
public enum ContentReason implements Reason {
    ContentBound(Phase.READY, "The VolumeSnapshot is bound, and claims can name it as their dataSource."),
    ContentAvailable(
            Phase.READY,
            "The VolumeSnapshotContent waits for its VolumeSnapshot. Create the VolumeSnapshot, or set createVolumeSnapshot."),
    WaitingForBinding(
            Phase.PROGRESSING,
            "The VolumeSnapshot exists and is not bound yet. If this lasts, check the snapshot-controller of the cluster."),
    WaitingForDriver(
            Phase.PROGRESSING,
            "The VolumeSnapshot is bound, and the CSI driver has not reported it as ready yet. If this lasts, read the status of"
                    + " the VolumeSnapshotContent, and check the csi-snapshotter of the driver."),
    SnapshotNotReady(
            Phase.PROGRESSING, "The snapshot is not ready now. The operator changes nothing until it is ready again."),
    ContentReplacing(
            Phase.PROGRESSING,
            "The VolumeSnapshotContent cannot be used any more. The operator deletes it and then creates another one."),
    ContentDeleting(
            Phase.PROGRESSING,
            "The VolumeSnapshotContent is being deleted and has finalizers. If this lasts, check the snapshot-controller of the"
                    + " cluster and the csi-snapshotter of the CSI driver, which remove them."),
    VolumeSnapshotInUse(
            Phase.PROGRESSING,
            "A VolumeSnapshot still uses the VolumeSnapshotContent, so the operator does not delete it. Delete the VolumeSnapshot."),
    VolumeSnapshotDeleting(
            Phase.PROGRESSING,
            "The VolumeSnapshot of the request is being deleted. If this lasts, check the snapshot-controller of the cluster."),
    ContentApiFailed(
            Phase.PROGRESSING,
            "The API server did not accept a request of the operator. The operator retries automatically."),
    DriverProjectUnknown(
            Phase.PROGRESSING,
            "The operator cannot log in over its own connection, so it does not know the project of the CSI drivers. An"
                    + " administrator must correct the connection, or set evs.volume-snapshot-contents.endpoint and"
                    + " evs.volume-snapshot-contents.project-id."),
    ContentApiMissing(
            Phase.STALLED,
            "The cluster has no VolumeSnapshotContent. An administrator must install the definitions and the controller of"
                    + " kubernetes-csi/external-snapshotter. The operator retries at a slow interval."),
    ContentNotEnabled(
            Phase.STALLED,
            "The operator creates no VolumeSnapshotContent. An administrator must set volumeSnapshotContents.enabled in the"
                    + " values of its chart."),
    ContentNotAuthorized(
            Phase.STALLED,
            "The API server forbids a request of the operator. An administrator must set volumeSnapshotContents.enabled in the"
                    + " values of its chart, or change the role, quota or admission policy that the message names."),
    ContentRejected(
            Phase.STALLED,
            "The API server rejects a request of the operator. Correct what the message names. The operator retries at a slow"
                    + " interval."),
    ContentSourceUnproven(
            Phase.STALLED,
            "Nothing proves that the recorded snapshot is of this object: its annotation evs.snapshot-operator.io/create-intent"
                    + " is missing or is of another object, as after a restore from a backup. Create another request."),
    ContentSourceNotAllowed(
            Phase.STALLED,
            "The source is the id of a volume or snapshot, and the administrator allows no VolumeSnapshotContent for ids in this"
                    + " namespace. Name a claim, or ask for evs.volume-snapshot-contents.raw-id-namespaces."),
    SnapshotElsewhere(
            Phase.STALLED,
            "The snapshot is not in the project where the CSI drivers of the cluster have their volumes. An administrator can name"
                    + " that project in evs.volume-snapshot-contents.endpoint and evs.volume-snapshot-contents.project-id."),
    DriverUnknown(
            Phase.STALLED,
            "The CSI driver of the snapshot's volume is unknown. Set spec.volumeSnapshotContent.driver to the driver that restores"
                    + " the snapshot."),
    ContentConflict(
            Phase.STALLED,
            "Another VolumeSnapshotContent has the name that the operator computed, and the operator does not touch it. An"
                    + " administrator must delete it."),
    VolumeSnapshotConflict(
            Phase.STALLED,
            "Another VolumeSnapshot has the name, and the operator does not touch it. Delete it, or set another"
                    + " spec.volumeSnapshotContent.name.");

    private final Phase phase;
    private final String sentence;

    ContentReason(Phase phase, String sentence) {
        this.phase = phase;
        this.sentence = sentence;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    /** The operator looks again after an interval, whatever the reason is. */
    @Override
    public RetryMode retryMode() {
        return RetryMode.BACKOFF;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
