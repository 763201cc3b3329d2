/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The reasons that only a restore has. A {@code VolumeSnapshotRestore} uses these and {@link CommonReason}. */
public enum RestoreReason implements Reason {
    VolumeRestored(Phase.READY, "The volume exists and can be used."),
    WaitingForRequest(
            Phase.PROGRESSING,
            "The VolumeSnapshotRequest is not ready, so its snapshot cannot be restored yet. The operator continues when it"
                    + " is."),
    RestoringVolume(
            Phase.PROGRESSING, "The cloud is creating the volume from the snapshot. The operator waits for it."),
    UnknownVolumeState(
            Phase.PROGRESSING,
            "The cloud reports a status of the volume that this version of the operator does not know. Check the volume in"
                    + " the cloud console. The operator keeps observing it."),
    DeletingVolume(Phase.PROGRESSING, "The cloud is deleting the volume. The operator waits until it is gone."),
    WaitingToDeleteVolume(
            Phase.PROGRESSING,
            "The cloud does not delete the volume in its current transient state. The operator deletes it after that state"
                    + " ends."),
    VolumeInUse(
            Phase.PROGRESSING,
            RetryMode.SLOW_BACKOFF,
            "The volume is attached to a server, so the operator does not delete it. Detach it. Or set"
                    + " spec.deletionPolicy: Retain to keep the volume."),
    VolumeHasSnapshots(
            Phase.PROGRESSING,
            RetryMode.SLOW_BACKOFF,
            "The volume has snapshots, which the cloud would delete with it, so the operator does not delete it. Delete the"
                    + " snapshots. Or set spec.deletionPolicy: Retain to keep the volume."),
    RestoreFailed(
            Phase.STALLED,
            "The cloud failed to create the volume. The operator does not try again. Delete this object and create"
                    + " another one. If status.volumeId names a volume, it stays in the cloud unless spec.deletionPolicy is"
                    + " Delete."),
    RestoreNotAllowed(
            Phase.STALLED,
            "The snapshot must not be restored for this namespace. Restore a snapshot that a VolumeSnapshotRequest of this"
                    + " namespace has created."),
    ConnectionMismatch(
            Phase.STALLED,
            "The restore and its VolumeSnapshotRequest have different connections. Create another VolumeSnapshotRestore with"
                    + " the connectionRef of the request."),
    SourceMissing(
            Phase.STALLED,
            "The snapshot or the volume from which it was created no longer exists, so there is nothing to restore. The"
                    + " operator checks again at a slow interval."),
    SizeTooSmall(
            Phase.STALLED,
            "spec.sizeGiB is less than the size of the snapshot. Create another VolumeSnapshotRestore with a larger size."),
    VolumeMissing(
            Phase.STALLED,
            "The volume no longer exists in the cloud. The operator does not create it again. Delete this object, and create"
                    + " another one if you need the volume."),
    VolumeDeletingExternally(
            Phase.STALLED,
            "The cloud is deleting the volume, but this object did not ask for it. The operator does not create it again."),
    VolumeDeletionFailed(
            Phase.STALLED,
            "The cloud failed to delete the volume (error_deleting) and accepts no further delete request. Ask the cloud"
                    + " support to clear it. To remove the object without that, set the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\" on the object being deleted."),
    VolumeNotOwned(
            Phase.STALLED,
            "The volume does not carry this object's ownership marker, so the operator neither reports it as ready nor"
                    + " deletes it. To remove only the object, set spec.deletionPolicy: Retain or the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    RestoreOutcomeUnknown(
            Phase.STALLED,
            RetryMode.BACKOFF,
            "The outcome of an earlier create request is unknown. No volume of it was found, but one may still be created, or"
                    + " may have been deleted.",
            "To create one now, set the annotation evs.snapshot-operator.io/retry-create to any value."),
    RestoreLocationMismatch(
            Phase.STALLED,
            "The volume or the snapshot is in another project or at another endpoint than the connection names now. Restore"
                    + " the settings. To delete the object without them, set the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    RestoreDeadlineExceeded(
            Phase.STALLED,
            "The volume has not become available, or has not been deleted, within spec.readyWithin. The operator does not"
                    + " give up."),

    // only in events
    VolumeCreateAccepted(Phase.PROGRESSING, "The cloud accepted the request to create the volume."),
    VolumeAdopted(
            Phase.PROGRESSING,
            "The operator found the volume of an earlier create request by its ownership marker and adopted it."),
    DuplicateVolumeDeleteAccepted(
            Phase.PROGRESSING, "The cloud accepted the delete request for a second volume of this restore."),
    ClaimCreated(
            Phase.READY, "The operator created the PersistentVolume of the volume and the claim that is bound to it."),
    ClaimNotCreated(
            Phase.STALLED,
            "The operator could not create the PersistentVolume or the claim of spec.persistentVolumeClaim. The volume itself"
                    + " is ready. Read status.claimMessage. The operator tries again."),
    VolumeRetained(
            Phase.READY, "The object is being removed. The volume stays in the cloud, as spec.deletionPolicy says."),
    VolumeMayBeLeft(
            Phase.STALLED,
            "The object is being removed after the cloud lost the job of its create request. No volume of it was found, but"
                    + " the job may still create one. Look in the cloud for a volume with this UID, and delete it if you do not"
                    + " need it."),
    VolumeAbandoned(
            Phase.STALLED,
            "The object is being removed, as its annotation abandon requests. What is in the cloud stays as it is. Delete it"
                    + " there if you do not need it.");

    private static final List<Reason> ALL = Stream.<Reason>concat(Stream.of(CommonReason.values()), Stream.of(values()))
            .toList();

    private final Phase phase;
    private final RetryMode retryMode;
    private final String sentence;
    private final String fact;

    RestoreReason(Phase phase, String sentence) {
        this(phase, RetryMode.BACKOFF, sentence);
    }

    RestoreReason(Phase phase, RetryMode retryMode, String sentence) {
        this(phase, retryMode, sentence, "");
    }

    RestoreReason(Phase phase, RetryMode retryMode, String fact, String advice) {
        this.phase = phase;
        this.retryMode = retryMode;
        this.fact = fact;
        this.sentence = advice.isEmpty() ? fact : fact + " " + advice;
    }

    /** Returns every reason that a condition or an event of a {@code VolumeSnapshotRestore} can have. */
    public static List<Reason> all() {
        return ALL;
    }

    /** Returns the reason with this name; empty if a {@code VolumeSnapshotRestore} has no such reason. */
    public static Optional<Reason> named(String name) {
        return ALL.stream().filter(reason -> reason.name().equals(name)).findFirst();
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public RetryMode retryMode() {
        return retryMode;
    }

    @Override
    public String sentence() {
        return sentence;
    }

    @Override
    public String fact() {
        return fact;
    }
}
