/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.testing.AdjustableClock;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.KubernetesBinaries;
import io.snapshotoperator.evs.testing.KubernetesBinaries.Missing;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;

/**
 * {@code mvn -Pdemo}: the operator on this machine, without a cluster and without an account. Starts a Kubernetes API, the
 * simulator and the operator, and runs a {@link DemoScenario}. The API is a real API server if its binaries exist or can be
 * downloaded. Exits with 0 if every sample ended as expected; otherwise with 1 and a list of the differences.
 *
 * <p>{@code -Ddemo.keep} keeps everything running after the scenario until Ctrl-C.
 */
public final class Demo {
    private static final String NAMESPACE = "demo";
    private static final Path LOG = Path.of("target", "demo", "operator.log");
    private static final Duration SNAPSHOT_TAKES = Duration.ofSeconds(3);
    private static final Duration DELETION_TAKES = Duration.ofSeconds(1);
    private static final Duration MAX_WAIT_FOR_LEADER = Duration.ofSeconds(20);

    private Demo() {}

    public static void main(String... arguments) throws IOException {
        logTo(LOG);
        var startedAt = System.nanoTime();
        var out = System.out;
        out.printf("%nEVS Snapshot Operator: a demo with a simulated cloud%n%n");
        boolean asExpected;
        try (var cluster = cluster(out)) {
            asExpected = play(out, cluster, Boolean.getBoolean("demo.keep"), startedAt)
                    .isEmpty();
        }
        System.exit(asExpected ? 0 : 1);
    }

    /** Runs the demo, and returns the differences from the expectations of the samples. */
    static List<String> play(PrintStream out, Cluster cluster, boolean keep, long startedAt) {
        var samples = Sample.all();
        try (var cloud = EvsSimulator.start(simulator(samples))) {
            out.println(TextLayout.wrapped(
                    "  Cloud       ",
                    "the EVS simulator at " + cloud.endpoint() + "; it creates a snapshot in "
                            + SNAPSHOT_TAKES.toSeconds() + " s"));
            out.println(
                    TextLayout.wrapped("  Operator    ", "in this process, with short intervals; its log is " + LOG));
            cluster.client()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(NAMESPACE)
                            .endMetadata()
                            .build())
                    .create();
            var scheduleClock = new AdjustableClock();
            try (var operator = RunningOperator.start(
                            cluster.client().getConfiguration(), settings(cloud), Operator::new, scheduleClock);
                    var scenario = new DemoScenario(out, cluster.client(), NAMESPACE, cloud, scheduleClock, samples)) {
                await().atMost(MAX_WAIT_FOR_LEADER).until(operator::leads);
                var findings = scenario.run();
                conclude(out, findings, samples.size(), Duration.ofNanos(System.nanoTime() - startedAt));
                if (keep) {
                    keep(out, cluster, cloud);
                }
                return findings;
            }
        }
    }

    private static SimulatorSettings simulator(List<Sample> samples) {
        var own = Stream.of(
                "--port=0",
                "--snapshot-takes=" + SNAPSHOT_TAKES.toSeconds() + "s",
                "--disk-creation-takes=" + SNAPSHOT_TAKES.toSeconds() + "s",
                "--deletion-takes=" + DELETION_TAKES.toSeconds() + "s");
        var theirs = samples.stream().map(Sample::simulatorFlags).flatMap(List::stream);
        return SimulatorCommand.settingsOf(Stream.concat(own, theirs).toArray(String[]::new));
    }

    /** The settings of the scenario tests, with more time for a slow machine. Rejected creates are not retried in the demo. */
    private static Map<String, String> settings(EvsSimulator cloud) {
        var settings = RunningOperator.settings(cloud, NAMESPACE);
        settings.put("evs.installation", "demo");
        settings.put("evs.connection.timeout", "3s");
        settings.put("evs.connection.connect-timeout", "2s");
        settings.put("evs.leader-election.lease-duration", "12s");
        settings.put("evs.leader-election.retry-period", "3s");
        settings.put("evs.leader-election.max-clock-skew", "1s");
        settings.put("evs.create.settle-time", "4s");
        settings.put("evs.poll.interval", "500ms");
        settings.put("evs.poll.resync-interval", "30s");
        settings.put("evs.retry.max-backoff", "2m");
        return settings;
    }

    private static Cluster cluster(PrintStream out) {
        if (!KubernetesBinaries.exist(RealApiServer.NEWEST)) {
            out.println("  There is no kube-apiserver on this machine. Trying to download it ...");
        }
        try {
            KubernetesBinaries.of(RealApiServer.NEWEST);
        } catch (Missing missing) {
            out.println(TextLayout.wrapped(
                    "  Kubernetes  ", "an API in memory, without schema and roles: " + missing.getMessage()));
            return Cluster.embedded();
        }
        var cluster = Cluster.realOrEmbedded();
        out.println(TextLayout.wrapped(
                "  Kubernetes  ",
                "kube-apiserver "
                        + cluster.client().getKubernetesVersion().getGitVersion() + " at "
                        + cluster.client().getMasterUrl()));
        return cluster;
    }

    private static void conclude(PrintStream out, List<String> findings, int samples, Duration took) {
        var seconds = String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
        if (findings.isEmpty()) {
            out.printf(
                    "%nAll %d samples, the schedule and the restore ended as expected, and the call log of the simulator confirms it (%s).%n%n",
                    samples, seconds);
            return;
        }
        out.printf("%nNOT as expected (%s; the log of the operator is %s):%n", seconds, LOG);
        findings.forEach(finding -> out.println(TextLayout.wrapped("  - ", finding)));
        out.println();
    }

    private static void keep(PrintStream out, Cluster cluster, EvsSimulator cloud) {
        out.println("Everything keeps running until Ctrl-C. To read the state of the simulator:");
        out.printf("  curl %s/simulator/summary%n  curl %s/simulator/snapshots%n", cloud.endpoint(), cloud.endpoint());
        cluster.real()
                .ifPresentOrElse(
                        server -> {
                            out.println("To read the objects in Kubernetes:");
                            out.printf("  export KUBECONFIG=%s%n", server.kubeconfig());
                            out.printf(
                                    "  %s -n %s get vsr -o wide%n",
                                    server.binaries().kubectl(), NAMESPACE);
                        },
                        () -> out.printf(
                                "kubectl cannot use the API in memory at %s, because it has no discovery.%n",
                                cluster.client().getMasterUrl()));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The demo alone prints to the console. The operator and its libraries log to a file. */
    private static void logTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$-7s [%3$s] %5$s%6$s%n");
        var handler = new FileHandler(file.toString());
        handler.setFormatter(new SimpleFormatter());
        var root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        for (var other : root.getHandlers()) {
            root.removeHandler(other);
        }
        root.addHandler(handler);
    }
}
