/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Records every version of every request over a separate connection without faults. Compares each version with the cloud
 * at that moment. Also records since when the operator can have sent each create request.
 */
final class HistoryRecorder implements ResourceEventHandler<VolumeSnapshotRequest>, AutoCloseable {
    private final EvsSimulator cloud;
    private final SharedIndexInformer<VolumeSnapshotRequest> informer;
    private final Map<String, VolumeSnapshotRequest> newest = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> recordedIds = new ConcurrentHashMap<>();
    private final Map<String, Instant> sendableFrom = new ConcurrentHashMap<>();
    private final Set<String> removedWithFinalizer = ConcurrentHashMap.newKeySet();
    private final List<String> violations = new ArrayList<>();

    HistoryRecorder(KubernetesClient kubernetes, String namespace, EvsSimulator cloud) {
        this.cloud = cloud;
        this.informer = kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .inform(this);
    }

    @Override
    public void onAdd(VolumeSnapshotRequest request) {
        newest.put(request.getMetadata().getName(), request);
        check(request);
    }

    @Override
    public void onUpdate(VolumeSnapshotRequest before, VolumeSnapshotRequest request) {
        onAdd(request);
    }

    @Override
    public void onDelete(VolumeSnapshotRequest request, boolean unknownFinalState) {
        newest.remove(request.getMetadata().getName());
        if (!unknownFinalState && isRemovedWithFinalizer(request)) {
            removedWithFinalizer.add(request.getMetadata().getUid());
        }
    }

    /** Whether the API server removed the object although it had the finalizer. */
    boolean isRemovedWithFinalizer(String uid) {
        return removedWithFinalizer.contains(uid);
    }

    /**
     * Whether this last version shows that the API server ignored the finalizer: it was never marked for deletion. That can happen
     * if the deletion begins before the finalizer is written (Kubernetes issue 77988). No operator can prevent it.
     */
    static boolean isRemovedWithFinalizer(HasMetadata last) {
        return !last.isMarkedForDeletion() && last.hasFinalizer(Api.FINALIZER);
    }

    /** The newest version of an object; empty if it does not exist. */
    Optional<VolumeSnapshotRequest> newest(String name) {
        return Optional.ofNullable(newest.get(name));
    }

    /** All ids that the status of this object recorded. */
    Set<String> recordedIds(String uid) {
        return Set.copyOf(recordedIds.getOrDefault(uid, Set.of()));
    }

    void intentIsWritten(String createId, Instant earliest) {
        sendableFrom.merge(createId, earliest, (one, other) -> one.isBefore(other) ? one : other);
    }

    /**
     * When the operator learned that the create intent was written; empty if it never did, so that it must not send the create
     * request.
     */
    Optional<Instant> sendableFrom(String createId) {
        return Optional.ofNullable(sendableFrom.get(createId));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized void reset() {
        violations.clear();
        recordedIds.clear();
        sendableFrom.clear();
        removedWithFinalizer.clear();
    }

    synchronized void reportViolation(String sentence) {
        violations.add(sentence);
    }

    private void check(VolumeSnapshotRequest request) {
        var metadata = request.getMetadata();
        var state = InvariantInputs.request(
                metadata.getName() + " (version " + metadata.getResourceVersion() + ")", request);
        state.recordedId().ifPresent(id -> recordedIds
                .computeIfAbsent(state.uid(), key -> Collections.synchronizedSet(new LinkedHashSet<>()))
                .add(id));
        var isCreating = state.recordedId()
                .flatMap(cloud.snapshots()::find)
                .map(Snapshot::status)
                .filter("creating"::equals)
                .isPresent();
        SnapshotInvariants.readyOnlyWhenAvailable(state, !isCreating).forEach(this::reportViolation);
    }

    @Override
    public void close() {
        informer.close();
    }
}
