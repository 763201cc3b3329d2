/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees every version of every request that the API server tells of, by a way of its own that no fault disturbs, and holds
 * each against the cloud as it is at that moment. Also knows when each order became possible.
 */
final class HistoryRecorder implements ResourceEventHandler<VolumeSnapshotRequest>, AutoCloseable {
    private final EvsSimulator cloud;
    private final SharedIndexInformer<VolumeSnapshotRequest> informer;
    private final Map<String, VolumeSnapshotRequest> newest = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> recorded = new ConcurrentHashMap<>();
    private final Map<String, Instant> possibleFrom = new ConcurrentHashMap<>();
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
        judge(request);
    }

    @Override
    public void onUpdate(VolumeSnapshotRequest before, VolumeSnapshotRequest request) {
        onAdd(request);
    }

    @Override
    public void onDelete(VolumeSnapshotRequest request, boolean unknownFinalState) {
        newest.remove(request.getMetadata().getName());
    }

    Optional<VolumeSnapshotRequest> newest(String name) {
        return Optional.ofNullable(newest.get(name));
    }

    static boolean isReady(VolumeSnapshotRequest request) {
        return condition(request, "Ready")
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    static Optional<Condition> condition(VolumeSnapshotRequest request, String type) {
        return request.getStatus() == null
                ? Optional.empty()
                : request.getStatus().conditions().stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst();
    }

    /** Ids that the status of this object held at one time or another. */
    Set<String> recorded(String uid) {
        return Set.copyOf(recorded.getOrDefault(uid, Set.of()));
    }

    void intentIsKnown(String createId, Instant earliest) {
        possibleFrom.merge(createId, earliest, (one, other) -> one.isBefore(other) ? one : other);
    }

    /** When the operator learnt that the intent of the order was written; empty: it never did, so it must not send it. */
    Optional<Instant> possibleFrom(String createId) {
        return Optional.ofNullable(possibleFrom.get(createId));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized void forget() {
        violations.clear();
        recorded.clear();
        possibleFrom.clear();
    }

    private void judge(VolumeSnapshotRequest request) {
        var status = request.getStatus();
        if (status == null) {
            return;
        }
        var uid = request.getMetadata().getUid();
        if (status.snapshotId() != null) {
            recorded.computeIfAbsent(uid, key -> java.util.Collections.synchronizedSet(new LinkedHashSet<>()))
                    .add(status.snapshotId());
        }
        if (isReady(request)) {
            if (!"available".equals(status.snapshotStatus()) || status.snapshotId() == null) {
                violate(request, "is Ready though its status says " + status.snapshotStatus());
            }
            var snapshot = cloud.snapshots().find(status.snapshotId());
            if (snapshot.map(Snapshot::status).filter("creating"::equals).isPresent()) {
                violate(request, "is Ready while its snapshot is creating");
            }
            if (condition(request, "Stalled")
                    .filter(condition -> "True".equals(condition.getStatus()))
                    .isPresent()) {
                violate(request, "is Ready and Stalled");
            }
        }
    }

    synchronized void broke(String rule) {
        violations.add(rule);
    }

    private void violate(VolumeSnapshotRequest request, String what) {
        broke(request.getMetadata().getName() + " " + what + " (version "
                + request.getMetadata().getResourceVersion() + ")");
    }

    @Override
    public void close() {
        informer.close();
    }
}
