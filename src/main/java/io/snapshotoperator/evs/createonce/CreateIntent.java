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
 * The note written to the object before each order to create, locked to the object's version. A crash from here on is
 * healed by looking for the marker.
 *
 * @param uid UID of the object it was written to; an intent that names another is nothing (a restored object)
 * @param at when it was written
 * @param createId fresh for each order; the snapshot's marker carries it
 * @param createCount how many orders to create were intended so far, this one included; at least 1
 * @param volumeId the disk as resolved for the first order, and kept: a claim bound anew must not send a search elsewhere
 * @param location where the first order went, kept likewise
 * @param replacementAttempt which of the snapshots that {@code failurePolicy: Replace} allows this one is; at least 1
 * @param replaces the failed snapshot that is being deleted to make room for the next one
 * @param replacedCreateId the order that made that snapshot; as long as it is {@code orderId}, nothing was ordered since
 * @param answeredRetryCreate value of the annotation {@code order-new} that has been answered; the same never orders twice
 * @param reconcileRequest value of the annotation {@code reconcile-requested-at} when the order was made
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
            throw new IllegalArgumentException("orders and attempts are counted from 1");
        }
    }

    /** The first order of an object. */
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
     * Another order for the same object, at the same disk in the same place. What people asked for by annotation stays
     * answered when the annotation is taken off: put back with the same value it asks for nothing new.
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
     * The failed snapshot is about to be deleted; its absence will then not be a loss.
     *
     * @param failedCreateId the order that made it
     */
    public CreateIntent forReplacement(SnapshotId failed, String failedCreateId) {
        return CreateIntentBuilder.builder(this)
                .replacementAttempt(replacementAttempt + 1)
                .replaces(failed)
                .replacedCreateId(failedCreateId)
                .build();
    }

    /** Whether the order that this intent names made the snapshot that is being replaced: its outcome is known. */
    public boolean createdTheReplaced() {
        return replacedCreateId.equals(Optional.of(createId));
    }
}
