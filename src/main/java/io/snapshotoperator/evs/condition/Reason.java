/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/**
 * Every reason that a condition or an event of this operator may carry. The list is closed and part of the API:
 * removing or renaming one is an API change, and {@code docs/reference/conditions.md} lists each with cause and cure.
 *
 * <p>A sentence says what is so and what helps; facts that are stable (ids, limits) may follow it in a message, facts
 * that differ on every try (counters, request ids) never do, because each would be a write.
 */
public enum Reason {
    // what was asked for is there
    SnapshotAvailable(Phase.READY, "The snapshot is available."),

    // under way; the operator carries on by itself
    WaitingForCloud(Phase.PROGRESSING, "The cloud is creating the snapshot."),
    WaitingForClaim(Phase.PROGRESSING, "The claim does not lead to a disk yet; create it, or wait until it is bound."),
    WaitingForBudget(
            Phase.PROGRESSING,
            "The call budget of the connection is used up; the request waits its turn. Raise evs.budget.calls-per-second"
                    + " if the cloud allows more."),
    VerifyingPreviousCreate(
            Phase.PROGRESSING,
            "An earlier order may still be under way; once none can be, the cloud is searched for it and the request goes"
                    + " on."),
    VolumeBusy(Phase.PROGRESSING, "The disk is in a passing state; the snapshot is ordered again when it has ended."),
    CloudUnavailable(Phase.PROGRESSING, "The cloud did not answer as it should; it is asked again."),
    Throttled(Phase.PROGRESSING, "The cloud asks for fewer calls; the whole connection slows down."),
    UnknownState(
            Phase.PROGRESSING,
            "The cloud uses a status word that this version of the operator does not know; it is waited on."),
    RollingBack(Phase.PROGRESSING, "The disk is being rolled back to the snapshot; it cannot be used meanwhile."),
    BackingUp(Phase.PROGRESSING, "A backup is using the snapshot; it is waited on."),
    ReplacingFailedSnapshot(
            Phase.PROGRESSING, "The snapshot ended in error; it is being deleted and will be ordered again."),
    Deleting(Phase.PROGRESSING, "The snapshot is being deleted in the cloud."),
    WaitingToDelete(
            Phase.PROGRESSING,
            "The snapshot is in a passing state in which the cloud deletes nothing; it is deleted afterwards."),
    SnapshotInUse(
            Phase.PROGRESSING,
            "The cloud took the order to delete and then kept the snapshot, so something depends on it; delete the disks"
                    + " made from it as linked clones. The deletion is tried again."),

    // nothing will change until someone edits the spec or repairs the surroundings
    ReadyDeadlineExceeded(
            Phase.STALLED,
            "The snapshot has not become available within spec.readyWithin; it is still watched. If the cloud's console"
                    + " shows it stuck, ask the cloud's support."),
    VolumeNotFound(
            Phase.STALLED,
            "The disk does not exist in the project of this connection; check the id and the project, then create a new"
                    + " request."),
    VolumeAttached(
            Phase.STALLED,
            "The disk is attached and the request does not allow that; detach it, or create a new request with"
                    + " spec.force: true."),
    VolumeUnusable(
            Phase.STALLED,
            "The disk is in a state that does not end by itself; repair it in the cloud. It is tried again now and then."),
    QuotaExceeded(
            Phase.STALLED,
            "A quota of the project, or the number of snapshots of the disk, is used up; delete snapshots or raise the"
                    + " quota. It is tried again now and then."),
    InvalidRequest(
            Phase.STALLED,
            "The cloud will not accept this request as it is; change the spec, or create a new request where the field"
                    + " cannot be changed."),
    NotAuthorized(
            Phase.STALLED,
            "The cloud refuses the operator's credentials or their rights; an administrator must repair them."),
    ConnectionMisconfigured(
            Phase.STALLED,
            "No EVS API answers under the settings of the connection; an administrator must repair endpoint, project,"
                    + " certificates or proxy."),
    Rejected(
            Phase.STALLED,
            "The cloud refused for a reason that this operator does not know; its message is in status.attempts. It is"
                    + " tried again now and then."),
    ConnectionNotSupported(
            Phase.STALLED,
            "spec.connectionRef is not supported yet; create a new request without it to use the operator's own"
                    + " connection."),
    ClaimUnusable(
            Phase.STALLED,
            "The claim does not lead to an EVS disk; create a new request with another claim or a volumeId."),
    ClaimBeingDeleted(
            Phase.STALLED,
            "The claim is being deleted, so its disk is not touched; create a new request for another claim."),
    SnapshotFailed(
            Phase.STALLED,
            "The cloud reports the snapshot as failed; delete the request and apply it again, or use spec.failurePolicy:"
                    + " Replace."),
    SnapshotMissing(
            Phase.STALLED,
            "The snapshot no longer exists in the cloud. It is not created again, because it would hold today's data under"
                    + " yesterday's name; delete this request, and create a new one if you want a new snapshot."),
    DeletingExternally(
            Phase.STALLED,
            "Someone else is deleting the snapshot in the cloud; it is not created again. Delete this request."),
    DeletionFailed(
            Phase.STALLED,
            "The cloud failed to delete the snapshot (error_deleting) and takes no further order for it; ask its support to"
                    + " clear it. To let go without it, set the annotation evs.snapshot-operator.io/abandon: \"true\" on the"
                    + " object being deleted."),
    CreateOutcomeUnknown(
            Phase.STALLED,
            "An order was sent long ago and its outcome is unknown; no snapshot of it can be found, but it may have existed"
                    + " and been lost. Set the annotation evs.snapshot-operator.io/retry-create to any value to order one now."),
    OwnershipMarkerDropped(
            Phase.STALLED,
            "The cloud did not keep the metadata by which the operator knows its snapshots, so no order is repeated on this"
                    + " connection; check whether the endpoint is an EVS or Cinder API."),
    NotOwned(
            Phase.STALLED,
            "The snapshot does not carry this request's marker, so it is not deleted. Set spec.deletionPolicy: Retain or"
                    + " the annotation evs.snapshot-operator.io/abandon: \"true\" to let go of it."),
    LocationMismatch(
            Phase.STALLED,
            "The snapshot lives in another project or at another endpoint than the connection now names; nothing can be said"
                    + " of it. Restore the settings, or set the annotation evs.snapshot-operator.io/abandon: \"true\" when"
                    + " deleting."),
    CreateIntentInvalid(
            Phase.STALLED,
            "The annotation evs.snapshot-operator.io/create-intent was edited and cannot be read, so it is not known whether a"
                    + " snapshot was ordered. Remove the annotation: the cloud is then searched before anything is ordered."),
    ImportNotFound(
            Phase.STALLED,
            "There is no snapshot with this id in the project of the connection; check spec.source.snapshotId. It is looked"
                    + " for now and then."),
    Paused(
            Phase.STALLED,
            "The annotation evs.snapshot-operator.io/paused is set: no order goes to the cloud. Remove it to go on."),

    // only in events
    SnapshotCreateAccepted(Phase.PROGRESSING, "The cloud took the order for the snapshot."),
    SnapshotAdopted(Phase.PROGRESSING, "The snapshot of an earlier order was found by its marker and adopted."),
    DuplicateDeleteAccepted(Phase.PROGRESSING, "A second snapshot of this request was found and is being deleted."),
    SnapshotRetained(Phase.READY, "The object goes, the snapshot stays in the cloud, as spec.deletionPolicy says."),
    SnapshotAbandoned(
            Phase.STALLED, "The object goes, as its annotation asks; what lies in the cloud was left as it is."),
    Expired(Phase.READY, "spec.ttl has passed since the snapshot became ready; the object is deleted.");

    /** What a reason means for the three conditions. */
    public enum Phase {
        /** {@code Ready} true, {@code Reconciling} false, {@code Stalled} false. */
        READY,
        /** {@code Ready} false, {@code Reconciling} true, {@code Stalled} false. */
        PROGRESSING,
        /** {@code Ready} false, {@code Reconciling} false, {@code Stalled} true. */
        STALLED
    }

    private final Phase phase;
    private final String sentence;

    Reason(Phase phase, String sentence) {
        this.phase = phase;
        this.sentence = sentence;
    }

    public Phase phase() {
        return phase;
    }

    /** One stable sentence for people. */
    public String sentence() {
        return sentence;
    }
}
