/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.poll.CloudReads;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** Sends the calls of one connection within its budget, and slows the budget down when the cloud asks for it. */
final class ConnectionCalls implements CloudReads {
    /** For the calls of the poller. No namespace has this name. */
    static final String ALL_NAMESPACES = "";

    private final CloudClient client;
    private final CallBudget budget;
    private final Duration quotaPause;
    private final ConnectionHealthLog health;
    private final BudgetMetrics metrics;
    private final InstantSource clock;

    ConnectionCalls(
            CloudClient client,
            CallBudget budget,
            Duration quotaPause,
            ConnectionHealthLog health,
            BudgetMetrics metrics,
            InstantSource clock) {
        this.client = new ListObserver(client, budget::onResponse);
        this.budget = budget;
        this.quotaPause = quotaPause;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
    }

    boolean isTroubled() {
        return health.isTroubled();
    }

    CloudAccess checkAccess() {
        try {
            return new CloudAccess.Available(client.authenticate());
        } catch (CloudException failure) {
            health.onFailure(failure, clock.instant());
            return new CloudAccess.Unavailable(failure.details());
        }
    }

    Reservation tryReserve(Lane lane, String namespace, Optional<VolumeId> volumeId) {
        var reservation = budget.reserve(lane, namespace, volumeId, clock.instant());
        if (reservation instanceof Reservation.Denied denied) {
            metrics.denied(lane, denied);
        }
        metrics.throttled(budget.takeThrottledTime());
        return reservation;
    }

    <T> T call(Optional<VolumeId> volumeId, Function<CloudClient, T> call) {
        try {
            var result = call.apply(client);
            health.onSuccess(clock.instant());
            budget.onResponse();
            return result;
        } catch (CloudException failure) {
            health.onFailure(failure, clock.instant());
            if (failure.kind() == Kind.TRANSIENT) {
                budget.onNoResponse(clock.instant());
            } else {
                budget.onResponse();
            }
            if (failure.kind() == Kind.THROTTLED) {
                budget.onThrottled(failure.details().retryAfter(), clock.instant());
            }
            failure.details().quotaScope().ifPresent(scope -> suspendCreates(scope, volumeId));
            throw failure;
        }
    }

    private void suspendCreates(QuotaScope scope, Optional<VolumeId> volumeId) {
        var until = clock.instant().plus(quotaPause);
        switch (scope) {
            case VOLUME -> budget.suspendCreates(volumeId, until);
            case PROJECT -> budget.suspendCreates(Optional.empty(), until);
            // A snapshot may fit although a volume does not.
            case VOLUMES -> {}
        }
    }

    @Override
    public Reservation tryReserveRead() {
        return tryReserve(Lane.POLL, ALL_NAMESPACES, Optional.empty());
    }

    @Override
    public <T> T read(Function<CloudClient, T> reads) {
        return call(Optional.empty(), reads);
    }
}
