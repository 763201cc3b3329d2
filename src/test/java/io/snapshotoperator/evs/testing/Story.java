/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * One story: a namespace of its own, a cloud of its own and an operator, and the words in which it is told. Waits are
 * bounded and end by an assertion.
 */
public final class Story implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final String namespace;
    private final EvsSimulator cloud;
    private final Map<String, String> settings;
    private Optional<RunningOperator> operator = Optional.empty();

    private Story(Cluster cluster, EvsSimulator cloud, Map<String, String> overrides) {
        this.cluster = cluster;
        this.cloud = cloud;
        this.namespace = cluster.freshNamespace("story");
        this.settings = RunningOperator.settings(cloud, namespace);
        this.settings.putAll(overrides);
    }

    /** The stage without an operator. */
    public static Story prepare(Cluster cluster, SimulatorSettingsBuilder cloud, Map<String, String> overrides) {
        return new Story(cluster, EvsSimulator.start(cloud.build()), overrides);
    }

    public static Story begin(Cluster cluster, SimulatorSettingsBuilder cloud) {
        return begin(cluster, cloud, Map.of());
    }

    public static Story begin(Cluster cluster, SimulatorSettingsBuilder cloud, Map<String, String> overrides) {
        var story = prepare(cluster, cloud, overrides);
        story.startOperator();
        return story;
    }

    public EvsSimulator cloud() {
        return cloud;
    }

    public String namespace() {
        return namespace;
    }

    public KubernetesClient kubernetes() {
        return cluster.client();
    }

    public Map<String, String> settings() {
        return settings;
    }

    public void startOperator() {
        operator = Optional.of(RunningOperator.start(cluster, settings));
    }

    /** As SIGTERM does. */
    public void stopOperator() {
        operator.ifPresent(RunningOperator::close);
        operator = Optional.empty();
    }

    public VolumeSnapshotRequest apply(String name, VolumeSnapshotRequestSpec spec) {
        return apply(name, spec, Map.of());
    }

    public VolumeSnapshotRequest apply(String name, VolumeSnapshotRequestSpec spec, Map<String, String> annotations) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withAnnotations(annotations.isEmpty() ? null : annotations)
                .build());
        request.setSpec(spec);
        return cluster.client().resource(request).create();
    }

    public Optional<VolumeSnapshotRequest> find(String name) {
        return Optional.ofNullable(cluster.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    public VolumeSnapshotRequest get(String name) {
        return find(name).orElseThrow(() -> new AssertionError(name + " is gone"));
    }

    public VolumeSnapshotRequestStatus status(String name) {
        return Optional.ofNullable(get(name).getStatus())
                .orElseThrow(() -> new AssertionError(name + " has no status yet"));
    }

    /** Edits the object as it is then; when the operator wrote meanwhile, again. */
    public void edit(String name, Consumer<VolumeSnapshotRequest> change) {
        untilTaken(() -> cluster.client().resource(get(name)).edit(request -> {
            change.accept(request);
            return request;
        }));
    }

    /** As a restore without status, or a careless hand, leaves the object. */
    public void wipeStatus(String name) {
        untilTaken(() -> cluster.client().resource(get(name)).editStatus(request -> {
            request.setStatus(null);
            return request;
        }));
    }

    private static void untilTaken(Callable<?> write) {
        eventually().ignoreException(KubernetesClientException.class).until(() -> write.call() != null);
    }

    public void annotate(String name, String key, String value) {
        edit(name, request -> {
            var annotations = new HashMap<>(
                    Optional.ofNullable(request.getMetadata().getAnnotations()).orElse(Map.of()));
            annotations.put(key, value);
            request.getMetadata().setAnnotations(annotations);
        });
    }

    public void delete(String name) {
        cluster.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name)
                .delete();
    }

    /** Waits until the object carries this reason, and returns its status. */
    public VolumeSnapshotRequestStatus awaitReason(String name, Reason reason) {
        eventually().untilAsserted(() -> assertThat(condition(name, "Ready").getReason())
                .as(() -> name + " in " + find(name).map(VolumeSnapshotRequest::getStatus))
                .isEqualTo(reason.name()));
        return status(name);
    }

    public VolumeSnapshotRequestStatus awaitReady(String name) {
        var status = awaitReason(name, SnapshotReason.SnapshotAvailable);
        assertThat(status.snapshotStatus()).isEqualTo("available");
        return status;
    }

    public void awaitGone(String name) {
        eventually().untilAsserted(() -> assertThat(find(name).map(VolumeSnapshotRequest::getStatus))
                .as(name)
                .isEmpty());
    }

    public void awaitCalls(Operation operation, int atLeast) {
        eventually().untilAsserted(() -> assertThat(cloud.callLog().count(operation))
                .as(operation.name())
                .isGreaterThanOrEqualTo(atLeast));
    }

    public static ConditionFactory eventually() {
        return await().atMost(MAX_WAIT).pollInterval(Duration.ofMillis(50));
    }

    public Condition condition(String name, String type) {
        return status(name).conditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has no condition " + type + " yet"));
    }

    public List<String> eventReasons(String name) {
        return events(name).map(Event::getReason).toList();
    }

    /** What the events of this reason tell; that there is one at all is for the test to say. */
    public List<String> eventMessages(String name, Reason reason) {
        return events(name)
                .filter(event -> reason.name().equals(event.getReason()))
                .map(Event::getMessage)
                .toList();
    }

    private Stream<Event> events(String name) {
        return cluster.client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> name.equals(event.getInvolvedObject().getName()));
    }

    /** Exactly one create was acted on, and exactly one snapshot lives: the one that the status records. */
    public void assertExactlyOne(String name) {
        assertThat(cloud.callLog().createsActedOn())
                .as("creates that the cloud acted on")
                .hasSize(1);
        assertThat(cloud.snapshots().living())
                .as("living snapshots")
                .singleElement()
                .satisfies(
                        living -> assertThat(living.id()).isEqualTo(status(name).snapshotId()));
    }

    @Override
    public void close() {
        stopOperator();
        // Nobody would ever take the finalizers off again, and a shared server keeps what a story leaves.
        cluster.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .forEach(remaining -> cluster.client().resource(remaining).edit(request -> {
                    request.getMetadata().setFinalizers(List.of());
                    return request;
                }));
        cluster.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .delete();
        cloud.close();
    }
}
