/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The note written to the object before each order to create, locked to the object's version. A crash from here on is
 * healed by looking for the marker.
 *
 * @param uid UID of the object it was written to; an intent that names another is nothing (a restored object)
 * @param at when it was written
 * @param orderId fresh for each order; the snapshot's marker carries it
 * @param orders how many orders to create were intended so far, this one included; at least 1
 * @param volumeId the disk as resolved for the first order, and kept: a claim bound anew must not send a search elsewhere
 * @param place where the first order went, kept likewise
 * @param attempt which of the snapshots that {@code failurePolicy: Replace} allows this one is; at least 1
 * @param replaces the failed snapshot that is being deleted to make room for the next one
 * @param replacedOrder the order that made that snapshot; as long as it is {@code orderId}, nothing was ordered since
 * @param answered value of the annotation {@code order-new} that has been answered; the same never orders twice
 * @param lookRequested value of the annotation {@code reconcile-requested-at} when the order was made
 */
public record CreateIntent(
        String uid,
        Instant at,
        String orderId,
        int orders,
        VolumeId volumeId,
        CloudLocation place,
        int attempt,
        Optional<SnapshotId> replaces,
        Optional<String> replacedOrder,
        Optional<String> answered,
        Optional<String> lookRequested) {

    public CreateIntent {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(at);
        Objects.requireNonNull(orderId);
        Objects.requireNonNull(volumeId);
        Objects.requireNonNull(place);
        if (orders < 1 || attempt < 1) {
            throw new IllegalArgumentException("orders and attempts are counted from 1");
        }
    }

    /** The first order of an object. */
    public static CreateIntent first(
            ObjectIdentity owner,
            VolumeId volumeId,
            CloudLocation place,
            String orderId,
            DesiredSnapshot wish,
            Instant now) {
        return new CreateIntent(
                owner.uid(),
                now,
                orderId,
                1,
                volumeId,
                place,
                1,
                Optional.empty(),
                Optional.empty(),
                wish.orderNew(),
                wish.lookRequested());
    }

    /**
     * Another order for the same object, at the same disk in the same place. What people asked for by annotation stays
     * answered when the annotation is taken off: put back with the same value it asks for nothing new.
     */
    public CreateIntent nextCreate(String freshOrderId, DesiredSnapshot wish, Instant now) {
        return new CreateIntent(
                uid,
                now,
                freshOrderId,
                orders + 1,
                volumeId,
                place,
                attempt,
                replaces,
                replacedOrder,
                wish.orderNew().or(() -> answered),
                wish.lookRequested().or(() -> lookRequested));
    }

    /**
     * The failed snapshot is about to be deleted; its absence will then not be a loss.
     *
     * @param failedOrder the order that made it
     */
    public CreateIntent forReplacement(SnapshotId failed, String failedOrder) {
        return new CreateIntent(
                uid,
                at,
                orderId,
                orders,
                volumeId,
                place,
                attempt + 1,
                Optional.of(failed),
                Optional.of(failedOrder),
                answered,
                lookRequested);
    }

    /** Whether the order that this intent names made the snapshot that is being replaced: its outcome is known. */
    boolean createdTheReplaced() {
        return replacedOrder.equals(Optional.of(orderId));
    }
}
