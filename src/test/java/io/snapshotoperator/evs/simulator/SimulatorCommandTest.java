/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

/** The command line, up to the settings that it makes. */
class SimulatorCommandTest {

    private static SimulatorSettings settings(String... args) {
        var command = new SimulatorCommand();
        SimulatorCommand.line(command).parseArgs(args);
        return command.settings();
    }

    @Test
    void hasDefaultsThatNeedNoFlag() {
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
    void takesDisksWithEverythingTheyCanHave() {
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
    void takesSwitchesTimesAndProjects() {
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

    @Test
    void saysWhatIsWrongWithADisk() {
        assertThatThrownBy(() -> settings("--disk", "v-1,colour=red"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("colour=red");
    }

    @Test
    void refusesADurationThatIsNone() {
        var line = SimulatorCommand.line(new SimulatorCommand());
        var err = new StringWriter();
        line.setErr(new PrintWriter(err));
        assertThat(line.execute("--latency=soon")).isEqualTo(2);
        assertThat(err.toString()).contains("soon");
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "10s, PT10S", "5m, PT5M", "24h, PT24H", "PT1M30S, PT1M30S"})
    void readsDurations(String text, Duration duration) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }
}
