/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The reasons that only a snapshot has. A {@code VolumeSnapshotRequest} uses these and {@link CommonReason}. */
public enum SnapshotReason implements Reason {
    SnapshotAvailable(Phase.READY, "The snapshot is available."),
    WaitingForCloud(Phase.PROGRESSING, "The cloud is creating the snapshot. The operator waits for it."),
    UnknownState(
            Phase.PROGRESSING,
            "The cloud reports a status that this version of the operator does not know. Check the snapshot in the"
                    + " cloud console. The operator keeps polling it."),
    RollingBack(
            Phase.PROGRESSING, "The cloud is rolling the volume back to the snapshot. Wait until the rollback ends."),
    BackingUp(Phase.PROGRESSING, "A backup is using the snapshot. Wait until the backup ends."),
    ReplacingFailedSnapshot(
            Phase.PROGRESSING, "The snapshot ended in error. The operator deletes it and then creates another one."),
    Deleting(Phase.PROGRESSING, "The cloud is deleting the snapshot. The operator waits until it is gone."),
    WaitingToDelete(
            Phase.PROGRESSING,
            "The cloud does not delete the snapshot in its current transient state. The operator deletes it after"
                    + " that state ends."),
    RestoreInProgress(
            Phase.PROGRESSING,
            "A VolumeSnapshotRestore creates a volume from the snapshot. The operator deletes the snapshot when that has"
                    + " ended."),
    ContentInUse(
            Phase.PROGRESSING,
            "The VolumeSnapshotContent of the snapshot still exists. The operator deletes the snapshot after it is gone."),
    SnapshotInUse(
            Phase.PROGRESSING,
            RetryMode.SLOW_BACKOFF,
            "The cloud accepted the delete request but kept the snapshot, so something depends on it. Delete the"
                    + " volumes that were created from it as linked clones. The operator retries automatically."),
    ReadyDeadlineExceeded(
            Phase.STALLED,
            "The snapshot has not become available within spec.readyWithin. The operator does not give up."),
    DeletionDeadlineExceeded(
            Phase.STALLED,
            "The snapshot has not been deleted within spec.readyWithin after the deletion of this object. The operator"
                    + " does not give up."),
    SnapshotFailed(
            Phase.STALLED,
            "The cloud reports that the snapshot failed. Delete the request and apply it again, or use"
                    + " spec.failurePolicy: Replace."),
    SnapshotMissing(
            Phase.STALLED,
            "The snapshot no longer exists in the cloud. The operator does not create it again, because it would hold"
                    + " the current data under the old name. Delete this request, and create a new one if you need a"
                    + " new snapshot."),
    DeletingExternally(
            Phase.STALLED,
            "The cloud is deleting the snapshot, but this request did not ask for it. The operator does not create it"
                    + " again. Delete this request."),
    DeletionFailed(
            Phase.STALLED,
            "The cloud failed to delete the snapshot (error_deleting) and accepts no further delete request. Ask the"
                    + " cloud support to clear it. To remove the object without that, set the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\" on the object being deleted."),
    CreateOutcomeUnknown(
            Phase.STALLED,
            "The outcome of an old create request is unknown. No snapshot of it was found, but one may have existed"
                    + " and been deleted since. To create one now, set the annotation"
                    + " evs.snapshot-operator.io/retry-create to any value."),
    NotOwned(
            Phase.STALLED,
            "The snapshot does not carry this request's ownership marker, or another tool manages it, so the operator"
                    + " does not delete it. To remove only the object, set spec.deletionPolicy: Retain or the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    LocationMismatch(
            Phase.STALLED,
            "The snapshot is in another project or at another endpoint than the connection names now, so its state is"
                    + " unknown. Restore the settings. To delete the object without them, set the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    ImportNotFound(
            Phase.STALLED,
            "The project of the connection has no snapshot with this id. Check spec.source.snapshotId. The operator"
                    + " searches again at a slow interval."),

    // only in events
    SnapshotCreateAccepted(Phase.PROGRESSING, "The cloud accepted the create request for the snapshot."),
    SnapshotAdopted(
            Phase.PROGRESSING,
            "The operator found the snapshot of an earlier create request by its ownership marker and adopted it."),
    DuplicateDeleteAccepted(
            Phase.PROGRESSING, "The cloud accepted the delete request for a second snapshot of this request."),
    SnapshotRetained(
            Phase.READY, "The object is being removed. The snapshot stays in the cloud, as spec.deletionPolicy says."),
    SnapshotAbandoned(
            Phase.STALLED,
            "The object is being removed, as its annotation abandon requests. What is in the cloud stays as it is."
                    + " Delete it there if you do not need it."),
    SourceAtRisk(
            Phase.STALLED,
            "The claim of the request was deleted, so Kubernetes deletes its volume. The cloud deletes the snapshots of a"
                    + " volume together with the volume."),
    Expired(Phase.READY, "spec.ttl has passed since the snapshot became ready. The operator deletes the object.");

    private static final List<Reason> ALL = Stream.<Reason>concat(Stream.of(CommonReason.values()), Stream.of(values()))
            .toList();

    private final Phase phase;
    private final RetryMode retryMode;
    private final String sentence;

    SnapshotReason(Phase phase, String sentence) {
        this(phase, RetryMode.BACKOFF, sentence);
    }

    SnapshotReason(Phase phase, RetryMode retryMode, String sentence) {
        this.phase = phase;
        this.retryMode = retryMode;
        this.sentence = sentence;
    }

    /** Returns every reason that a condition or an event of a {@code VolumeSnapshotRequest} can have. */
    public static List<Reason> all() {
        return ALL;
    }

    /** Returns the reason with this name; empty if a {@code VolumeSnapshotRequest} has no such reason. */
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
}
