/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.createonce.CallObstacle;
import io.snapshotoperator.evs.createonce.CallObstacle.Cause;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.leader.LeadershipGuard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Sends the mutating calls of all kinds. A call needs the Lease, the lock of what it changes, a permit, and the write that must
 * precede it; a create request also needs the create guard. If one of them is missing, nothing is sent.
 */
public final class MutatingCalls {
    private final CreateGuard guard;
    private final LeadershipGuard lease;
    private final InstantSource clock;
    private final Duration maxCallDuration;
    private volatile boolean closed;

    /** @param maxCallDuration the longest time that a call can take, including the difference between clocks */
    public MutatingCalls(CreateGuard guard, LeadershipGuard lease, InstantSource clock, Duration maxCallDuration) {
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
     * What a call changes, and which permits it needs.
     *
     * @param quotaOf the volume whose creates wait if the cloud reports that its quota is used up
     * @param keeper the UID of the object that can have kept a permit for the call
     */
    public record Call(LockKey key, Lane lane, Optional<VolumeId> quotaOf, Optional<String> keeper) {}

    /**
     * The object for which something is created.
     *
     * @param searchStartedAt the start of the search that found nothing; empty for the first create request
     * @param outcomeRecorded whether the object records the outcome of its last create request
     */
    public record Creation(String uid, Optional<Instant> searchStartedAt, boolean outcomeRecorded) {}

    /**
     * Sends a create request.
     *
     * @param writeIntent writes the create intent, locked to the resource version of the decision; returns false if the
     *     object has changed since
     * @param isComplete whether nothing can appear later that a search would not find now. It can if the cloud has only accepted a job
     * @param unfitting returns the failure, if the response describes something else than what was requested. The cloud may then
     *     have created both
     */
    public <T> CallResult<T> create(
            CloudConnection connection,
            Call call,
            Creation creation,
            BooleanSupplier writeIntent,
            Function<CloudClient, T> send,
            Predicate<T> isComplete,
            Function<T, Optional<CloudException.Details>> unfitting) {
        return exclusively(connection, call, () -> {
            if (!writeIntent.getAsBoolean()) {
                return notSent(Cause.CONFLICT);
            }
            return guard.tryAcquire(
                            creation.uid(), creation.searchStartedAt(), creation.outcomeRecorded(), clock.instant())
                    ? sendCreate(connection, call, creation.uid(), send, isComplete, unfitting)
                    : notSent(Cause.PRIOR_CREATE_UNRESOLVED);
        });
    }

    private <T> CallResult<T> sendCreate(
            CloudConnection connection,
            Call call,
            String uid,
            Function<CloudClient, T> send,
            Predicate<T> isComplete,
            Function<T, Optional<CloudException.Details>> unfitting) {
        var definite = false;
        try {
            // Checked again, because the write of the intent can take long: a create request must not outlive the
            // Lease.
            var obstacle = findObstacle();
            if (obstacle.isPresent()) {
                definite = true;
                return new CallResult.NotSent<>(obstacle.get());
            }
            var answer = connection.call(call.quotaOf(), send);
            var mismatch = unfitting.apply(answer);
            if (mismatch.isPresent()) {
                return new CallResult.Failed<>(mismatch.get());
            }
            definite = isComplete.test(answer);
            return new CallResult.Answered<>(answer);
        } catch (CloudException failure) {
            definite = !failure.mayHaveActed();
            return new CallResult.Failed<>(failure.details());
        } finally {
            guard.complete(uid, definite, clock.instant());
        }
    }

    /**
     * Sends another mutating call.
     *
     * @param confirm checks what must precede the call; returns false if the object has changed since the decision
     */
    public <T> CallResult<T> send(
            CloudConnection connection, Call call, BooleanSupplier confirm, Function<CloudClient, T> send) {
        return exclusively(connection, call, () -> {
            if (!confirm.getAsBoolean()) {
                return notSent(Cause.CONFLICT);
            }
            var obstacle = findObstacle();
            if (obstacle.isPresent()) {
                return new CallResult.NotSent<>(obstacle.get());
            }
            try {
                return new CallResult.Answered<>(connection.call(call.quotaOf(), send));
            } catch (CloudException failure) {
                return new CallResult.Failed<>(failure.details());
            }
        });
    }

    /** Returns why no call may start now; empty if a call may start. */
    private Optional<CallObstacle> findObstacle() {
        if (closed) {
            return Optional.of(obstacle(Cause.STOPPING));
        }
        return lease.isHeldFor(maxCallDuration) ? Optional.empty() : Optional.of(obstacle(Cause.LEASE_TOO_SHORT));
    }

    /** Sends one mutating call per key at a time, because the cloud rejects calls for a volume in a transient state. */
    private <T> CallResult<T> exclusively(CloudConnection connection, Call call, Supplier<CallResult<T>> send) {
        var obstacle = findObstacle();
        if (obstacle.isPresent()) {
            return new CallResult.NotSent<>(obstacle.get());
        }
        if (!connection.tryLock(call.key())) {
            return notSent(Cause.VOLUME_BUSY);
        }
        try {
            var reserved = call.keeper().filter(uid -> connection.keptPermits().take(uid, clock.instant()));
            var denial = reserved.isPresent()
                    ? Permits.tryEnterReserved(connection, call.lane())
                    : Permits.tryEnter(connection, call.lane(), call.key().volumeId());
            if (denial.isPresent()) {
                return new CallResult.NotSent<>(CallObstacle.denied(denial.get()));
            }
            try {
                return send.get();
            } finally {
                connection.leave(call.lane());
            }
        } finally {
            connection.unlock(call.key());
        }
    }

    private static <T> CallResult<T> notSent(Cause cause) {
        return new CallResult.NotSent<>(obstacle(cause));
    }

    private static CallObstacle obstacle(Cause cause) {
        return new CallObstacle(cause, RetryPolicy.IMMEDIATE_REQUEUE);
    }
}
