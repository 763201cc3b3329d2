/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.leader.LeadershipGuard;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.ActionResult.NotSent.Cause;
import io.snapshotoperator.evs.snapshot.RecordedState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Carries out one order: only with the lease, a permit, the disk to itself, the intent written, and for a create a
 * licence. Every "no" on the way means that nothing was sent.
 */
public final class CloudActuator {
    private static final Duration IMMEDIATE_REQUEUE = Duration.ofSeconds(1);

    private final CreateGuard guard;
    private final LeadershipGuard lease;
    private final InstantSource clock;
    private final Duration maxCallDuration;
    private volatile boolean closed;

    /** @param maxCallDuration how long a call may take at most, the margin for clocks included */
    public CloudActuator(CreateGuard guard, LeadershipGuard lease, InstantSource clock, Duration maxCallDuration) {
        this.guard = guard;
        this.lease = lease;
        this.clock = clock;
        this.maxCallDuration = maxCallDuration;
    }

    /** No order leaves from here on; those under way are answered. */
    public void close() {
        closed = true;
    }

    /**
     * Orders a snapshot.
     *
     * @param writeIntent one patch locked to the version that was decided upon; false when that version is no more
     */
    ActionResult create(
            CloudConnection connection,
            RecordedState recorded,
            Action.CreateSnapshot action,
            BooleanSupplier writeIntent) {
        var intent = action.intent();
        return exclusively(connection, intent.volumeId(), Lane.CREATE, () -> {
            if (!writeIntent.getAsBoolean()) {
                return new ActionResult.NotSent(Cause.CONFLICT, IMMEDIATE_REQUEUE);
            }
            var uid = recorded.identity().uid();
            if (!guard.tryAcquire(
                    uid, action.searchStartedAt(), recorded.lastCreateOutcomeIsRecorded(), clock.instant())) {
                return new ActionResult.NotSent(Cause.NO_LICENCE, IMMEDIATE_REQUEUE);
            }
            var definite = false;
            try {
                // Asked again after the write, which may have taken long: an order must not outlive the lease.
                if (!canCompleteWithinLease()) {
                    definite = true;
                    return new ActionResult.NotSent(Cause.NO_LICENCE, IMMEDIATE_REQUEUE);
                }
                var snapshot =
                        connection.call(Optional.of(intent.volumeId()), cloud -> cloud.create(action.snapshot()));
                definite = true;
                if (OwnershipMarker.of(snapshot).isEmpty()) {
                    connection.reportMetadataDropped();
                }
                return new ActionResult.Succeeded(snapshot);
            } catch (CloudException failure) {
                definite = !failure.mayHaveActed();
                return new ActionResult.Failed(failure.details());
            } finally {
                guard.complete(uid, definite, clock.instant());
            }
        });
    }

    /**
     * @param mayStill what must hold, or be written, before a deletion that the object survives: the intent that makes room
     *     for another snapshot, or the recorded id that a surplus lies beside
     */
    ActionResult delete(CloudConnection connection, Action.DeleteSnapshot action, BooleanSupplier mayStill) {
        return exclusively(connection, action.volumeId().orElse(new VolumeId("of-" + action.id())), Lane.DELETE, () -> {
            if (!mayStill.getAsBoolean()) {
                return new ActionResult.NotSent(Cause.CONFLICT, IMMEDIATE_REQUEUE);
            }
            return answer(
                    connection,
                    cloud -> cloud.delete(action.id())
                            ? new ActionResult.DeleteAccepted()
                            : new ActionResult.NotFound());
        });
    }

    ActionResult update(CloudConnection connection, Action.UpdateSnapshot action) {
        return exclusively(
                connection,
                new VolumeId("of-" + action.id()),
                Lane.READ,
                () -> answer(connection, cloud -> cloud.update(action.id(), action.change())
                        .<ActionResult>map(ActionResult.Succeeded::new)
                        .orElseGet(ActionResult.NotFound::new)));
    }

    private ActionResult answer(CloudConnection connection, Function<SnapshotClient, ActionResult> call) {
        try {
            return canCompleteWithinLease()
                    ? connection.call(Optional.empty(), call)
                    : new ActionResult.NotSent(Cause.NO_LICENCE, IMMEDIATE_REQUEUE);
        } catch (CloudException failure) {
            return new ActionResult.Failed(failure.details());
        }
    }

    private boolean canCompleteWithinLease() {
        return !closed && lease.isHeldFor(maxCallDuration);
    }

    /** Orders for one disk go one at a time, because the cloud refuses a disk that is in a passing state. */
    private ActionResult exclusively(
            CloudConnection connection, VolumeId volumeId, Lane lane, Supplier<ActionResult> call) {
        if (!canCompleteWithinLease()) {
            return new ActionResult.NotSent(Cause.NO_LICENCE, IMMEDIATE_REQUEUE);
        }
        if (!connection.tryLock(volumeId)) {
            return new ActionResult.NotSent(Cause.VOLUME_BUSY, IMMEDIATE_REQUEUE);
        }
        try {
            if (connection.tryReserve(lane, Optional.of(volumeId)) instanceof Reservation.Denied denied) {
                return new ActionResult.NotSent(Cause.BUDGET, denied.retryAfter());
            }
            return call.get();
        } finally {
            connection.unlock(volumeId);
        }
    }
}
