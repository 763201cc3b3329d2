/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where runs take place, one after the other: a namespace and a cloud of its own, and one or two operator processes that
 * share a lease and stay alive from run to run unless a plan ends them. Several sites share one API server.
 */
final class TestBed implements OperatorInstance.World, AutoCloseable {
    static final String INSTALLATION = "laboratory";
    private static final String LEASE = "evs-snapshot-operator";

    /** All processes must know the cloud by one name, or they would take it for two; each reaches it by its own road. */
    private static final String CLOUD_NAME = "evs.simulated";

    private static final Path WORK = Path.of("target", "fault-laboratory");

    private final KubernetesClient kubernetes;
    private final String namespace;
    private final EvsSimulator cloud;
    private final FaultInjector conductor;
    private final HistoryRecorder recorder;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4, task -> {
        var thread = new Thread(task, "site");
        thread.setDaemon(true);
        return thread;
    });
    private final List<OperatorInstance> slots = new ArrayList<>();
    private volatile Map<String, ScenarioRequest> cast = Map.of();

    TestBed(Cluster cluster, int processes, CoverageTable tally) {
        kubernetes = cluster.client();
        namespace = cluster.freshNamespace("faults");
        cloud = EvsSimulator.start(SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(300))
                .deletionTakes(Duration.ofMillis(200))
                .anyVolume(Volume.available("any"))
                .build());
        conductor = new FaultInjector(tally);
        recorder = new HistoryRecorder(kubernetes, namespace, cloud);
        try {
            var port = 0;
            for (var i = 0; i < processes; i++) {
                var instance = slot(i, port);
                slots.add(instance);
                port = instance.port(Link.CLOUD);
            }
            for (var i = 0; i < processes; i++) {
                start(slots.get(i), i);
            }
        } catch (IOException | GeneralSecurityException e) {
            close();
            throw new IllegalStateException(e);
        }
    }

    private OperatorInstance slot(int index, int cloudPort) throws IOException, GeneralSecurityException {
        var server = URI.create(kubernetes.getConfiguration().getMasterUrl());
        var sockets = SSLUtils.sslContext(kubernetes.getConfiguration()).getSocketFactory();
        var simulator = cloud.endpoint();
        return new OperatorInstance(
                address(index),
                cloudPort,
                () -> sockets.createSocket(server.getHost(), server.getPort()),
                () -> new Socket(simulator.getHost(), simulator.getPort()),
                conductor,
                timer,
                this);
    }

    /** Linux answers on all of 127.0.0.0/8, so that each process has the cloud's one port on an address of its own. */
    private static InetAddress address(int index) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + index)});
    }

    private void start(OperatorInstance instance, int index) throws IOException {
        Files.createDirectories(WORK);
        var hosts = Files.writeString(
                WORK.resolve(namespace + "-" + index + ".hosts"),
                address(index).getHostAddress() + " " + CLOUD_NAME + "\n127.0.0.1 localhost\n"
                        + InetAddress.getLocalHost().getHostAddress() + " "
                        + InetAddress.getLocalHost().getHostName() + "\n");
        var kubeconfig = Files.writeString(
                WORK.resolve(namespace + "-" + index + ".kubeconfig"),
                kubeconfig("http://" + address(index).getHostAddress() + ":" + instance.port(Link.KUBERNETES)));
        var settings = settings(instance.port(Link.CLOUD));
        instance.run(() -> OperatorProcess.packaged(namespace + "-" + index)
                .kubeconfig(kubeconfig)
                .settings(settings)
                .javaOptions(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx96m",
                        "-Djdk.net.hosts.file=" + hosts.toAbsolutePath())
                .start());
    }

    private static String kubeconfig(String server) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: faulty, cluster: {server: "%s"}}]
                users: [{name: nobody, user: {}}]
                contexts: [{name: faulty, context: {cluster: faulty, user: nobody, namespace: default}}]
                current-context: faulty
                """.formatted(server);
    }

    private Map<String, String> settings(int cloudPort) {
        Map<String, String> settings = new HashMap<>(RunningOperator.settings(cloud, namespace));
        var endpoint = "http://" + CLOUD_NAME + ":" + cloudPort;
        settings.put("evs.connection.endpoint", endpoint);
        settings.put("evs.connection.iam-endpoint", endpoint);
        settings.put("evs.connection.plain-http", "true");
        settings.put("evs.installation", INSTALLATION);
        ScaledTimings.put(settings);
        return settings;
    }

    KubernetesClient kubernetes() {
        return kubernetes;
    }

    String namespace() {
        return namespace;
    }

    EvsSimulator cloud() {
        return cloud;
    }

    FaultInjector conductor() {
        return conductor;
    }

    HistoryRecorder witness() {
        return recorder;
    }

    List<OperatorInstance> slots() {
        return List.copyOf(slots);
    }

    /** Whom people's hands may touch in this run. */
    void cast(Map<String, ScenarioRequest> parts) {
        cast = Map.copyOf(parts);
    }

    boolean isLed() {
        return slots.stream().anyMatch(OperatorInstance::leads);
    }

    boolean hasOrdersUnderWay() {
        return slots.stream().anyMatch(OperatorInstance::hasOrdersUnderWay);
    }

    void heal() {
        conductor.heal();
        cloud.faults().clear();
        slots.forEach(OperatorInstance::heal);
    }

    @Override
    public void byHand(FaultType what, Optional<String> object) {
        if (what == FaultType.DELETE_LEASE) {
            kubernetes.leases().inNamespace(namespace).withName(LEASE).delete();
            return;
        }
        object.map(cast::get).ifPresent(scenario -> byHand(what, scenario));
    }

    private void byHand(FaultType what, ScenarioRequest scenario) {
        // Of a snapshot that people made vanish, the status is the only trace: emptied, nobody could know.
        switch (scenario.role() == ScenarioRequest.Scenario.MISSING ? FaultType.TOUCH : what) {
            case DELETE_OBJECT -> delete(scenario);
            case WIPE_STATUS -> wipe(scenario);
            case STRIP_FINALIZER -> {
                scenario.hasBeenStripped();
                merge(scenario, "{\"metadata\":{\"finalizers\":null}}");
            }
            default -> merge(scenario, "{\"metadata\":{\"annotations\":{\"touched\":\"" + Instant.now() + "\"}}}");
        }
    }

    void delete(ScenarioRequest scenario) {
        scenario.hasBeenDeleted();
        object(scenario).delete();
    }

    void wipe(ScenarioRequest scenario) {
        unlessGone(() -> object(scenario)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":null}"));
    }

    void merge(ScenarioRequest scenario, String patch) {
        unlessGone(() -> object(scenario).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    private Resource<VolumeSnapshotRequest> object(ScenarioRequest scenario) {
        return kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(scenario.name());
    }

    private static void unlessGone(Runnable edit) {
        try {
            edit.run();
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw gone;
            }
        }
    }

    @Override
    public void intentIsKnown(String createId, Instant earliest) {
        recorder.intentIsKnown(createId, earliest);
    }

    @Override
    public void broke(String rule) {
        recorder.broke(rule);
    }

    @Override
    public void close() {
        slots.forEach(OperatorInstance::close);
        timer.shutdownNow();
        recorder.close();
        cloud.close();
    }
}
