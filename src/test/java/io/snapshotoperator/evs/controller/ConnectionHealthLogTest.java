/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.testing.LogCapture;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionHealthLogTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final LogCapture log = LogCapture.of(ConnectionHealthLog.class);
    private int changes;
    private final ConnectionHealthLog health =
            new ConnectionHealthLog("default", Duration.ofSeconds(60), () -> changes++);

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_AUTHORIZED, NotAuthorized",
        "THROTTLED, Throttled",
        "TRANSIENT, CloudUnavailable",
        "MISCONFIGURED, ConnectionMisconfigured"
    })
    void warnsOnceWhenTroubleStarts(Kind kind, String reason) {
        health.onFailure(failure(kind), NOON);
        health.onFailure(failure(kind), NOON.plusSeconds(1));
        health.onFailure(failure(kind), NOON.plusSeconds(600));

        assertThat(log.lines()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.message()).isEqualTo("Connection trouble started");
            assertThat(line.values())
                    .containsEntry("connection", "default")
                    .containsEntry("reason", reason)
                    .containsEntry("code", "EVS.1")
                    .containsEntry("requestId", "req-1")
                    .containsEntry(
                            "detail",
                            "Tried to list snapshots but the cloud responded with EVS.1: no. Check the password.");
        });
    }

    @Test
    void reportsEndAfterSuccessWithoutFailureForQuietTime() {
        health.onFailure(failure(Kind.NOT_AUTHORIZED), NOON);
        health.onFailure(failure(Kind.NOT_AUTHORIZED), NOON.plusSeconds(10));
        health.onSuccess(NOON.plusSeconds(69));
        assertThat(log.lines()).hasSize(1);

        health.onSuccess(NOON.plusSeconds(70));
        health.onSuccess(NOON.plusSeconds(71));

        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().get(1)).satisfies(line -> {
            assertThat(line.level()).isEqualTo("INFO");
            assertThat(line.message()).isEqualTo("Connection trouble over");
            assertThat(line.values()).containsEntry("reason", "NotAuthorized").containsEntry("durationMs", "70000");
        });
    }

    @Test
    void warnsAgainWhenTroubleReturns() {
        health.onFailure(failure(Kind.THROTTLED), NOON);
        health.onSuccess(NOON.plusSeconds(60));
        health.onFailure(failure(Kind.THROTTLED), NOON.plusSeconds(61));

        assertThat(log.lines()).extracting(LogCapture.Line::level).containsExactly("WARN", "INFO", "WARN");
    }

    @Test
    void followsKindsOfTroubleSeparately() {
        health.onFailure(failure(Kind.THROTTLED), NOON);
        health.onFailure(failure(Kind.TRANSIENT), NOON.plusSeconds(30));
        health.onSuccess(NOON.plusSeconds(60));

        assertThat(log.lines())
                .extracting(line -> line.level() + " " + line.values().get("reason"))
                .containsExactly("WARN Throttled", "WARN CloudUnavailable", "INFO Throttled");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_AUTHORIZED", "THROTTLED", "TRANSIENT", "MISCONFIGURED"},
            mode = EnumSource.Mode.EXCLUDE)
    void takesFailureOfOneObjectAsSignOfWorkingConnection(Kind kind) {
        health.onFailure(failure(Kind.TRANSIENT), NOON);
        health.onFailure(failure(kind), NOON.plusSeconds(60));

        assertThat(log.lines()).extracting(LogCapture.Line::level).containsExactly("WARN", "INFO");
    }

    private static CloudException failure(Kind kind) {
        var details = CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("list snapshots")
                .code("EVS.1")
                .cloudMessage("no")
                .advice("Check the password.")
                .requestId("req-1");
        return new CloudException((kind == Kind.QUOTA ? details.quotaScope(QuotaScope.PROJECT) : details).build());
    }
}
