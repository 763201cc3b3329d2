/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What the operator records on the object before each create request, locked to the object's resource version. After
 * a crash, the operator searches the cloud for the ownership marker with this create id.
 *
 * @param uid the UID of the object to which it was written; the operator ignores an intent with another UID, for
 *     example of a restored object
 * @param at the time of the write
 * @param createId a new id for each create request; the ownership marker of the snapshot contains it
 * @param createCount the number of create requests, including this one; at least 1
 * @param volumeId the volume of the first create request; it stays, so that a claim bound to another volume does not
 *     change where the operator searches
 * @param location the location of the first create request; it stays for the same reason
 * @param replacementAttempt the number of this snapshot among those that {@code failurePolicy: Replace} allows; at
 *     least 1
 * @param replaces the failed snapshot that the operator deletes before it creates the next one
 * @param replacedCreateId the id of the create request of that snapshot; while it equals {@code createId}, the operator
 *     has sent no create request since
 * @param answeredRetryCreate the last value of the annotation {@code retry-create} that caused a create request; the
 *     same value causes no other one
 * @param reconcileRequest the value of the annotation {@code reconcile-requested-at} at the last create request
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record CreateIntent(
        String uid,
        Instant at,
        String createId,
        int createCount,
        VolumeId volumeId,
        CloudLocation location,
        int replacementAttempt,
        Optional<SnapshotId> replaces,
        Optional<String> replacedCreateId,
        Optional<String> answeredRetryCreate,
        Optional<String> reconcileRequest) {

    public CreateIntent {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(at);
        Objects.requireNonNull(createId);
        Objects.requireNonNull(volumeId);
        Objects.requireNonNull(location);
        if (createCount < 1 || replacementAttempt < 1) {
            throw new IllegalArgumentException("create requests and replacement attempts are counted from 1");
        }
    }

    /** Returns the intent of the first create request for an object. */
    public static CreateIntent first(
            ObjectIdentity owner,
            VolumeId volumeId,
            CloudLocation location,
            String createId,
            UserRequests requests,
            Instant now) {
        return CreateIntentBuilder.builder()
                .uid(owner.uid())
                .at(now)
                .createId(createId)
                .createCount(1)
                .volumeId(volumeId)
                .location(location)
                .replacementAttempt(1)
                .answeredRetryCreate(requests.retryCreate())
                .reconcileRequest(requests.reconcileRequest())
                .build();
    }

    /**
     * Returns the intent of another create request for the same object, volume and location. A removed annotation
     * keeps its last value here, so that the same value causes no further create request.
     */
    public CreateIntent nextCreate(String newCreateId, UserRequests requests, Instant now) {
        return CreateIntentBuilder.builder(this)
                .at(now)
                .createId(newCreateId)
                .createCount(createCount + 1)
                .answeredRetryCreate(requests.retryCreate().or(() -> answeredRetryCreate))
                .reconcileRequest(requests.reconcileRequest().or(() -> reconcileRequest))
                .build();
    }

    /**
     * Returns the intent that precedes the deletion of a failed snapshot. With it, the absence of that snapshot does
     * not count as missing.
     *
     * @param failedCreateId the id of the create request of that snapshot
     */
    public CreateIntent forReplacement(SnapshotId failed, String failedCreateId) {
        return CreateIntentBuilder.builder(this)
                .replacementAttempt(replacementAttempt + 1)
                .replaces(failed)
                .replacedCreateId(failedCreateId)
                .build();
    }

    /**
     * Whether the create request of this intent created the snapshot that is replaced, so that its outcome is known.
     */
    public boolean createdTheReplaced() {
        return replacedCreateId.equals(Optional.of(createId));
    }
}
