/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.testing.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchMonitorTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final LogCapture log = LogCapture.of(WatchMonitor.class);
    private Optional<KubernetesClientException> rejection = Optional.empty();
    private boolean watching = true;
    private Instant now = NOON;

    private final WatchMonitor monitor = new WatchMonitor(
            () -> rejection.ifPresent(rejected -> {
                throw rejected;
            }),
            () -> watching,
            (InstantSource) () -> now,
            Duration.ofSeconds(30));

    @AfterEach
    void stopCapture() {
        log.close();
        monitor.close();
    }

    private void checkAfter(int seconds) {
        now = now.plusSeconds(seconds);
        monitor.check();
    }

    private static KubernetesClientException rejection(int code) {
        return code == 0
                ? new KubernetesClientException("no route to host")
                : new KubernetesClientException(new StatusBuilder()
                        .withCode(code)
                        .withMessage("no right")
                        .build());
    }

    @Test
    void isHealthyWhileListsAndWatchesWork() {
        checkAfter(30);
        checkAfter(30);

        assertThat(monitor.isHealthy()).isTrue();
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401, LIST_DENIED",
        "403, LIST_DENIED",
        "404, RESOURCE_DEFINITION_MISSING",
        "429, API_SERVER_UNAVAILABLE",
        "500, API_SERVER_UNAVAILABLE",
        "0, API_SERVER_UNAVAILABLE"
    })
    void warnsOnceWhenListsFail(int code, String reason) {
        rejection = Optional.of(rejection(code));
        checkAfter(30);
        checkAfter(30);
        checkAfter(30);

        assertThat(monitor.isHealthy()).isFalse();
        assertThat(log.lines()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.message()).startsWith("Watch trouble started");
            assertThat(line.values()).containsEntry("reason", reason);
            assertThat(line.values().get("detail")).startsWith("The API server ");
        });
    }

    @Test
    void warnsWhenWatchIsNotEstablishedThoughListsWork() {
        watching = false;
        checkAfter(30);
        checkAfter(30);

        assertThat(monitor.isHealthy()).isFalse();
        assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line.values())
                .containsEntry("reason", "WATCH_NOT_ESTABLISHED"));
    }

    @Test
    void toleratesOneFailedCheck() {
        watching = false;
        checkAfter(30);
        watching = true;
        checkAfter(30);
        watching = false;
        checkAfter(30);

        assertThat(monitor.isHealthy()).isTrue();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void reportsEndWithDurationSinceFirstFailedCheck() {
        rejection = Optional.of(rejection(403));
        checkAfter(30);
        checkAfter(30);
        rejection = Optional.empty();
        checkAfter(30);
        checkAfter(30);

        assertThat(monitor.isHealthy()).isTrue();
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().get(1)).satisfies(line -> {
            assertThat(line.level()).isEqualTo("INFO");
            assertThat(line.message()).isEqualTo("Watch trouble over");
            assertThat(line.values()).containsEntry("reason", "LIST_DENIED").containsEntry("durationMs", "60000");
        });
    }
}
