/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/**
 * A reason of a condition or an event. The list is closed and part of the API: removing or renaming a reason is an API
 * change. {@code docs/reference/conditions.md} gives the meaning of each reason and the action for the user.
 *
 * <p>A sentence says what is true and what to do. Stable facts (ids, limits) may follow it in a message. Facts that
 * differ on every attempt (counters, request ids) must not, because each of them would cause a write.
 */
public enum Reason {
    // what was asked for is there
    SnapshotAvailable(Phase.READY, "The snapshot is available."),

    // under way; the operator carries on by itself
    WaitingForCloud(Phase.PROGRESSING, "The cloud is creating the snapshot. The operator waits for it."),
    WaitingForClaim(
            Phase.PROGRESSING, "The claim does not lead to a volume yet. Create the claim, or wait until it is bound."),
    WaitingForBudget(
            Phase.PROGRESSING,
            "The call budget of the connection is used up, and the request waits for it. Raise"
                    + " evs.budget.calls-per-second if the cloud allows more calls."),
    VerifyingPreviousCreate(
            Phase.PROGRESSING,
            "An earlier create request may still be in progress. The operator waits until its outcome is certain and"
                    + " then continues."),
    VolumeBusy(Phase.PROGRESSING, "The volume is in a transient state. The operator retries automatically."),
    CloudUnavailable(Phase.PROGRESSING, "The cloud did not respond as expected. The operator retries automatically."),
    Throttled(
            Phase.PROGRESSING,
            "The cloud limits the rate of calls. The operator slows down the whole connection and retries."),
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
    SnapshotInUse(
            Phase.PROGRESSING,
            "The cloud accepted the delete request but kept the snapshot, so something depends on it. Delete the"
                    + " volumes that were created from it as linked clones. The operator retries automatically."),

    // nothing will change until someone edits the spec or repairs the surroundings
    ReadyDeadlineExceeded(
            Phase.STALLED,
            "The snapshot has not become available within spec.readyWithin. If the cloud console shows that it is"
                    + " stuck, contact the cloud support. The operator keeps polling it."),
    VolumeNotFound(
            Phase.STALLED,
            "The volume does not exist in the project of this connection. Check the id and the project, then create a"
                    + " new request."),
    VolumeAttached(
            Phase.STALLED,
            "The volume is attached, and the request does not allow that. Detach the volume, or create a new request"
                    + " with spec.force: true."),
    VolumeUnusable(
            Phase.STALLED,
            "The volume is in a state that does not end automatically. Repair it in the cloud. The operator retries"
                    + " at a slow interval."),
    QuotaExceeded(
            Phase.STALLED,
            "A quota of the project is used up, or the volume has the maximum number of snapshots. Delete snapshots"
                    + " or raise the quota. The operator retries at a slow interval."),
    InvalidRequest(
            Phase.STALLED,
            "The request cannot be accepted as it is. Change the spec, or create a new request if the field cannot be"
                    + " changed."),
    NotAuthorized(
            Phase.STALLED,
            "The cloud rejects the operator's credentials, or they lack a right. An administrator must correct the"
                    + " credentials or the rights."),
    ConnectionMisconfigured(
            Phase.STALLED,
            "No EVS API responds under the settings of the connection. An administrator must correct the endpoint,"
                    + " project, certificates or proxy."),
    Rejected(
            Phase.STALLED,
            "The cloud rejected the call for a reason that the operator does not know. Read the cloud's message in"
                    + " status.failedAttempts. The operator retries at a slow interval."),
    ConnectionNotSupported(
            Phase.STALLED,
            "spec.connectionRef is not supported yet. Create a new request without it, to use the operator's own"
                    + " connection."),
    ClaimUnusable(
            Phase.STALLED,
            "The claim does not lead to an EVS volume. Create a new request with another claim or a volumeId."),
    ClaimBeingDeleted(
            Phase.STALLED,
            "The claim is being deleted, so the operator does not use its volume. Create a new request for another"
                    + " claim."),
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
    OwnershipMarkerDropped(
            Phase.STALLED,
            "The cloud did not keep the metadata with the ownership marker, so the operator repeats no create request"
                    + " on this connection. Check whether the endpoint is an EVS or Cinder API."),
    NotOwned(
            Phase.STALLED,
            "The snapshot does not carry this request's ownership marker, so the operator does not delete it. To"
                    + " remove only the object, set spec.deletionPolicy: Retain or the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    LocationMismatch(
            Phase.STALLED,
            "The snapshot is in another project or at another endpoint than the connection names now, so its state is"
                    + " unknown. Restore the settings. To delete the object without them, set the annotation"
                    + " evs.snapshot-operator.io/abandon: \"true\"."),
    CreateIntentInvalid(
            Phase.STALLED,
            "The annotation evs.snapshot-operator.io/create-intent was edited and cannot be read, so it is unknown"
                    + " whether a create request was sent. Remove the annotation. The operator then searches the"
                    + " cloud before it creates anything."),
    ImportNotFound(
            Phase.STALLED,
            "The project of the connection has no snapshot with this id. Check spec.source.snapshotId. The operator"
                    + " searches again at a slow interval."),
    Paused(
            Phase.STALLED,
            "The annotation evs.snapshot-operator.io/paused is set, so the operator sends no create, delete or rename"
                    + " request. Remove the annotation to continue."),

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
    Expired(Phase.READY, "spec.ttl has passed since the snapshot became ready. The operator deletes the object.");

    /** The effect of a reason on the three conditions. */
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

    /** Returns the stable text that begins every message with this reason: the state, then what to do. */
    public String sentence() {
        return sentence;
    }
}
