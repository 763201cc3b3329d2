/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covers the command line: the settings that it makes, and its errors. */
class SimulatorCommandTest {

    private record Execution(int exitCode, List<String> errorLines) {}

    private static Execution execute(String... args) {
        var err = new StringWriter();
        var exitCode = SimulatorCommand.line(new SimulatorCommand())
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Execution(exitCode, err.toString().lines().toList());
    }

    private static SimulatorSettings settings(String... args) {
        var command = new SimulatorCommand();
        SimulatorCommand.line(command).parseArgs(args);
        return command.settings();
    }

    @Test
    void usesDefaultsWithoutFlags() {
        var settings = settings();
        assertThat(settings.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8776);
        assertThat(settings.volumes()).isEmpty();
        assertThat(settings.behavior().anyVolume()).isEmpty();
        assertThat(settings.timing()).isEqualTo(SimulatorSettings.defaults().timing());
        assertThat(settings.limits()).isEqualTo(SimulatorSettings.defaults().limits());
        assertThat(settings.account()).isEqualTo(SimulatorSettings.defaults().account());
    }

    @Test
    void readsVolumesWithAllProperties() {
        var settings = settings(
                "--disk", "v-1,size=100,status=available,az=eu-de-03,type=SAS,takes=2s,fault=snapshot-ends-in-error",
                "--disk", "v-2");
        assertThat(settings.volumes())
                .containsExactly(
                        Volume.available("v-1")
                                .withSizeGib(100)
                                .withAvailabilityZone("eu-de-03")
                                .withVolumeType("SAS")
                                .withSnapshotTakes(Duration.ofSeconds(2)),
                        Volume.inUse("v-2"));
        assertThat(settings.faults())
                .containsExactly(FaultRule.always(Fault.SNAPSHOT_ENDS_IN_ERROR).ofVolume("v-1"));
    }

    @Test
    void readsSwitchesDurationsAndProjects() {
        var settings = settings(
                "--any-disk",
                "--snapshot-takes=1m",
                "--latency=PT0.02S",
                "--other-project=p-2=eu-de_team1",
                "--snapshot-quota=-1",
                "--security-token=t");
        assertThat(settings.behavior().anyVolume()).isPresent();
        assertThat(settings.timing().snapshotTakes()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.timing().latency()).isEqualTo(Duration.ofMillis(20));
        assertThat(settings.account().projects()).contains(new Project("p-2", "eu-de_team1"));
        assertThat(settings.account().securityToken()).contains("t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--disk=v-1,color=red | A volume has size, status, az, type, takes, project and fault, but not 'color=red'.",
                "--disk=v-1,size | A volume must have properties like size=40, but has 'size'.",
                "--disk=v-1,size=big | The size of a volume must be a number, but is 'big'.",
                "--disk=v-1,takes=soon | A duration must have a form like 500ms, 10s, 5m, 24h or PT10S, but is 'soon'.",
                "--disk=v-1,fault=none | There is no fault 'NONE'.",
                "--disk=v-1,fault=quota:often | The count of a fault must be a number, but is 'often'.",
                "--disk=,size=40 | A volume must have an id, but is ',size=40'.",
                "--snapshot=,disk=v-1 | A snapshot must have an id and a disk=…, but is ',disk=v-1'.",
                "--other-project=p-2 | A project must have the form id=name, but is 'p-2'.",
                "--latency=soon | A duration must have a form like 500ms, 10s, 5m, 24h or PT10S, but is 'soon'.",
                "--latency=PT-1S | A duration must have a form like 500ms, 10s, 5m, 24h or PT10S, but is 'PT-1S'.",
                "--latency=99999999999999999999s | A duration must have a form like",
                "--latency=9999999999999999h | A duration must have a form like",
                "--port=web | 'web' is not an int",
                "--port=65536 | The number must be from 0 to 65535, but is 65536.",
                "--snapshots-per-disk=-1 | The number must be at least 0, but is -1.",
                "--snapshot-quota=-2 | The number must be at least -1, but is -2.",
                "--gigabyte-quota=-2 | The number must be at least -1, but is -2.",
                "--any-disk=perhaps | 'perhaps' is not a boolean",
                "--tls-keystore=/no/such/file | There is no file /no/such/file."
            })
    void rejectsInvalidFlagValueWithSentence(String flag, String sentence) {
        var result = execute(flag);
        var option = flag.substring(0, flag.indexOf('='));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorLines()).hasSize(2);
        assertThat(result.errorLines().get(0))
                .startsWith("Invalid value for option '" + option + "': ")
                .contains(sentence);
        assertThat(result.errorLines().get(1)).isEqualTo("The flag --help lists all flags.");
    }

    @Test
    void reportsAddressInUseWithoutStackTrace() {
        try (var other = EvsSimulator.start()) {
            var port = other.endpoint().getPort();
            var result = execute("--port=" + port);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.errorLines())
                    .containsExactly("Cannot listen on 127.0.0.1, port " + port + ": Address already in use.");
        }
    }

    @Test
    void ignoresBlankValuesOfRepeatableFlags() {
        var settings = settings("--disk=", "--snapshot=", "--other-project=");
        assertThat(settings.volumes()).isEmpty();
        assertThat(settings.snapshots()).isEmpty();
        assertThat(settings.account().projects()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "10s, PT10S", "5m, PT5M", "24h, PT24H", "PT1M30S, PT1M30S"})
    void readsDurations(String text, Duration duration) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }
}
