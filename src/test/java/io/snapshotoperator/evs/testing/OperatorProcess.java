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
 * The operator as users run it: the packaged application in a separate process, on free ports of the loopback address, with
 * its log in a file under {@code target/}. It inherits only the variables that a process needs to run. It ends with the JVM of
 * the test, even if that is killed.
 *
 * <pre>{@code
 * try (var operator = OperatorProcess.packaged("crash").kubeconfig(server.kubeconfig()).settings(values).start()) {
 *     operator.awaitLeading();
 *     operator.kill();
 * }
 * }</pre>
 */
public final class OperatorProcess implements AutoCloseable {
    /** The result of {@code mvn package}. Integration tests run after it. */
    public static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    /** The folder of the logs. */
    public static final Path LOGS = Path.of("target", "operator-processes");

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:\\s]+:(\\d+)");
    private static final String LEADING = "Leader term started";
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;

    private OperatorProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * The packaged application, with the compiler and the collector that it has in a container.
     *
     * @param name of its log file
     * @throws IllegalStateException if {@code mvn package} has not made it
     */
    public static Builder packaged(String name) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException("there is no " + JAR + "; run mvn package -DskipTests first");
        }
        var arguments = new ArrayList<>(PackagedClasses.options());
        arguments.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        return new Builder(name, java(), arguments);
    }

    /** Another program, such as the entry point of an unpacked image. */
    public static Builder command(String name, Path program, List<String> arguments) {
        return new Builder(name, program, arguments);
    }

    /** The Java of this JVM. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The environment variable of a setting, such as {@code EVS_CREATE_SETTLE_TIME} for {@code evs.create.settle-time}. */
    public static String variable(String setting) {
        return setting.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** Configures the process. */
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

        /** Sets the cluster and the user. */
        public Builder kubeconfig(Path file) {
            return environment("KUBECONFIG", file.toAbsolutePath().toString());
        }

        /** Adds settings by their keys, such as {@code evs.create.settle-time}. {@link RunningOperator#settings} has this form. */
        public Builder settings(Map<String, String> settings) {
            settings.forEach((key, value) -> environment(variable(key), value));
            return this;
        }

        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Adds options of the JVM, such as {@code -Xmx128m}. */
        public Builder javaOptions(String... options) {
            javaOptions.addAll(List.of(options));
            return this;
        }

        /** Adds arguments of the operator. */
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
            // The shell becomes the program, so that the id and the signals are those of the program. A second shell
            // waits for the pipe of this JVM to close, which the system does even if the JVM is killed.
            var command = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    "exec 3<&0; (read -r never <&3; kill -9 $$ 2>/dev/null) & exec \"$@\" 3<&- </dev/null",
                    "bound-to-jvm",
                    program.toString()));
            command.addAll(javaOptions);
            command.addAll(programArguments);
            command.addAll(arguments);
            return command;
        }
    }

    /** Waits until it holds the Lease and reconciles. */
    public OperatorProcess awaitLeading() {
        return awaitLog(LEADING);
    }

    public boolean leads() {
        return log().contains(LEADING);
    }

    /** Waits until the log contains the text. Fails at once if the process ends before. */
    public OperatorProcess awaitLog(String text) {
        await().atMost(START_TIMEOUT).pollInterval(Duration.ofMillis(50)).until(() -> {
            if (log().contains(text)) {
                return true;
            }
            if (!process.isAlive() && !log().contains(text)) {
                throw new IllegalStateException("the operator ended with " + process.exitValue()
                        + " before its log contained '" + text + "'; its log is " + log + ":\n" + log());
            }
            return false;
        });
        return this;
    }

    /** The address of health and metrics. Waits until it listens. */
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

    /** Everything that it printed so far, on both streams. */
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

    /** Sends SIGKILL: no hook runs, and the operator releases nothing. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** Sends SIGTERM as the kubelet does, waits, and returns the exit code. */
    public int terminate(Duration grace) {
        // process.destroy() would also close the pipe, and then the shell kills the process.
        process.toHandle().destroy();
        return awaitEnd(grace);
    }

    /** Sends SIGSTOP: the process does not run until {@link #resume()}, as on a frozen node. */
    public void pause() {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** Waits until the process ends, and returns the exit code. */
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
