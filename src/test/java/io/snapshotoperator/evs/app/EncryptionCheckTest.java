/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.snapshotoperator.evs.testing.LogCapture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncryptionCheckTest {
    private static List<LogCapture.Line> linesOf(Map<String, String> values) {
        var all = new HashMap<>(Map.of(
                "evs.connection.project-name", "eu-de",
                "evs.connection.plain-http", "true",
                "evs.connection.credentials.username", "operator",
                "evs.connection.credentials.password", "hunter2",
                "evs.connection.credentials.domain-name", "OTC-1"));
        all.putAll(values);
        var settings = SettingsReader.read(List.of(new PropertiesConfigSource(all, "test", 500)));
        try (var log = LogCapture.of(EncryptionCheck.class)) {
            SettingsCheck.requireValid(settings);
            EncryptionCheck.warnIfUnencrypted(settings.connection());
            return log.lines();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://evs.example.test, https://iam.example.test, evs.connection.endpoint",
        "https://evs.example.test, http://iam.example.test, evs.connection.iam-endpoint",
        "http://10.0.0.1:8776, HTTP://iam.example.test, evs.connection.endpoint and evs.connection.iam-endpoint"
    })
    void warnsAboutPlainHttpToAnotherMachine(String endpoint, String iam, String keys) {
        assertThat(linesOf(Map.of("evs.connection.endpoint", endpoint, "evs.connection.iam-endpoint", iam)))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.level()).isEqualTo("WARN");
                    assertThat(line.message()).isEqualTo("Credentials are sent unencrypted");
                    assertThat(line.values().get("detail"))
                            .isEqualTo(
                                    "Set " + keys + " to an https:// address, or set evs.connection.simulator=true if"
                                            + " it is the simulator.");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "https://evs.example.test, https://iam.example.test, false",
        "http://localhost:8776, http://127.0.0.1:8776, false",
        "http://[::1]:8776, https://iam.example.test, false",
        "http://simulator:8776, http://simulator:8776, true"
    })
    void isSilentAboutEncryptionLoopbackAndSimulator(String endpoint, String iam, String simulator) {
        assertThat(linesOf(Map.of(
                        "evs.connection.endpoint", endpoint,
                        "evs.connection.iam-endpoint", iam,
                        "evs.connection.simulator", simulator)))
                .isEmpty();
    }

    @Test
    void allowsPlainHttpOfSimulatorWithoutFurtherSetting() {
        assertThat(linesOf(Map.of(
                        "evs.connection.endpoint", "http://simulator:8776",
                        "evs.connection.iam-endpoint", "http://simulator:8776",
                        "evs.connection.plain-http", "false",
                        "evs.connection.simulator", "true")))
                .isEmpty();
    }
}
