/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.RestoreSteps.ofRequest;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
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
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cost of a restore that nothing disturbs, counted in the audit log of a real API server and in the call log of the cloud: four
 * writes, one event, no read of a single object, one create request, a few own reads, and shared lists.
 */
class RestoreCostIT {
    private static final int RESTORES = 20;
    private static final String AGENT = "operator-under-test";
    private static final String NAMESPACE = "restores";

    @Test
    void costsFourWritesOneEventAndNoSingleRead(@TempDir Path folder) throws IOException {
        var builder = RealApiServer.of(RealApiServer.NEWEST);
        var audit = AuditLog.enableFor(builder, folder);
        var volumes = IntStream.range(0, RESTORES)
                .mapToObj("5aa119a8-d25b-45a7-8d1b-%012d"::formatted)
                .toList();
        var cloudSettings = SimulatorSettings.builder()
                .snapshotTakes(Duration.ofSeconds(2))
                .volumeAppearsAfter(Duration.ofSeconds(1))
                .volumeTakes(Duration.ofSeconds(15));
        volumes.forEach(id -> cloudSettings.volume(Volume.available(id)));
        int requestsBefore;
        try (var server = builder.start();
                var cloud = EvsSimulator.start(cloudSettings.build())) {
            server.installCrds();
            createNamespace(server);
            try (var operator = start(server, cloud)) {
                volumes.forEach(id -> applyRequest(server, id));
                awaitRequests(server);
                cloud.callLog().clear();
                requestsBefore = audit.requestsOf(AGENT).size();
                volumes.forEach(id -> applyRestore(server, id));
                awaitRestores(server);
            }
            var calls = cloud.callLog();
            assertThat(calls.actedOn(Operation.DISK_CREATE))
                    .as("executed create requests")
                    .hasSize(RESTORES);
            assertThat(calls.count(Operation.DISK_CREATE)).as("create requests").isEqualTo(RESTORES);
            assertThat(calls.count(Operation.GET)).as("reads of the snapshot").isEqualTo(RESTORES);
            assertThat(calls.count(Operation.DISK_GET))
                    .as("reads of the source volume and of the new one")
                    .isLessThanOrEqualTo(2 * RESTORES);
            assertThat(calls.count(Operation.JOB_GET)).as("reads of the job").isLessThanOrEqualTo(RESTORES);
            assertThat(calls.count(Operation.DISK_LIST)).as("shared lists").isLessThan(RESTORES);
        }

        var all = audit.requestsOf(AGENT);
        var requests = all.subList(requestsBefore, all.size()).stream()
                .filter(request -> !request.resource().equals("leases"))
                .toList();

        assertThat(namesOf(requests, "patch", "volumesnapshotrestores"))
                .as("writes of the create intent with the finalizer")
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(namesOf(requests, "patch", "volumesnapshotrestores/status"))
                .as("writes of the status: the job, the volume, then available")
                .hasSize(3 * RESTORES);
        assertThat(requests.stream()
                        .filter(request -> request.resource().equals("events"))
                        .filter(AuditLog.Entry::isWrite))
                .as("events")
                .hasSize(RESTORES);
        assertThat(requests.stream().filter(AuditLog.Entry::isWrite))
                .as("all writes")
                .hasSize(5 * RESTORES);
        assertThat(namesOf(requests, "get", "volumesnapshotrestores"))
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
        // The default times: with the short ones of the scenarios a slow machine disturbs the restores.
        settings.keySet()
                .removeIf(
                        key -> key.matches("evs\\.(create|poll|retry|claim)\\..*|evs\\.connection\\.(connect-)?timeout")
                                || key.matches("evs\\.leader-election\\.(lease-duration|retry-period|max-clock-skew)"));
        return OperatorProcess.packaged("restore-cost")
                .kubeconfig(server.kubeconfig())
                .settings(settings)
                .environment("KUBERNETES_USER_AGENT", AGENT)
                .javaOptions("-Xmx128m")
                .start()
                .awaitLeading();
    }

    private static ObjectMeta metadata(String name) {
        return new ObjectMetaBuilder().withName(name).withNamespace(NAMESPACE).build();
    }

    private static void applyRequest(RealApiServer server, String volumeId) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(metadata(volumeId));
        request.setSpec(ofVolume(volumeId).build());
        server.client().resource(request).create();
    }

    private static void applyRestore(RealApiServer server, String name) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(metadata(name));
        restore.setSpec(ofRequest(name).build());
        server.client().resource(restore).create();
    }

    private static void awaitRequests(RealApiServer server) {
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(server.client()
                        .resources(VolumeSnapshotRequest.class)
                        .inNamespace(NAMESPACE)
                        .list()
                        .getItems())
                .hasSize(RESTORES)
                .allSatisfy(request -> assertThat(request.getStatus().readyAt()).isNotNull()));
        awaitEvents(server, 2 * RESTORES);
    }

    private static void awaitRestores(RealApiServer server) {
        await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(server.client()
                        .resources(VolumeSnapshotRestore.class)
                        .inNamespace(NAMESPACE)
                        .list()
                        .getItems())
                .hasSize(RESTORES)
                .extracting(restore ->
                        restore.getStatus() == null ? null : restore.getStatus().readyAt())
                .allMatch(Objects::nonNull));
        awaitEvents(server, 3 * RESTORES);
    }

    private static void awaitEvents(RealApiServer server, int atLeast) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.client()
                                .v1()
                                .events()
                                .inNamespace(NAMESPACE)
                                .list()
                                .getItems()
                                .size()
                        >= atLeast);
    }
}
