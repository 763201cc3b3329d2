/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Executes runs one after the other. It has its own namespace, its own cloud, and one or two operator processes that share a
 * lease. The processes continue from run to run unless a plan ends them. Several test beds share one API server.
 */
final class TestBed implements OperatorInstance.Environment, AutoCloseable {
    static final String INSTALLATION = "fault-campaign";
    private static final String LEASE = "evs-snapshot-operator";

    /** All processes must use one name for the cloud, or they treat it as two. Each process has its own link to it. */
    private static final String CLOUD_NAME = "evs.simulated";

    private static final Path WORK = Path.of("target", "fault-campaign");

    private final KubernetesClient kubernetes;
    private final String namespace;
    private final EvsSimulator cloud;
    private final FaultInjector injector;
    private final HistoryRecorder recorder;
    private final RestoreHistory restores;
    private final Duration settleTime;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4, task -> {
        var thread = new Thread(task, "test-bed");
        thread.setDaemon(true);
        return thread;
    });
    private final List<OperatorInstance> instances = new ArrayList<>();
    private volatile Map<String, UserObject> objects = Map.of();

    TestBed(Cluster cluster, int processes, CoverageTable coverage) {
        settleTime = FaultPlan.settleTime(processes);
        kubernetes = cluster.client();
        namespace = cluster.freshNamespace("faults");
        cloud = EvsSimulator.start(SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(300))
                .deletionTakes(Duration.ofMillis(200))
                .volumeTakes(Duration.ofMillis(2500))
                .volumeAppearsAfter(Duration.ofMillis(300))
                .anyVolume(Volume.available("any"))
                .build());
        injector = new FaultInjector(coverage);
        recorder = new HistoryRecorder(kubernetes, namespace, cloud);
        restores = new RestoreHistory(kubernetes, namespace, cloud, recorder::reportViolation);
        try {
            var port = 0;
            for (var i = 0; i < processes; i++) {
                var instance = instance(i, port);
                instances.add(instance);
                port = instance.port(Link.CLOUD);
            }
            for (var i = 0; i < processes; i++) {
                start(instances.get(i), i);
            }
        } catch (IOException | GeneralSecurityException e) {
            close();
            throw new IllegalStateException(e);
        }
    }

    private OperatorInstance instance(int index, int cloudPort) throws IOException, GeneralSecurityException {
        var server = URI.create(kubernetes.getConfiguration().getMasterUrl());
        var sockets = SSLUtils.sslContext(kubernetes.getConfiguration()).getSocketFactory();
        var simulator = cloud.endpoint();
        return new OperatorInstance(
                address(index),
                cloudPort,
                () -> sockets.createSocket(server.getHost(), server.getPort()),
                () -> new Socket(simulator.getHost(), simulator.getPort()),
                injector,
                timer,
                this);
    }

    /** Linux accepts connections on all of 127.0.0.0/8. So each process has its own address for the one port of the cloud. */
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
                .javaOptions("-Xmx96m", "-Djdk.net.hosts.file=" + hosts.toAbsolutePath())
                .start());
    }

    private static String kubeconfig(String server) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: faulty, cluster: {server: "%s"}}]
                users: [{name: anonymous, user: {}}]
                contexts: [{name: faulty, context: {cluster: faulty, user: anonymous, namespace: default}}]
                current-context: faulty
                """.formatted(server);
    }

    private Map<String, String> settings(int cloudPort) {
        Map<String, String> settings = new HashMap<>(RunningOperator.settings(cloud, namespace));
        var endpoint = "http://" + CLOUD_NAME + ":" + cloudPort;
        settings.put("evs.connection.raw-id-namespaces", "*");
        settings.put("evs.connection.import-deletion-namespaces", "*");
        settings.put("evs.connection.endpoint", endpoint);
        settings.put("evs.connection.iam-endpoint", endpoint);
        settings.put("evs.connection.plain-http", "true");
        settings.put("evs.installation", INSTALLATION);
        ScaledTimings.put(settings, settleTime);
        return settings;
    }

    /** Returns the lines about an object in the logs of its processes, in the order of their times. */
    List<String> logLines(String uid) {
        try (var logs = Files.list(OperatorProcess.LOGS)) {
            return logs.filter(log -> log.getFileName().toString().startsWith(namespace + "-"))
                    .flatMap(TestBed::lines)
                    .filter(line -> line.contains(uid))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settle time of its processes. */
    Duration settleTime() {
        return settleTime;
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

    FaultInjector injector() {
        return injector;
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    RestoreHistory restores() {
        return restores;
    }

    List<OperatorInstance> instances() {
        return List.copyOf(instances);
    }

    /** Sets the objects that users change in this run. */
    void setObjects(Collection<UserObject> all) {
        objects = all.stream().collect(Collectors.toUnmodifiableMap(UserObject::name, Function.identity()));
    }

    boolean hasLeader() {
        return instances.stream().anyMatch(OperatorInstance::isLeader);
    }

    boolean hasMutatingCallsInFlight() {
        return instances.stream().anyMatch(OperatorInstance::hasMutatingCallsInFlight);
    }

    void heal() {
        injector.heal();
        cloud.faults().clear();
        instances.forEach(OperatorInstance::heal);
    }

    @Override
    public void actAsUser(FaultType action, Optional<String> object) {
        if (action == FaultType.DELETE_LEASE) {
            kubernetes.leases().inNamespace(namespace).withName(LEASE).delete();
            return;
        }
        object.map(objects::get).ifPresent(named -> actAsUser(action, named));
    }

    private void actAsUser(FaultType action, UserObject object) {
        switch (object.isProtected() ? FaultType.TOUCH : action) {
            case DELETE_OBJECT -> delete(object);
            case WIPE_STATUS -> wipe(object);
            case TERMINATE_IN_FLIGHT -> strip(object);
            case STRIP_FINALIZER -> {
                object.recordStripped();
                merge(object, "{\"metadata\":{\"finalizers\":null}}");
            }
            default -> merge(object, "{\"metadata\":{\"annotations\":{\"touched\":\"" + Instant.now() + "\"}}}");
        }
    }

    void delete(UserObject object) {
        object.recordDeleted();
        object.in(kubernetes, namespace).delete();
    }

    /** Deletes an object whose user creates it again. */
    void deleteToRecreate(ScenarioRequest request) {
        request.in(kubernetes, namespace).delete();
    }

    /** Removes annotations and finalizers, as {@code kubectl replace} does. */
    void strip(UserObject object) {
        object.recordStripped();
        merge(object, "{\"metadata\":{\"finalizers\":null,\"annotations\":null}}");
    }

    void wipe(UserObject object) {
        object.recordWiped();
        ignoreIfGone(() -> object.in(kubernetes, namespace)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":null}"));
    }

    void merge(UserObject object, String patch) {
        ignoreIfGone(() -> object.in(kubernetes, namespace).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    /** The messages of the events of an object, which may be gone. */
    List<String> eventMessages(String uid) {
        return kubernetes.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> uid.equals(event.getInvolvedObject().getUid()))
                .map(Event::getMessage)
                .filter(Objects::nonNull)
                .toList();
    }

    private static void ignoreIfGone(Runnable edit) {
        try {
            edit.run();
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw gone;
            }
        }
    }

    @Override
    public void intentIsWritten(String createId, Instant earliest) {
        recorder.intentIsWritten(createId, earliest);
    }

    @Override
    public void reportViolation(String sentence) {
        recorder.reportViolation(sentence);
    }

    @Override
    public void close() {
        instances.forEach(OperatorInstance::close);
        timer.shutdownNow();
        recorder.close();
        restores.close();
        cloud.close();
    }
}
