/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.configuration.DurationConverter;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * One scenario: its own namespace, its own cloud and an operator, with the steps and assertions that a scenario test needs.
 * Each wait is bounded and ends with an assertion. {@link StoryExtension} makes and closes it.
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

    /** Starts the cloud, but no operator yet. */
    static Story prepare(Cluster cluster, SimulatorSettingsBuilder cloud, Map<String, String> overrides) {
        return new Story(cluster, EvsSimulator.start(cloud.build()), overrides);
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

    /** @param scheduleClock decides which slots of schedules are due */
    public void startOperator(InstantSource scheduleClock) {
        operator = Optional.of(
                RunningOperator.start(cluster.client().getConfiguration(), settings, Operator::new, scheduleClock));
    }

    public RunningOperator operator() {
        return operator.orElseThrow(() -> new AssertionError("no operator runs"));
    }

    /** Writes another holder into the Lease of the operator. */
    public void takeLease() {
        untilWritten(() -> cluster.client()
                .leases()
                .inNamespace(namespace)
                .withName("evs-snapshot-operator")
                .edit(lease -> {
                    lease.getSpec().setHolderIdentity("another");
                    return lease;
                }));
    }

    /** Stops the operator as SIGTERM does. */
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

    /** Edits the current version of the object. Repeats the edit if the operator wrote in the meantime. */
    public VolumeSnapshotRequest edit(String name, Consumer<VolumeSnapshotRequest> change) {
        return untilWritten(() -> cluster.client().resource(get(name)).edit(request -> {
            change.accept(request);
            return request;
        }));
    }

    /** Removes the status, as a restore without status or a user can do. */
    public void wipeStatus(String name) {
        untilWritten(() -> cluster.client().resource(get(name)).editStatus(request -> {
            request.setStatus(null);
            return request;
        }));
    }

    private static <T> T untilWritten(Callable<T> write) {
        return eventually().ignoreException(KubernetesClientException.class).until(write, Objects::nonNull);
    }

    public VolumeSnapshotRequest annotate(String name, String key, String value) {
        return edit(name, request -> {
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

    /** Waits until the condition {@code Ready} has this reason, and returns the status. */
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

    /**
     * Waits until there is exactly one event with this reason, and returns its message. The operator sends the event after it
     * has removed the finalizer, so the object can be gone first.
     */
    public String awaitEventMessage(String name, Reason reason) {
        eventually().untilAsserted(() -> assertThat(eventMessages(name, reason)).hasSize(1));
        return eventMessages(name, reason).get(0);
    }

    private List<String> eventMessages(String name, Reason reason) {
        return events(name)
                .filter(event -> reason.name().equals(event.getReason()))
                .map(Event::getMessage)
                .toList();
    }

    private Stream<Event> events(String name) {
        return cluster.client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> name.equals(event.getInvolvedObject().getName()));
    }

    /** Asserts that the cloud executed exactly one create request, and contains only the snapshot of this request. */
    public void assertExactlyOne(String name) {
        assertThat(cloud.callLog().createsActedOn())
                .as("executed create requests")
                .hasSize(1);
        assertOneLivingSnapshot(name);
    }

    /** Asserts the invariants of these requests, and that the cloud contains their snapshots only. */
    public void assertOneLivingSnapshot(String... names) {
        var invariants = InvariantInputs.of(cloud, this::isLate);
        for (var name : names) {
            var request = InvariantInputs.request(name, get(name));
            assertThat(invariants.oneLivingSnapshot(request)).isEmpty();
            assertThat(invariants.duplicatesListed(request)).isEmpty();
            assertThat(invariants.createdOnce(request, 0)).isEmpty();
            assertThat(invariants.noCreateExecutedTwice(request)).isEmpty();
        }
        assertThat(invariants.living()).as("living snapshots").hasSize(names.length);
    }

    /** Whether the cloud executed the create request at least the settle time after it arrived. */
    private boolean isLate(CallLogEntry entry) {
        var settleTime = DurationConverter.parseDuration(settings.get("evs.create.settle-time"));
        return entry.actedAt()
                .filter(executed -> Duration.between(entry.at(), executed).compareTo(settleTime) >= 0)
                .isPresent();
    }

    @Override
    public void close() {
        stopOperator();
        // No operator runs that would remove the finalizers, and the shared server keeps all objects.
        Stream.of(VolumeSnapshotRestore.class, VolumeSnapshotRequest.class, VolumeSnapshotSchedule.class)
                .forEach(this::removeAll);
        cloud.close();
    }

    private <T extends HasMetadata> void removeAll(Class<T> kind) {
        var objects = cluster.client().resources(kind).inNamespace(namespace);
        objects.list().getItems().stream()
                .filter(remaining -> !remaining.getFinalizers().isEmpty())
                .forEach(remaining -> cluster.client().resource(remaining).edit(object -> {
                    object.getMetadata().setFinalizers(List.of());
                    return object;
                }));
        objects.delete();
    }
}
