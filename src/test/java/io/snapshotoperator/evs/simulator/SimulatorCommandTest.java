/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Option;

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
                "--disk-creation-takes=2m",
                "--disk-appears-after=3s",
                "--disk-quota=4",
                "--security-token=t");
        assertThat(settings.behavior().anyVolume()).isPresent();
        assertThat(settings.timing().snapshotTakes()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.timing().latency()).isEqualTo(Duration.ofMillis(20));
        assertThat(settings.timing().volumeTakes()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.timing().volumeAppearsAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.limits().volumes()).isEqualTo(4);
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
                "--disk-quota=-2 | The number must be at least -1, but is -2.",
                "--disk-creation-takes=soon | A duration must have a form like",
                "--gigabyte-quota=-2 | The number must be at least -1, but is -2.",
                "--any-disk=perhaps | 'perhaps' is not a boolean",
                "--tls-keystore=/no/such/file | There is no file /no/such/file.",
                "--tls-keystore=/ | / must be a PKCS#12 file with a private key and the password of",
                "--tls-keystore-password=secret | It needs --tls-keystore.",
                "--disk=v-1,size=0 | The size of a volume must be from 1 to 32768, but is 0.",
                "--disk=v-1,size=40,size=50 | A volume has size once, but 'v-1,size=40,size=50' names it twice.",
                "--disk=v-1,status=In Use | The status of a volume must be one word of lower-case letters",
                "--disk=v/1 | The id of a volume must contain 1 to 64 letters, digits, dots, hyphens and underscores",
                "--disk=v-1,az= | The az of a volume must contain",
                "--disk=v-1,fault=quota:0 | The count of a fault must be at least 1, but is 0.",
                "--snapshot=s-1,disk=v-1,status= | The status of a snapshot must be one word",
                "--snapshot=s-1,disk=v-1,name= | The name of a snapshot must not be blank.",
                "--snapshot=s-1,disk=v-1,disk=v-2 | A snapshot has each property once",
                "--other-project=p 2=eu-de_x | The id of a project must contain",
                "--project-id= | The id must contain 1 to 64 letters",
                "--region=eu/de | The region must contain lower-case letters, digits and hyphens such as eu-de",
                "--user= | The name must not be blank.",
                "--latency=87601h | A duration must be at most 87600h, but is '87601h'.",
                "--bind-address=no.such.host.invalid | There is no address no.such.host.invalid."
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--disk=v-1;v-1 | There must be only one volume v-1, but there are several.",
                "--snapshot=s-1,disk=v-1;s-1,disk=v-2 | There must be only one snapshot s-1, but there are several.",
                "--other-project=0c2eba2c5af04d3f9e9d0d410b371fde=x | There must be only one project 0c2eba2c5af04d3f9e9d0d410b371fde,",
                "--other-project=p-2=eu-de | There must be only one project eu-de,",
                "--disk=v-1,project=p-2 | The volume v-1 must be in a project of the account, but there is no project p-2."
            })
    void rejectsFlagsThatContradictEachOther(String flag, String sentence) {
        var result = execute(flag);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorLines()).hasSize(2);
        assertThat(result.errorLines().get(0)).contains(sentence);
    }

    @Test
    void listsFaultsInHelp() {
        var help = SimulatorCommand.commandLine().getUsageMessage();
        assertThat(Fault.values()).allSatisfy(fault -> assertThat(help).contains("  " + fault + "\n"));
        assertThat(help).contains("The snapshot becomes error instead of available.");
    }

    @Test
    void namesVariableThatEachFlagReads() {
        var options = SimulatorCommand.commandLine().getCommandSpec().options();
        assertThat(Stream.of(SimulatorCommand.class, VolumeFlags.class)
                        .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                        .filter(field -> field.isAnnotationPresent(Option.class))
                        .map(field ->
                                field.getAnnotation(Option.class).defaultValue().split("[:}]")[1])
                        .toList())
                .containsExactlyInAnyOrderElementsOf(options.stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .map(SimulatorCommand::variableOf)
                        .toList());
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
