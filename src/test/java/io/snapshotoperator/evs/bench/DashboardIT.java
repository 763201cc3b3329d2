/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Entry point of {@code mvn -Pdashboard}. Runs the operator for some minutes with requests that succeed, fail and wait, and
 * draws what a Prometheus returns for the queries of the dashboard. Asserts that no panel stays empty.
 */
class DashboardIT {
    private static final Path PICTURE = Path.of("docs", "operate", "dashboard.svg");
    private static final String NAMESPACE = "shop";
    private static final Duration SCRAPE = Duration.ofSeconds(2);
    private static final Duration RATE_INTERVAL = Duration.ofSeconds(16);
    private static final Duration STEP = Duration.ofSeconds(3);
    private static final Duration MAX_WAIT = Duration.ofMinutes(4);

    private RealApiServer server;
    private SimulatorProcess cloud;
    private int created;

    @Test
    void drawsDashboard(@TempDir Path folder) throws IOException {
        try (var running = RealApiServer.of(RealApiServer.NEWEST).start();
                var simulator = SimulatorProcess.start(Duration.ofSeconds(12))) {
            server = running;
            cloud = simulator;
            server.installCrds();
            server.client()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(NAMESPACE)
                            .endMetadata()
                            .build())
                    .create();
            try (var operator = startOperator();
                    var prometheus = PrometheusServer.start(operator.http(), SCRAPE, folder)) {
                var from = Instant.now();
                tellStory();
                var to = Instant.now();
                var panels = DashboardPanels.evaluate(prometheus, from, to, STEP, RATE_INTERVAL);
                Files.writeString(
                        PICTURE,
                        DashboardPicture.draw(panels, Duration.between(from, to).toSeconds(), STEP.toSeconds()));
                assertThat(panels.panels()).allSatisfy(panel -> assertThat(panel.lines())
                        .as(panel.title())
                        .anySatisfy(line -> assertThat(line.values()).isNotEmpty()));
            }
        }
        assertThat(Files.size(PICTURE)).isLessThan(150_000);
    }

    private OperatorProcess startOperator() {
        var values = new HashMap<>(cloud.settings());
        values.put("evs.installation", "dashboard");
        values.put("evs.namespaces", NAMESPACE);
        values.put("evs.leader-election.lease-namespace", NAMESPACE);
        values.put("evs.poll.interval", "5s");
        values.put("evs.poll.resync-interval", "20s");
        values.put("evs.create.settle-time", "20s");
        values.put("evs.leader-election.lease-duration", "20s");
        values.put("evs.leader-election.retry-period", "3s");
        values.put("evs.connection.timeout", "10s");
        return OperatorProcess.packaged("dashboard")
                .kubeconfig(server.kubeconfig())
                .settings(values)
                .start()
                .awaitLeading();
    }

    private void tellStory() {
        connectWithoutSecret();
        // More calls at once than the budget allows. Some snapshots fail, and the response to one create is lost.
        cloud.addFault(Map.of("fault", "SNAPSHOT_ENDS_IN_ERROR", "times", 4));
        create(45);
        request("no-claim", ofClaim("data-postgres-0").build());
        awaitReady(41);
        cloud.addFault(Map.of("fault", "ANSWER_LOST_AFTER_ACTING", "operations", List.of("CREATE"), "times", 2));
        create(5);
        awaitReady(46);
        // The cloud throttles for a time.
        cloud.addFault(Map.of("fault", "THROTTLED", "operations", List.of("CREATE"), "times", 6, "retryAfter", "5s"));
        create(50);
        awaitReady(96);
        leaveOrphan();
        requests().withLabel("batch", "1").delete();
        await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).until(() -> count() <= 53);
        pause(Duration.ofSeconds(30));
    }

    /** A connection that is never ready. */
    private void connectWithoutSecret() {
        var connection = new EvsConnection();
        connection.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName("project-b")
                .build());
        connection.setSpec(EvsConnectionSpecBuilder.builder()
                .region("eu-de")
                .credentialsSecretRef(new SecretRef("no-such-secret"))
                .build());
        server.client().resource(connection).create();
    }

    private void create(int count) {
        for (var number = 0; number < count; number++) {
            created++;
            request(
                    "request-" + created,
                    ofVolume("5aa119a8-d25b-45a7-8d1b-%012d".formatted(created))
                            .force(true)
                            .build());
        }
    }

    private void request(String name, VolumeSnapshotRequestSpec spec) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName(name)
                .withLabels(Map.of("batch", created <= 45 ? "1" : "2"))
                .build());
        request.setSpec(spec);
        server.client().resource(request).create();
    }

    /** A user removes the finalizer, so the snapshot stays when the object goes, unless the operator adds it again before. */
    private void leaveOrphan() {
        for (var name : List.of("request-60", "request-61")) {
            requests().withName(name).edit(request -> {
                request.getMetadata().setFinalizers(List.of());
                return request;
            });
            requests().withName(name).delete();
        }
    }

    private NonNamespaceOperation<
                    VolumeSnapshotRequest,
                    KubernetesResourceList<VolumeSnapshotRequest>,
                    Resource<VolumeSnapshotRequest>>
            requests() {
        return server.client().resources(VolumeSnapshotRequest.class).inNamespace(NAMESPACE);
    }

    private int count() {
        return requests().list().getItems().size();
    }

    private void awaitReady(int expected) {
        await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(
                        requests().list().getItems())
                .filteredOn(request -> request.getStatus() != null
                        && "available".equals(request.getStatus().snapshotStatus()))
                .hasSizeGreaterThanOrEqualTo(expected));
        pause(Duration.ofSeconds(10));
    }

    /** Lets Prometheus read the metrics some more times. */
    private static void pause(Duration time) {
        await().pollDelay(time.toMillis(), TimeUnit.MILLISECONDS)
                .atMost(time.multipliedBy(2))
                .until(() -> true);
    }
}
