/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
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
 * {@code mvn -Pdemo}: the operator on this machine, without a cluster and without an account. Starts a Kubernetes API (a
 * real one where its programs are there or can be downloaded), the simulator and the operator, and has them play a {@link
 * DemoScenario}. Ends with 0 if all went as promised; otherwise with 1 and a list of what differed.
 *
 * <p>{@code -Ddemo.keep} leaves everything running after the story, to be looked at, until Ctrl-C.
 */
public final class Demo {
    private static final String NAMESPACE = "demo";
    private static final Path LOG = Path.of("target", "demo", "operator.log");
    private static final Duration SNAPSHOT_TAKES = Duration.ofSeconds(3);
    private static final Duration DELETION_TAKES = Duration.ofSeconds(1);
    private static final Duration UNTIL_LEADING = Duration.ofSeconds(20);

    private Demo() {}

    public static void main(String... arguments) throws IOException {
        logTo(LOG);
        var startedAt = System.nanoTime();
        var out = System.out;
        out.printf("%nEVS Snapshot Operator: a demo with a simulated cloud%n%n");
        boolean asPromised;
        try (var cluster = cluster(out)) {
            asPromised = play(out, cluster, Boolean.getBoolean("demo.keep"), startedAt)
                    .isEmpty();
        }
        System.exit(asPromised ? 0 : 1);
    }

    /** What differed from the promises of the samples. */
    static List<String> play(PrintStream out, Cluster cluster, boolean keep, long startedAt) {
        var samples = Sample.all();
        try (var cloud = EvsSimulator.start(simulator(samples))) {
            out.println(TextLayout.wrapped(
                    "  Cloud       ",
                    "the EVS simulator at " + cloud.endpoint() + "; a snapshot takes it " + SNAPSHOT_TAKES.toSeconds()
                            + " s"));
            out.println(TextLayout.wrapped(
                    "  Operator    ", "in this process, all its times scaled down; it logs to " + LOG));
            cluster.client()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(NAMESPACE)
                            .endMetadata()
                            .build())
                    .create();
            try (var operator = RunningOperator.start(cluster, settings(cloud));
                    var story = new DemoScenario(out, cluster.client(), NAMESPACE, cloud, samples)) {
                await().atMost(UNTIL_LEADING).until(operator::leads);
                var findings = story.tell();
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
                "--deletion-takes=" + DELETION_TAKES.toSeconds() + "s");
        var theirs = samples.stream().map(Sample::simulatorFlags).flatMap(List::stream);
        return SimulatorCommand.settingsOf(Stream.concat(own, theirs).toArray(String[]::new));
    }

    /** As for stories, but with room for a slow machine, and refused orders are not repeated while we watch. */
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
        if (!KubernetesBinaries.areAtHand(RealApiServer.NEWEST)) {
            out.println("  There is no kube-apiserver here yet; looking for one to download ...");
        }
        try {
            KubernetesBinaries.of(RealApiServer.NEWEST);
        } catch (Missing none) {
            out.println(TextLayout.wrapped(
                    "  Kubernetes  ", "an API in memory, without schema and roles; " + none.getMessage()));
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
            out.printf("%nAll %d samples ended as promised, and the ledger agrees. %s%n%n", samples, seconds);
            return;
        }
        out.printf("%nNOT as promised (%s; the operator's log is %s):%n", seconds, LOG);
        findings.forEach(finding -> out.println(TextLayout.wrapped("  - ", finding)));
        out.println();
    }

    private static void keep(PrintStream out, Cluster cluster, EvsSimulator cloud) {
        out.println("Everything keeps running until Ctrl-C. The simulator answers");
        out.printf("  curl %s/simulator/summary%n  curl %s/simulator/snapshots%n", cloud.endpoint(), cloud.endpoint());
        cluster.real()
                .ifPresentOrElse(
                        server -> {
                            out.println("and the Kubernetes API");
                            out.printf("  export KUBECONFIG=%s%n", server.kubeconfig());
                            out.printf(
                                    "  %s -n %s get vsr -o wide%n",
                                    server.binaries().kubectl(), NAMESPACE);
                        },
                        () -> out.printf(
                                "The API in memory at %s cannot be reached with kubectl: it has no discovery.%n",
                                cluster.client().getMasterUrl()));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The console is the demo's own; what the operator and its libraries have to say goes to a file. */
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
