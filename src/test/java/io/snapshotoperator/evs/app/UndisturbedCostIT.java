/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.AuditLog;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cost of a request that nothing disturbs, counted in the audit log of a real API server and in the call log of the
 * cloud: three writes, two events, no read of a single object, one create request, and shared lists.
 */
class UndisturbedCostIT {
    private static final int REQUESTS = 20;
    private static final String AGENT = "operator-under-test";
    private static final String NAMESPACE = "undisturbed";

    @Test
    void costsThreeWritesTwoEventsAndNoSingleRead(@TempDir Path folder) throws IOException {
        var builder = RealApiServer.of(RealApiServer.NEWEST);
        var audit = AuditLog.enableFor(builder, folder);
        var volumes = IntStream.range(0, REQUESTS)
                .mapToObj("5aa119a8-d25b-45a7-8d1b-%012d"::formatted)
                .toList();
        var cloudSettings = SimulatorSettings.builder().snapshotTakes(Duration.ofSeconds(3));
        volumes.forEach(id -> cloudSettings.volume(Volume.available(id)));
        try (var server = builder.start();
                var cloud = EvsSimulator.start(cloudSettings.build())) {
            server.installCrds();
            createNamespace(server);
            try (var operator = start(server, cloud)) {
                volumes.forEach(id -> apply(server, id));
                awaitAllReady(server);
            }
            assertThat(cloud.callLog().createsActedOn()).hasSize(REQUESTS);
            assertThat(cloud.callLog().count(Operation.CREATE)).isEqualTo(REQUESTS);
            assertThat(cloud.callLog().count(Operation.LIST)).isLessThan(REQUESTS);
        }

        var requests = audit.requestsOf(AGENT).stream()
                .filter(request -> !request.resource().equals("leases"))
                .toList();

        assertThat(namesOf(requests, "patch", "volumesnapshotrequests"))
                .as("writes of the create intent with the finalizer")
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(namesOf(requests, "patch", "volumesnapshotrequests/status"))
                .as("writes of the status: the id, then available")
                .hasSize(2 * REQUESTS);
        assertThat(requests.stream()
                        .filter(request -> request.resource().equals("events"))
                        .filter(AuditLog.Entry::isWrite))
                .as("events")
                .hasSize(2 * REQUESTS);
        assertThat(requests.stream().filter(AuditLog.Entry::isWrite))
                .as("all writes")
                .hasSize(5 * REQUESTS);
        assertThat(namesOf(requests, "get", "volumesnapshotrequests"))
                .as("single reads")
                .isEmpty();
    }

    private static List<String> namesOf(List<AuditLog.Entry> requests, String verb, String resource) {
        return requests.stream()
                .filter(request ->
                        request.verb().equals(verb) && request.resource().equals(resource))
                .map(AuditLog.Entry::name)
                .toList();
    }

    private static void createNamespace(RealApiServer server) {
        server.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
    }

    private static OperatorProcess start(RealApiServer server, EvsSimulator cloud) {
        var settings = new HashMap<>(RunningOperator.settings(cloud, NAMESPACE));
        // The default times: with the short ones of the scenarios a slow machine disturbs the requests.
        settings.keySet().removeIf(UndisturbedCostIT::isTime);
        return OperatorProcess.packaged("undisturbed")
                .kubeconfig(server.kubeconfig())
                .settings(settings)
                .environment("KUBERNETES_USER_AGENT", AGENT)
                .javaOptions("-Xmx128m")
                .start()
                .awaitLeading();
    }

    private static boolean isTime(String key) {
        return key.matches("evs\\.(create|poll|retry|claim)\\..*|evs\\.connection\\.(connect-)?timeout")
                || key.matches("evs\\.leader-election\\.(lease-duration|retry-period|max-clock-skew)");
    }

    private static void apply(RealApiServer server, String volumeId) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(volumeId)
                .withNamespace(NAMESPACE)
                .build());
        request.setSpec(ofVolume(volumeId).build());
        server.client().resource(request).create();
    }

    private static void awaitAllReady(RealApiServer server) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.client()
                        .resources(VolumeSnapshotRequest.class)
                        .inNamespace(NAMESPACE)
                        .list()
                        .getItems())
                .hasSize(REQUESTS)
                .allSatisfy(request -> {
                    assertThat(request.getStatus().snapshotStatus()).isEqualTo("available");
                    assertThat(request.getStatus().readyAt()).isNotNull();
                }));
        // The event of readiness follows the status.
        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.client()
                                .v1()
                                .events()
                                .inNamespace(NAMESPACE)
                                .list()
                                .getItems()
                                .size()
                        >= 2 * REQUESTS);
    }
}
