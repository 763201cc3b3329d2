/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a simulator until it is told to stop. Every flag has an environment variable of the same name; secrets belong there,
 * because others can see a process's flags.
 */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        showDefaultValues = false,
        description = "Simulates EVS and IAM: a cloud to try the operator with, without an account.",
        footer = "Durations: 500ms, 10s, 5m, 24h or PT10S. Each flag can be given as an environment variable instead:"
                + " EVS_SIMULATOR_ and the flag in capitals, _ for -; --disk, --snapshot and --other-project are"
                + " _DISKS, _SNAPSHOTS and _OTHER_PROJECTS, separated by semicolons.")
public final class SimulatorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--port", defaultValue = "${env:EVS_SIMULATOR_PORT:-8776}", description = "0: any free (8776)")
    private int port;

    @Option(
            names = "--bind-address",
            defaultValue = "${env:EVS_SIMULATOR_BIND_ADDRESS:-127.0.0.1}",
            description = "0.0.0.0: all (127.0.0.1)")
    private String bindAddress;

    @Option(
            names = "--project-id",
            defaultValue = "${env:EVS_SIMULATOR_PROJECT_ID:-0c2eba2c5af04d3f9e9d0d410b371fde}",
            description = "(0c2eba2c5af04d3f9e9d0d410b371fde)")
    private String projectId;

    @Option(
            names = "--project-name",
            defaultValue = "${env:EVS_SIMULATOR_PROJECT_NAME:-eu-de}",
            description = "(eu-de)")
    private String projectName;

    @Option(
            names = "--other-project",
            split = ";",
            defaultValue = "${env:EVS_SIMULATOR_OTHER_PROJECTS}",
            paramLabel = "id=name",
            description = "a further project of the same account; repeatable")
    private List<String> otherProjects = List.of();

    @Option(
            names = "--domain",
            defaultValue = "${env:EVS_SIMULATOR_DOMAIN:-simulated-account}",
            description = "the account's name (simulated-account)")
    private String domain;

    @Option(
            names = "--user",
            defaultValue = "${env:EVS_SIMULATOR_USER:-simulated-user}",
            description = "(simulated-user)")
    private String user;

    @Option(
            names = "--password",
            defaultValue = "${env:EVS_SIMULATOR_PASSWORD:-simulated-password}",
            description = "(simulated-password)")
    private String password;

    @Option(
            names = "--access-key",
            defaultValue = "${env:EVS_SIMULATOR_ACCESS_KEY:-SIMULATEDACCESSKEY00}",
            description = "(SIMULATEDACCESSKEY00)")
    private String accessKey;

    @Option(
            names = "--secret-key",
            defaultValue = "${env:EVS_SIMULATOR_SECRET_KEY:-simulated-secret-key}",
            description = "(simulated-secret-key)")
    private String secretKey;

    @Option(
            names = "--security-token",
            defaultValue = "${env:EVS_SIMULATOR_SECURITY_TOKEN:-}",
            description = "makes the access key a temporary one")
    private String securityToken;

    @Option(names = "--region", defaultValue = "${env:EVS_SIMULATOR_REGION:-eu-de}", description = "(eu-de)")
    private String region;

    @Option(
            names = "--token-life",
            defaultValue = "${env:EVS_SIMULATOR_TOKEN_LIFE:-24h}",
            description = "how long a token is good for (24h)")
    private Duration tokenLife;

    @Option(
            names = "--snapshot-takes",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOT_TAKES:-10s}",
            description = "from the order to available (10s)")
    private Duration snapshotTakes;

    @Option(
            names = "--deletion-takes",
            defaultValue = "${env:EVS_SIMULATOR_DELETION_TAKES:-3s}",
            description = "from the order to gone (3s)")
    private Duration deletionTakes;

    @Option(
            names = "--latency",
            defaultValue = "${env:EVS_SIMULATOR_LATENCY:-0s}",
            description = "what every answer takes on top (0s)")
    private Duration latency;

    @Option(
            names = "--snapshots-per-disk",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOTS_PER_DISK:-7}",
            description = "manual ones (7)")
    private int snapshotsPerVolume;

    @Option(
            names = "--snapshot-quota",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOT_QUOTA:--1}",
            description = "snapshots per project; -1: unlimited (-1)")
    private int snapshotQuota;

    @Option(
            names = "--gigabyte-quota",
            defaultValue = "${env:EVS_SIMULATOR_GIGABYTE_QUOTA:--1}",
            description = "GiB of disks and snapshots per project; -1: unlimited (-1)")
    private int gigabyteQuota;

    @Option(
            names = "--any-disk",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_ANY_DISK:-false}",
            description = "lets every disk id exist, attached and of 40 GiB (false)")
    private boolean anyVolume;

    @Option(
            names = "--expired-token-answers-400",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_EXPIRED_TOKEN_ANSWERS_400:-false}",
            description = "400 Common.0013 instead of 401 (false)")
    private boolean expiredTokenReturns400;

    @Option(
            names = "--cinder-errors",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_CINDER_ERRORS:-false}",
            description = "errors of the native family look like Cinder's (false)")
    private boolean cinderErrors;

    @Option(
            names = "--snapshot",
            split = ";",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOTS}",
            paramLabel = "id,disk=…[,name=…][,status=available]",
            description = "a snapshot that somebody else took; repeatable")
    private List<String> snapshots = List.of();

    @Option(
            names = "--disk",
            split = ";",
            defaultValue = "${env:EVS_SIMULATOR_DISKS}",
            paramLabel = "id[,size=40][,status=in-use][,az=…][,type=SSD][,takes=10s][,project=…][,fault=…[:times]]",
            description = "a disk that exists, attached unless told otherwise; repeatable")
    private List<String> volumes = List.of();

    @Option(
            names = "--tls-keystore",
            defaultValue = "${env:EVS_SIMULATOR_TLS_KEYSTORE}",
            description = "a PKCS#12 file; speaks HTTPS with its key")
    private Path tlsKeystore;

    @Option(
            names = "--tls-keystore-password",
            defaultValue = "${env:EVS_SIMULATOR_TLS_KEYSTORE_PASSWORD:-}",
            description = "opens the file and the key in it")
    private String tlsKeystorePassword;

    /** Runs until the process is told to stop; answers with the exit code. */
    public static int run(String... args) {
        return line(new SimulatorCommand()).execute(args);
    }

    /** What these flags set. Throws {@link CommandLine.ParameterException} with a sentence for the user. */
    public static SimulatorSettings settingsOf(String... flags) {
        var command = new SimulatorCommand();
        line(command).parseArgs(flags);
        return command.settings();
    }

    public static void main(String... args) {
        System.exit(run(args));
    }

    static CommandLine line(SimulatorCommand command) {
        return new CommandLine(command).registerConverter(Duration.class, DurationText::parse);
    }

    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        try (var simulator = EvsSimulator.start(settings())) {
            Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "evs-simulator-stop"));
            announce(out, simulator);
            new CountDownLatch(1).await();
        }
        return CommandLine.ExitCode.OK;
    }

    SimulatorSettings settings() {
        var settings = SimulatorSettings.builder()
                .port(port)
                .bindAddress(bindAddress)
                .project(projectId, projectName)
                .domain(domain)
                .user(user, password)
                .keys(accessKey, secretKey)
                .region(region)
                .tokenLife(tokenLife)
                .snapshotTakes(snapshotTakes)
                .deletionTakes(deletionTakes)
                .latency(latency)
                .snapshotsPerVolume(snapshotsPerVolume)
                .snapshotQuota(snapshotQuota)
                .gigabyteQuota(gigabyteQuota)
                .expiredTokenReturns400(expiredTokenReturns400)
                .cinderErrorsOnNative(cinderErrors);
        if (!securityToken.isEmpty()) {
            settings.securityToken(securityToken);
        }
        if (anyVolume) {
            settings.anyVolume();
        }
        if (tlsKeystore != null) {
            settings.tls(tls());
        }
        otherProjects.forEach(value -> addProject(settings, value));
        volumes.forEach(value -> addVolume(settings, value));
        snapshots.forEach(value -> addSnapshot(settings, value));
        return settings.build();
    }

    private SSLContext tls() {
        try {
            return TlsKey.read(tlsKeystore, tlsKeystorePassword);
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Cannot use the key in " + tlsKeystore + ": " + e.getMessage(), e);
        }
    }

    private void addProject(SimulatorSettingsBuilder settings, String text) {
        var cut = text.indexOf('=');
        if (cut < 0) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not a project like id=name: " + text);
        }
        settings.otherProject(text.substring(0, cut), text.substring(cut + 1));
    }

    private void addVolume(SimulatorSettingsBuilder settings, String text) {
        try {
            var option = VolumeOption.parse(text);
            settings.volume(option.volume());
            option.faults().forEach(settings::fault);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void addSnapshot(SimulatorSettingsBuilder settings, String text) {
        try {
            settings.snapshot(InitialSnapshot.parse(text));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void announce(PrintWriter out, EvsSimulator simulator) {
        out.println("EVS simulator at " + simulator.endpoint() + ", project "
                + simulator.settings().account().project().id());
        out.flush();
    }
}
