/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.LockKey;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.leader.LeadershipGuard;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.ActionResult.NotSent.Cause;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends the mutating calls. A call needs the Lease, the lock of its volume or snapshot, a permit, and the write that must
 * precede it; a create request also needs the create guard. If one of them is missing, nothing is sent.
 */
public final class CloudActuator {
    private final CreateGuard guard;
    private final LeadershipGuard lease;
    private final InstantSource clock;
    private final Duration maxCallDuration;
    private volatile boolean closed;

    /** @param maxCallDuration the longest time that a call can take, including the difference between clocks */
    public CloudActuator(CreateGuard guard, LeadershipGuard lease, InstantSource clock, Duration maxCallDuration) {
        this.guard = guard;
        this.lease = lease;
        this.clock = clock;
        this.maxCallDuration = maxCallDuration;
    }

    /** Sends no further call. Calls in flight end normally. */
    public void close() {
        closed = true;
    }

    /**
     * Sends a create request.
     *
     * @param writeIntent writes the create intent, locked to the resource version of the decision; returns false if the
     *     object has changed since
     */
    CreateResult create(
            CloudConnection connection,
            RecordedState recorded,
            Action.CreateSnapshot action,
            BooleanSupplier writeIntent) {
        var key = new LockKey.OfVolume(action.intent().volumeId());
        return exclusively(connection, key, Lane.CREATE, Optional.empty(), notSent -> notSent, () -> {
            if (!writeIntent.getAsBoolean()) {
                return notSent(Cause.CONFLICT);
            }
            var uid = recorded.identity().uid();
            return guard.tryAcquire(
                            uid, action.searchStartedAt(), recorded.lastCreateOutcomeIsRecorded(), clock.instant())
                    ? sendCreate(connection, uid, action)
                    : notSent(Cause.PRIOR_CREATE_UNRESOLVED);
        });
    }

    private CreateResult sendCreate(CloudConnection connection, String uid, Action.CreateSnapshot action) {
        var definite = false;
        try {
            // Checked again, because the write of the intent can take long: a create request must not outlive the
            // Lease.
            var obstacle = findObstacle();
            if (obstacle.isPresent()) {
                definite = true;
                return obstacle.get();
            }
            var snapshot = connection.call(
                    Optional.of(action.intent().volumeId()), client -> client.create(action.snapshot()));
            if (!action.snapshot().isAnsweredBy(snapshot)) {
                return new ActionResult.Failed(unfittingResponse(action));
            }
            definite = true;
            return new CreateResult.Created(snapshot);
        } catch (CloudException failure) {
            definite = !failure.mayHaveActed();
            return new ActionResult.Failed(failure.details());
        } finally {
            guard.complete(uid, definite, clock.instant());
        }
    }

    /** The cloud may have created the snapshot that was requested, and described another one. */
    private static CloudException.Details unfittingResponse(Action.CreateSnapshot action) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(CloudException.Kind.TRANSIENT)
                .operation("create a snapshot of volume " + action.snapshot().volumeId())
                .cloudMessage("the response describes another snapshot than the requested one")
                .advice("The operator searches for the requested snapshot by its ownership marker.")
                .mayHaveActed(true)
                .build();
    }

    /**
     * Sends a delete request. Uses the permit that the object has kept, if there is one.
     *
     * @param uid the UID of the object
     * @param confirm checks what must precede the request: that the recorded snapshot of a duplicate is still recorded;
     *     returns false if the object has changed since
     */
    DeleteResult delete(CloudConnection connection, String uid, Action.DeleteSnapshot action, BooleanSupplier confirm) {
        return exclusively(connection, lockOf(action), Lane.DELETE, Optional.of(uid), notSent -> notSent, () -> {
            if (!confirm.getAsBoolean()) {
                return notSent(Cause.CONFLICT);
            }
            var obstacle = findObstacle();
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
            try {
                return connection.call(Optional.empty(), client -> client.delete(action.id()))
                        ? new DeleteResult.Accepted()
                        : new DeleteResult.NotFound();
            } catch (CloudException failure) {
                return new ActionResult.Failed(failure.details());
            }
        });
    }

    private static LockKey lockOf(Action.DeleteSnapshot action) {
        return action.volumeId()
                .<LockKey>map(LockKey.OfVolume::new)
                .orElseGet(() -> new LockKey.OfSnapshot(action.id()));
    }

    /** Sends a change of name or description. */
    UpdateResult update(CloudConnection connection, Action.UpdateSnapshot action) {
        var key = new LockKey.OfSnapshot(action.id());
        return exclusively(connection, key, Lane.DELETE, Optional.empty(), notSent -> notSent, () -> {
            try {
                return connection
                        .call(Optional.empty(), client -> client.update(action.id(), action.change()))
                        .<UpdateResult>map(UpdateResult.Updated::new)
                        .orElseGet(UpdateResult.NotFound::new);
            } catch (CloudException failure) {
                return new ActionResult.Failed(failure.details());
            }
        });
    }

    /** Returns why no call may start now; empty if a call may start. */
    private Optional<ActionResult.NotSent> findObstacle() {
        if (closed) {
            return Optional.of(notSent(Cause.STOPPING));
        }
        return lease.isHeldFor(maxCallDuration) ? Optional.empty() : Optional.of(notSent(Cause.LEASE_TOO_SHORT));
    }

    /**
     * Sends one mutating call per key at a time, because the cloud rejects calls for a volume in a transient state.
     *
     * @param keeper the UID of the object that can have kept a permit for the call
     */
    private <R> R exclusively(
            CloudConnection connection,
            LockKey key,
            Lane lane,
            Optional<String> keeper,
            Function<ActionResult.NotSent, R> onNotSent,
            Supplier<R> call) {
        var obstacle = findObstacle();
        if (obstacle.isPresent()) {
            return onNotSent.apply(obstacle.get());
        }
        if (!connection.tryLock(key)) {
            return onNotSent.apply(notSent(Cause.VOLUME_BUSY));
        }
        try {
            var reserved = keeper.filter(uid -> connection.keptPermits().take(uid, clock.instant()));
            var denial = reserved.isPresent()
                    ? Permits.tryEnterReserved(connection, lane)
                    : Permits.tryEnter(connection, lane, key.volumeId());
            if (denial.isPresent()) {
                return onNotSent.apply(ActionResult.NotSent.denied(denial.get()));
            }
            try {
                return call.get();
            } finally {
                connection.leave(lane);
            }
        } finally {
            connection.unlock(key);
        }
    }

    private static ActionResult.NotSent notSent(Cause cause) {
        return new ActionResult.NotSent(cause, RetryPolicy.IMMEDIATE_REQUEUE);
    }
}
