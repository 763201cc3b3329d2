/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a simulator until the process stops. Each flag has an environment variable of the same name. Secrets belong
 * there, because other users of the machine can see the flags of a process.
 */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        showDefaultValues = false,
        abbreviateSynopsis = true,
        description = "Simulates EVS and IAM, so that the operator runs without an account.",
        footer = "Durations are 500ms, 10s, 5m, 24h or PT10S. Each flag has an environment variable: EVS_SIMULATOR_ and"
                + " the flag in capitals, with _ for -. A flag takes precedence. The variables of --disk, --snapshot and --other-project end in"
                + " _DISKS, _SNAPSHOTS and _OTHER_PROJECTS; semicolons separate their values.")
public final class SimulatorCommand implements Callable<Integer> {

    private static final int MAX = Integer.MAX_VALUE;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            defaultValue = "${env:EVS_SIMULATOR_PORT:-8776}",
            description = "Port to listen on. 0: any free port. Default: 8776")
    private int port;

    @Option(
            names = "--bind-address",
            paramLabel = "<address>",
            defaultValue = "${env:EVS_SIMULATOR_BIND_ADDRESS:-127.0.0.1}",
            description = "Address to listen on. 0.0.0.0: all. Default: 127.0.0.1")
    private String bindAddress;

    @Option(
            names = "--project-id",
            paramLabel = "<id>",
            defaultValue = "${env:EVS_SIMULATOR_PROJECT_ID:-0c2eba2c5af04d3f9e9d0d410b371fde}",
            description = "Id of the project. Default: 0c2eba2c5af04d3f9e9d0d410b371fde")
    private String projectId;

    @Option(
            names = "--project-name",
            paramLabel = "<name>",
            defaultValue = "${env:EVS_SIMULATOR_PROJECT_NAME:-eu-de}",
            description = "Name of the project. Default: eu-de")
    private String projectName;

    @Option(
            names = "--other-project",
            split = ";",
            hideParamSyntax = true,
            defaultValue = "${env:EVS_SIMULATOR_OTHER_PROJECTS}",
            paramLabel = "id=name",
            description = "Another project of the same account. Repeatable")
    private List<String> otherProjects = List.of();

    @Option(
            names = "--domain",
            paramLabel = "<name>",
            defaultValue = "${env:EVS_SIMULATOR_DOMAIN:-simulated-account}",
            description = "Name of the account. Default: simulated-account")
    private String domain;

    @Option(
            names = "--user",
            paramLabel = "<name>",
            defaultValue = "${env:EVS_SIMULATOR_USER:-simulated-user}",
            description = "Name of the user. Default: simulated-user")
    private String user;

    @Option(
            names = "--password",
            defaultValue = "${env:EVS_SIMULATOR_PASSWORD:-simulated-password}",
            description = "Password of the user. Default: simulated-password")
    private String password;

    @Option(
            names = "--access-key",
            paramLabel = "<key>",
            defaultValue = "${env:EVS_SIMULATOR_ACCESS_KEY:-SIMULATEDACCESSKEY00}",
            description = "Access key (AK). Default: SIMULATEDACCESSKEY00")
    private String accessKey;

    @Option(
            names = "--secret-key",
            paramLabel = "<key>",
            defaultValue = "${env:EVS_SIMULATOR_SECRET_KEY:-simulated-secret-key}",
            description = "Secret key (SK). Default: simulated-secret-key")
    private String secretKey;

    @Option(
            names = "--security-token",
            paramLabel = "<token>",
            defaultValue = "${env:EVS_SIMULATOR_SECURITY_TOKEN:-}",
            description = "Security token. Makes the access key temporary")
    private String securityToken;

    @Option(
            names = "--region",
            paramLabel = "<name>",
            defaultValue = "${env:EVS_SIMULATOR_REGION:-eu-de}",
            description = "Region. Default: eu-de")
    private String region;

    @Option(
            names = "--token-life",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_TOKEN_LIFE:-24h}",
            description = "How long a token is valid. Default: 24h")
    private Duration tokenLife;

    @Option(
            names = "--snapshot-takes",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOT_TAKES:-10s}",
            description = "Time from create request to available. Default: 10s")
    private Duration snapshotTakes;

    @Option(
            names = "--deletion-takes",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_DELETION_TAKES:-3s}",
            description = "Time from delete request to absence. Default: 3s")
    private Duration deletionTakes;

    @Option(
            names = "--latency",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_LATENCY:-0s}",
            description = "Delay of every response. Default: 0s")
    private Duration latency;

    @Option(
            names = "--snapshots-per-disk",
            paramLabel = "<count>",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOTS_PER_DISK:-7}",
            description = "Limit of manual snapshots per volume. Default: 7")
    private int snapshotsPerVolume;

    @Option(
            names = "--snapshot-quota",
            paramLabel = "<count>",
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOT_QUOTA:--1}",
            description = "Snapshots per project. -1: unlimited. Default: -1")
    private int snapshotQuota;

    @Option(
            names = "--gigabyte-quota",
            paramLabel = "<GiB>",
            defaultValue = "${env:EVS_SIMULATOR_GIGABYTE_QUOTA:--1}",
            description = "GiB of volumes and snapshots per project. -1: unlimited. Default: -1")
    private int gigabyteQuota;

    @Option(
            names = "--any-disk",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_ANY_DISK:-false}",
            description = "Every volume id exists, attached and with 40 GiB. Default: false")
    private boolean anyVolume;

    @Option(
            names = "--expired-token-answers-400",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_EXPIRED_TOKEN_ANSWERS_400:-false}",
            description = "Return 400 Common.0013 instead of 401 for an expired token. Default: false")
    private boolean expiredTokenReturns400;

    @Option(
            names = "--cinder-errors",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_CINDER_ERRORS:-false}",
            description = "Return errors of the native family in the form of Cinder. Default: false")
    private boolean cinderErrors;

    @Option(
            names = "--followable-links",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:EVS_SIMULATOR_FOLLOWABLE_LINKS:-false}",
            description = "Link lists to their next page here instead of at an unreachable address. Default: false")
    private boolean followableLinks;

    @Option(
            names = "--snapshot",
            split = ";",
            hideParamSyntax = true,
            defaultValue = "${env:EVS_SIMULATOR_SNAPSHOTS}",
            paramLabel = "id,disk=…[,name=…][,status=available]",
            description = "A snapshot of another tool that exists at the start. Repeatable")
    private List<String> snapshots = List.of();

    @Option(
            names = "--disk",
            split = ";",
            hideParamSyntax = true,
            defaultValue = "${env:EVS_SIMULATOR_DISKS}",
            paramLabel = "id[,size=40][,status=in-use][,az=…][,type=SSD][,takes=10s][,project=…][,fault=…[:times]]",
            description = "A volume that exists at the start, by default attached. Repeatable")
    private List<String> volumes = List.of();

    @Mixin
    private VolumeFlags volumeFlags = new VolumeFlags();

    @Option(
            names = "--tls-keystore",
            paramLabel = "<file>",
            defaultValue = "${env:EVS_SIMULATOR_TLS_KEYSTORE:-}",
            description = "PKCS#12 file. The simulator serves HTTPS with its key")
    private String tlsKeystore;

    @Option(
            names = "--tls-keystore-password",
            paramLabel = "<password>",
            defaultValue = "${env:EVS_SIMULATOR_TLS_KEYSTORE_PASSWORD:-}",
            description = "Password of the file and of the key in it")
    private String tlsKeystorePassword;

    /** Runs until the process stops, and returns the exit code. */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    /**
     * Returns the settings of these flags. Throws {@link ParameterException} with a sentence for the user if one is
     * invalid.
     */
    public static SimulatorSettings settingsOf(String... flags) {
        var command = new SimulatorCommand();
        line(command).parseArgs(flags);
        return command.settings();
    }

    public static void main(String... args) {
        System.exit(run(args));
    }

    /** Returns the command line, also as a part of another one. */
    public static CommandLine commandLine() {
        return line(new SimulatorCommand());
    }

    static CommandLine line(SimulatorCommand command) {
        var line = new CommandLine(command);
        line.getCommandSpec()
                .usageMessage()
                .footer(footer(line.getCommandSpec().usageMessage().footer()));
        return line.registerConverter(Duration.class, SimulatorCommand::duration)
                .setParameterExceptionHandler(SimulatorCommand::reportInvalidFlag);
    }

    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        try (var simulator = EvsSimulator.start(settings())) {
            Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "evs-simulator-stop"));
            printEndpoint(out, simulator);
            new CountDownLatch(1).await();
        } catch (UncheckedIOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        return CommandLine.ExitCode.OK;
    }

    SimulatorSettings settings() {
        check("--port", () -> InputRules.inRange("The number", port, 0, 65535));
        check("--snapshots-per-disk", () -> InputRules.inRange("The number", snapshotsPerVolume, 0, MAX));
        check("--snapshot-quota", () -> InputRules.inRange("The number", snapshotQuota, -1, MAX));
        check("--gigabyte-quota", () -> InputRules.inRange("The number", gigabyteQuota, -1, MAX));
        check("--disk-quota", volumeFlags::checkQuota);
        check("--bind-address", this::resolve);
        check("--project-id", () -> InputRules.id("The id", projectId));
        check("--project-name", () -> InputRules.id("The name", projectName));
        check("--region", () -> InputRules.region("The region", region));
        check("--domain", () -> InputRules.notBlank("The name", domain));
        check("--user", () -> InputRules.notBlank("The name", user));
        check("--password", () -> InputRules.notBlank("The password", password));
        check("--access-key", () -> InputRules.notBlank("The key", accessKey));
        check("--secret-key", () -> InputRules.notBlank("The key", secretKey));
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
                .cinderErrorsOnNative(cinderErrors)
                .followableLinks(followableLinks);
        volumeFlags.addTo(settings);
        if (!securityToken.isEmpty()) {
            settings.securityToken(securityToken);
        }
        if (anyVolume) {
            settings.anyVolume();
        }
        if (!tlsKeystore.isBlank()) {
            settings.tls(tls());
        } else if (!tlsKeystorePassword.isEmpty()) {
            throw invalid("--tls-keystore-password", "It needs --tls-keystore.", null);
        }
        addEach("--other-project", otherProjects, value -> addProject(settings, value));
        addEach("--disk", volumes, value -> addVolume(settings, value));
        addEach("--snapshot", snapshots, value -> settings.snapshot(InitialSnapshot.parse(value)));
        try {
            return settings.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void resolve() {
        InputRules.notBlank("The address", bindAddress);
        if (new InetSocketAddress(bindAddress, port).isUnresolved()) {
            throw new IllegalArgumentException("There is no address " + bindAddress + ".");
        }
    }

    private SSLContext tls() {
        try {
            return TlsKey.read(Path.of(tlsKeystore), tlsKeystorePassword);
        } catch (NoSuchFileException e) {
            throw invalid("--tls-keystore", "There is no file " + tlsKeystore + ".", e);
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
            var problem = tlsKeystore + " must be a PKCS#12 file with a private key and the password of"
                    + " --tls-keystore-password, but: " + e.getMessage() + ".";
            throw invalid("--tls-keystore", problem, e);
        }
    }

    private void check(String flag, Runnable rule) {
        try {
            rule.run();
        } catch (IllegalArgumentException e) {
            throw invalid(flag, e.getMessage(), e);
        }
    }

    /** Skips blank values, which an empty environment variable gives. */
    private void addEach(String flag, List<String> values, Consumer<String> add) {
        check(flag, () -> values.stream().filter(value -> !value.isBlank()).forEach(add));
    }

    private static void addProject(SimulatorSettingsBuilder settings, String text) {
        var cut = text.indexOf('=');
        if (cut < 1) {
            throw new IllegalArgumentException("A project must have the form id=name, but is '" + text + "'.");
        }
        settings.otherProject(
                InputRules.id("The id of a project", text.substring(0, cut)),
                InputRules.id("The name of a project", text.substring(cut + 1)));
    }

    private static void addVolume(SimulatorSettingsBuilder settings, String text) {
        var option = VolumeOption.parse(text);
        settings.volume(option.volume());
        option.faults().forEach(settings::fault);
    }

    private ParameterException invalid(String flag, String problem, Exception cause) {
        return new ParameterException(
                spec.commandLine(),
                "Invalid value for option '" + flag + "': " + problem,
                cause,
                spec.findOption(flag),
                null);
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int reportInvalidFlag(ParameterException e, String[] args) {
        var err = e.getCommandLine().getErr();
        err.println(e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        variableOf(e, args)
                .ifPresent(variable -> err.println("The value comes from the environment variable " + variable + "."));
        err.println("The flag --help lists all flags.");
        return CommandLine.ExitCode.USAGE;
    }

    /** Returns the environment variable that the value comes from; empty if a flag or the default names it. */
    private static Optional<String> variableOf(ParameterException e, String... args) {
        if (!(e.getArgSpec() instanceof OptionSpec option)
                || Arrays.stream(args).anyMatch(arg -> arg.startsWith(option.longestName()))) {
            return Optional.empty();
        }
        return Optional.of(variableOf(option)).filter(System.getenv()::containsKey);
    }

    static String variableOf(OptionSpec option) {
        var name = option.longestName().substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
        return "EVS_SIMULATOR_" + name + (option.isMultiValue() ? "S" : "");
    }

    /** Lists the faults, so that a user of the control API and of --disk finds the names without the documentation. */
    private static String[] footer(String... before) {
        var faults = Arrays.stream(Fault.values())
                .map(fault -> "  " + fault + "%n    "
                        + fault.meaning().replace("`", "").replace("%", "%%"));
        return Stream.of(
                        Arrays.stream(before),
                        Stream.of(
                                "", "Faults of the control API and of --disk, where lower case and - are allowed too:"),
                        faults)
                .flatMap(lines -> lines)
                .toArray(String[]::new);
    }

    private static void printEndpoint(PrintWriter out, EvsSimulator simulator) {
        out.println("EVS simulator at " + simulator.endpoint() + ", project "
                + simulator.settings().account().project().id());
        out.flush();
    }
}
