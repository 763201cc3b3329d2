/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/**
 * The reasons that every kind needs: connection and credentials, call budget, volume and claim, create intent, pause.
 */
public enum CommonReason implements Reason {
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
    VolumeBusy(
            Phase.PROGRESSING,
            RetryMode.SLOW_BACKOFF,
            "The volume is in a transient state. The operator retries automatically."),
    CloudUnavailable(Phase.PROGRESSING, "The cloud did not respond as expected. The operator retries automatically."),
    Throttled(
            Phase.PROGRESSING,
            RetryMode.SLOW_BACKOFF,
            "The cloud limits the rate of calls. The operator slows down the whole connection and retries."),
    VolumeNotFound(
            Phase.STALLED,
            RetryMode.ON_SPEC_CHANGE,
            "The volume does not exist in the project of this connection. Check the id and the project, then create a"
                    + " new request."),
    VolumeAttached(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "The volume is attached, and the request does not allow that. Detach the volume, or create a new request"
                    + " with spec.force: true."),
    VolumeUnusable(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "The volume is in a state that does not end automatically. The operator retries at a slow interval.",
            "Repair it in the cloud."),
    QuotaExceeded(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "A quota of the project is used up, or the volume has the maximum number of snapshots. The operator retries"
                    + " at a slow interval.",
            "Delete snapshots or raise the quota."),
    InvalidRequest(
            Phase.STALLED,
            RetryMode.ON_SPEC_CHANGE,
            "The request cannot be accepted as it is.",
            "Change the spec, or create a new request if the field cannot be changed."),
    NotAuthorized(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "The cloud rejects the operator's credentials, or they lack a right.",
            "An administrator must correct the credentials or the rights."),
    ConnectionMisconfigured(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "No EVS API responds under the settings of the connection.",
            "An administrator must correct the endpoint, project, certificates or proxy."),
    Rejected(
            Phase.STALLED,
            RetryMode.MAX_BACKOFF,
            "The cloud rejected the call for a reason that the operator does not know. The operator retries at a slow"
                    + " interval.",
            "Read the cloud's message in status.failedAttempts."),
    ConnectionNotFound(
            Phase.PROGRESSING,
            "The EvsConnection that the request names cannot be found in this namespace. Create it, or create a new"
                    + " request that names another one."),
    ConnectionNotReady(
            Phase.PROGRESSING,
            "The EvsConnection of the request is not ready. Correct what it reports; the operator continues"
                    + " automatically. A request that is being deleted can also be released with the annotation"
                    + " evs.snapshot-operator.io/abandon, which leaves its snapshot in the cloud."),
    NamespaceNotServed(
            Phase.STALLED,
            "There is no connection for this request. Create an EvsConnection with the name default in this namespace,"
                    + " or ask the administrator of the operator to list the namespace for the operator's own"
                    + " connection (evs.connection.namespaces)."),
    SourceNotAllowed(
            Phase.STALLED,
            "The administrator of the operator does not allow this source over the operator's own connection. Name a"
                    + " claim of this namespace, or use an EvsConnection with credentials of your own."),
    ClaimUnusable(
            Phase.STALLED,
            "The claim does not lead to an EVS volume. Create a new request with another claim or a volumeId."),
    ClaimChanged(
            Phase.STALLED,
            "The claim leads to another volume than an earlier create request, so the operator creates nothing. Create"
                    + " a new request for the volume that you need. Or remove the annotation"
                    + " evs.snapshot-operator.io/create-intent; the operator then searches the whole project before it"
                    + " creates a snapshot of the claim's volume."),
    ClaimBeingDeleted(
            Phase.STALLED,
            "The claim is being deleted, so the operator does not use its volume. Create a new request for another"
                    + " claim."),
    OwnershipMarkerDropped(
            Phase.STALLED,
            "The cloud did not keep the metadata with the ownership marker, so the operator repeats no create request"
                    + " on this connection. Check whether the endpoint is an EVS or Cinder API."),
    UpdateRejected(
            Phase.STALLED,
            "The API server rejected a change of the annotations or finalizers of this object that the operator must make"
                    + " first, so the operator did nothing. Correct what the rejection names. The operator retries at a"
                    + " slow interval."),
    RemovedDuringCreate(
            Phase.STALLED,
            "The object was removed while its create request was in progress, although it had the finalizer. The operator"
                    + " deletes nothing for an object that does not exist. Delete what is left if you do not need it."),
    CreateIntentInvalid(
            Phase.STALLED,
            "The annotation evs.snapshot-operator.io/create-intent was edited and cannot be read, so it is unknown"
                    + " whether a create request was sent. Remove the annotation. The operator then searches the"
                    + " cloud before it creates anything."),
    Paused(
            Phase.PAUSED,
            "The annotation evs.snapshot-operator.io/paused is set, so the operator sends no create, delete or rename"
                    + " request. Remove the annotation to continue.");

    private final Phase phase;
    private final RetryMode retryMode;
    private final String sentence;
    private final String fact;

    CommonReason(Phase phase, String sentence) {
        this(phase, RetryMode.BACKOFF, sentence);
    }

    CommonReason(Phase phase, RetryMode retryMode, String sentence) {
        this(phase, retryMode, sentence, "");
    }

    CommonReason(Phase phase, RetryMode retryMode, String fact, String advice) {
        this.phase = phase;
        this.retryMode = retryMode;
        this.fact = fact;
        this.sentence = advice.isEmpty() ? fact : fact + " " + advice;
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
