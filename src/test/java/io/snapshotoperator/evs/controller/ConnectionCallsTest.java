/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static io.snapshotoperator.evs.controller.Requests.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.testing.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionCallsTest {
    private final ScriptedClient client = new ScriptedClient();
    private final CallBudget budget = CallBudget.unlimited();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = NOON;
    private final ConnectionCalls calls = new ConnectionCalls(
            client,
            budget,
            Duration.ofMinutes(1),
            new ConnectionHealthLog("default", Duration.ofMinutes(1), () -> {}),
            new BudgetMetrics(meters),
            () -> now);

    @Test
    void returnsLocationWhenCallsArePossible() {
        assertThat(calls.checkAccess()).isEqualTo(new CloudAccess.Available(ScriptedClient.HERE));
    }

    @Test
    void returnsFailureWhenLoginFails() {
        var failure = ScriptedClient.failure(Kind.NOT_AUTHORIZED, false);
        client.failWith(failure);

        assertThat(calls.checkAccess()).isEqualTo(new CloudAccess.Unavailable(failure.details()));
    }

    @Test
    void countsDeniedPermitWithItsWait() {
        client.failWith(ScriptedClient.throttled(Duration.ofSeconds(90)));
        failRead();

        calls.tryReserve(Lane.CREATE, "shop", Optional.empty());

        var waits = meters.get("evs.budget.waits")
                .tags("lane", "create", "cause", "paused_by_cloud")
                .timer();
        assertThat(waits.count()).isEqualTo(1);
        assertThat(waits.totalTime(TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void countsTimeInWhichCallsAreThrottled() {
        calls.tryReserveRead();
        client.failWith(ScriptedClient.failure(Kind.THROTTLED, false));
        failRead();
        now = NOON.plusSeconds(30);

        calls.tryReserveRead();

        assertThat(meters.get("evs.cloud.throttled.time").counter().count()).isEqualTo(30);
    }

    @Test
    void slowsBudgetDownWhenCloudThrottles() {
        var before = budget.callsPerSecond(now);
        client.failWith(ScriptedClient.failure(Kind.THROTTLED, true));

        failRead();

        assertThat(budget.callsPerSecond(now)).isLessThan(before);
    }

    @Test
    void suspendsOnlyCreatesOfVolumeWhenItsQuotaIsUsedUp() {
        client.failWith(ScriptedClient.failure(Kind.QUOTA, false));

        failRead();

        assertThat(calls.tryReserve(Lane.CREATE, "shop", Optional.of(VOLUME)))
                .isInstanceOfSatisfying(Reservation.Denied.class, denied -> {
                    assertThat(denied.retryAfter()).isEqualTo(Duration.ofMinutes(1));
                    assertThat(denied.cause()).isEqualTo(Reservation.Denied.Cause.QUOTA_USED_UP);
                });
        assertThat(calls.tryReserve(Lane.CREATE, "shop", Optional.of(new VolumeId("v-2"))))
                .isEqualTo(new Reservation.Granted());
        assertThat(calls.tryReserve(Lane.DELETE, "shop", Optional.of(VOLUME))).isEqualTo(new Reservation.Granted());
    }

    @Test
    void suspendsNoCreateOfSnapshotWhenQuotaOfVolumesIsUsedUp() {
        client.failWith(new CloudException(CloudExceptionDetailsBuilder.builder(
                        ScriptedClient.failure(Kind.QUOTA, false).details())
                .quotaScope(CloudException.QuotaScope.VOLUMES)
                .build()));

        failRead();

        assertThat(calls.tryReserve(Lane.CREATE, "shop", Optional.of(VOLUME))).isEqualTo(new Reservation.Granted());
    }

    @Test
    void allowsCreatesAgainAfterQuotaPause() {
        client.failWith(ScriptedClient.failure(Kind.QUOTA, false));
        failRead();

        now = NOON.plusSeconds(60);

        assertThat(calls.tryReserve(Lane.CREATE, "shop", Optional.of(VOLUME))).isEqualTo(new Reservation.Granted());
    }

    @Test
    void sendsOnlyProbesAfterFiveCallsWithoutResponse() {
        failFiveTimes();

        assertThat(calls.tryReserve(Lane.CREATE, "shop", Optional.of(VOLUME)))
                .isInstanceOfSatisfying(Reservation.Denied.class, denied -> assertThat(denied.cause())
                        .isEqualTo(Reservation.Denied.Cause.CLOUD_UNAVAILABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "NOT_AUTHORIZED", "BUSY"})
    void continuesAfterRejectionBecauseItIsResponse(Kind kind) {
        failFiveTimes();
        client.failWith(ScriptedClient.failure(kind, false));
        failRead();
        now = NOON.plusSeconds(1);

        assertThat(calls.tryReserve(Lane.DELETE, "shop", Optional.of(VOLUME))).isEqualTo(new Reservation.Granted());
    }

    @Test
    void continuesAfterFirstPageOfListBeforeListEnds() {
        failFiveTimes();
        client.succeed();
        client.list();

        calls.read(cloud -> {
            cloud.list(SnapshotFilter.all(), new PageRequest(PageRequest.LARGEST, 0, Optional.empty()));
            assertThat(calls.tryReserveRead()).isEqualTo(new Reservation.Granted());
            return null;
        });
    }

    private void failFiveTimes() {
        client.failWith(ScriptedClient.failure(Kind.TRANSIENT, false));
        IntStream.range(0, 5).forEach(i -> failRead());
    }

    @Test
    void logsFailureOfLoginAndSuccessOfLaterCall() {
        try (var log = LogCapture.of(ConnectionHealthLog.class)) {
            client.failWith(ScriptedClient.failure(Kind.NOT_AUTHORIZED, false));
            calls.checkAccess();
            client.succeed();
            now = NOON.plusSeconds(60);

            calls.read(reads -> reads.read(new SnapshotId("s-1")));

            assertThat(log.lines())
                    .extracting(LogCapture.Line::message)
                    .containsExactly("Connection trouble started", "Connection trouble over");
        }
    }

    private void failRead() {
        assertThatThrownBy(() -> calls.call(Optional.of(VOLUME), reads -> reads.read(new SnapshotId("s-1"))))
                .isInstanceOf(CloudException.class);
    }
}
