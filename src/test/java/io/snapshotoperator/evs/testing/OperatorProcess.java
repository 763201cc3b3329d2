/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The operator as users run it: the packaged application in a process of its own, on free ports of the loopback address,
 * with its log in a file under {@code target/}. Nothing is inherited from the environment of the tests but what a process
 * needs to run at all, and it does not outlive the test's JVM, even one that is killed.
 *
 * <pre>{@code
 * try (var operator = OperatorProcess.packaged("crash").kubeconfig(server.kubeconfig()).settings(values).start()) {
 *     operator.awaitLeading();
 *     operator.kill();
 * }
 * }</pre>
 */
public final class OperatorProcess implements AutoCloseable {
    /** What {@code mvn package} made; integration tests run after it. */
    public static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    private static final Path LOGS = Path.of("target", "operator-processes");
    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:\\s]+:(\\d+)");
    private static final String LEADING = "Leader term started";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;

    private OperatorProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * The packaged application.
     *
     * @param name what its log file is called by
     * @throws IllegalStateException when {@code mvn package} has not made it
     */
    public static Builder packaged(String name) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException("there is no " + JAR + "; make it by mvn package -DskipTests");
        }
        return new Builder(name, java(), List.of("-jar", JAR.toAbsolutePath().toString()));
    }

    /** Any other program that is an operator, such as the entry point of an unpacked image. */
    public static Builder command(String name, Path program, List<String> arguments) {
        return new Builder(name, program, arguments);
    }

    /** The Java of this JVM. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The environment variable by which a setting is given: {@code evs.leader-election.max-clock-skew} is {@code EVS_LEADER_ELECTION_MAX_CLOCK_SKEW}. */
    public static String variable(String setting) {
        return setting.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** What the process is started with. */
    public static final class Builder {
        private final String name;
        private final Path program;
        private final List<String> programArguments;
        private final List<String> javaOptions = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private Optional<Path> directory = Optional.empty();

        private Builder(String name, Path program, List<String> programArguments) {
            this.name = name;
            this.program = program;
            this.programArguments = List.copyOf(programArguments);
            environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
            environment.put("HOME", LOGS.toAbsolutePath().toString());
            environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
            environment.put("QUARKUS_HTTP_PORT", "0");
        }

        /** Which cluster, and as whom. */
        public Builder kubeconfig(Path file) {
            return environment("KUBECONFIG", file.toAbsolutePath().toString());
        }

        /** Settings by their keys, such as {@code evs.create.settle-time}; those of {@link RunningOperator#settings} fit. */
        public Builder settings(Map<String, String> settings) {
            settings.forEach((key, value) -> environment(variable(key), value));
            return this;
        }

        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** For the JVM, such as {@code -Xmx128m}. */
        public Builder javaOptions(String... options) {
            javaOptions.addAll(List.of(options));
            return this;
        }

        /** For the operator, behind everything else. */
        public Builder arguments(List<String> more) {
            arguments.addAll(more);
            return this;
        }

        public Builder workingDirectory(Path folder) {
            directory = Optional.of(folder);
            return this;
        }

        public OperatorProcess start() {
            try {
                Files.createDirectories(LOGS);
                var log = Files.createTempFile(LOGS, name + "-", ".log").toAbsolutePath();
                var builder =
                        new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
                directory.ifPresent(path -> builder.directory(path.toFile()));
                builder.environment().clear();
                builder.environment().putAll(environment);
                return new OperatorProcess(builder.start(), log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<String> command() {
            // The shell becomes the program, so its id and its signals are the program's. What it leaves behind waits
            // for
            // the pipe from this JVM to close, which the system does even when this JVM is killed.
            var command = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    "exec 3<&0; (read -r never <&3; kill -9 $$ 2>/dev/null) & exec \"$@\" 3<&- </dev/null",
                    "tether",
                    program.toString()));
            command.addAll(javaOptions);
            command.addAll(programArguments);
            command.addAll(arguments);
            return command;
        }
    }

    /** Waits until it holds the lease and reconciles. */
    public OperatorProcess awaitLeading() {
        return awaitLog(LEADING);
    }

    public boolean leads() {
        return log().contains(LEADING);
    }

    /** Waits until a line of the log holds the text; fails at once when the process ends before. */
    public OperatorProcess awaitLog(String text) {
        await().atMost(START_PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            if (log().contains(text)) {
                return true;
            }
            if (!process.isAlive() && !log().contains(text)) {
                throw new IllegalStateException("the operator ended with " + process.exitValue() + " before it said '"
                        + text + "'; its log is " + log + ":\n" + log());
            }
            return false;
        });
        return this;
    }

    /** Where it answers for its health and its metrics; waits until it listens. */
    public URI http() {
        awaitLog("Listening on: ");
        var matcher = LISTENING.matcher(log());
        if (!matcher.find()) {
            throw new IllegalStateException("no port in the log " + log);
        }
        return URI.create("http://127.0.0.1:" + matcher.group(1));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All it has printed so far, both streams. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path logFile() {
        return log;
    }

    /** SIGKILL: no hook runs, nothing is released. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** SIGTERM, as the kubelet sends it, and then waits. Answers with the exit code. */
    public int terminate(Duration grace) {
        // Not process.destroy(): that closes the tether too, which kills.
        process.toHandle().destroy();
        return awaitEnd(grace);
    }

    /** SIGSTOP: the process stands still, as on a frozen node, until {@link #resume()}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** Waits until it has ended by itself. Answers with the exit code. */
    public int awaitEnd(Duration maxWait) {
        try {
            if (!process.waitFor(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the operator did not end within " + maxWait + "; its log is " + log);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the operator ended", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private void signal(String name) {
        try {
            var exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + name, e);
        }
    }
}
