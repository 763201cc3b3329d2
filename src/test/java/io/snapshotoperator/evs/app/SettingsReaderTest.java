/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smallrye.config.PropertiesConfigSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {
    private static final Map<String, String> VALID = Map.of(
            "evs.connection.region", "eu-de",
            "evs.connection.credentials.directory", "/etc/credentials");

    private static Settings read(Map<String, String> values) {
        var all = new HashMap<>(VALID);
        all.putAll(values);
        return SettingsReader.read(List.of(new PropertiesConfigSource(all, "test", 500)));
    }

    @Test
    void readsValuesAndDefaults() {
        var settings = read(Map.of("evs.poll.interval", "500ms"));

        assertThat(settings.poll().interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.create().settleTime()).isEqualTo(Duration.ofSeconds(60));
        assertThatCode(() -> SettingsCheck.requireValid(settings)).doesNotThrowAnyException();
    }

    @Test
    void namesKeyAndValueOfEveryUnreadableSetting() {
        assertThatExceptionOfType(UnusableSettingsException.class)
                .isThrownBy(() -> read(Map.of("evs.poll.interval", "often", "evs.budget.burst", "many")))
                .withMessageStartingWith("2 settings cannot be used: ")
                .withMessageContaining("evs.poll.interval has the unusable value \"often\": ")
                .withMessageContaining("evs.budget.burst has the unusable value \"many\": ")
                .withMessageNotContaining("Exception")
                .withMessageNotContaining("SRCFG");
    }

    @Test
    void namesUnknownKey() {
        assertThatExceptionOfType(UnusableSettingsException.class)
                .isThrownBy(() -> read(Map.of("evs.connection.regoin", "eu-de")))
                .withMessageContaining("evs.connection.regoin")
                .withMessageNotContaining("SRCFG");
    }

    @Test
    void namesEverySettingThatFailsCheck() {
        var settings = read(Map.of(
                "evs.connection.family", "classic",
                "evs.connection.endpoint", "evs.example.com",
                "evs.budget.burst", "0",
                "evs.budget.calls-per-second", "0",
                "evs.create.settle-time", "20s",
                "evs.leader-election.lease-duration", "35s"));

        assertThatExceptionOfType(UnusableSettingsException.class)
                .isThrownBy(() -> SettingsCheck.requireValid(settings))
                .withMessageStartingWith("6 settings cannot be used: ")
                .withMessageContainingAll(
                        "evs.connection.family must be native or cinder",
                        "evs.connection.endpoint",
                        "evs.budget.burst must be at least 1",
                        "evs.budget.calls-per-second must be greater than 0",
                        "evs.create.settle-time (PT20S) must be longer",
                        "evs.leader-election.lease-duration (PT35S) must be longer");
    }

    @Test
    void namesMissingCredentialsWithoutTheirValues() {
        var settings = SettingsReader.read(List.of(new PropertiesConfigSource(
                Map.of(
                        "evs.connection.region", "eu-de",
                        "evs.connection.credentials.username", "somebody",
                        "evs.connection.credentials.domain-name", "OTC-EU-DE-1"),
                "test",
                500)));

        assertThatExceptionOfType(UnusableSettingsException.class)
                .isThrownBy(() -> SettingsCheck.requireValid(settings))
                .withMessage("A setting cannot be used: evs.connection.credentials.password is missing.");
    }

    @Test
    void acceptsShortLeaseWithoutLeaderElection() {
        var settings = read(Map.of("evs.leader-election.enabled", "false", "evs.leader-election.lease-duration", "1s"));

        assertThatCode(() -> SettingsCheck.requireValid(settings)).doesNotThrowAnyException();
    }
}
