/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.testing.InvariantInputs;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Records when a watch of another client showed each request ready for the first time. */
final class ReadinessRecorder implements ResourceEventHandler<VolumeSnapshotRequest>, AutoCloseable {
    private final Map<String, Instant> readyAt = new ConcurrentHashMap<>();
    private final SharedIndexInformer<VolumeSnapshotRequest> informer;

    ReadinessRecorder(Informable<VolumeSnapshotRequest> requests) {
        informer = requests.inform(this);
    }

    /** The number of requests that were ready at some time. */
    int count() {
        return readyAt.size();
    }

    Optional<Instant> readyAt(String name) {
        return Optional.ofNullable(readyAt.get(name));
    }

    @Override
    public void onAdd(VolumeSnapshotRequest request) {
        if (InvariantInputs.isTrue(request, "Ready")) {
            readyAt.putIfAbsent(request.getMetadata().getName(), Instant.now());
        }
    }

    @Override
    public void onUpdate(VolumeSnapshotRequest before, VolumeSnapshotRequest request) {
        onAdd(request);
    }

    @Override
    public void onDelete(VolumeSnapshotRequest request, boolean unknownFinalState) {
        // It was ready before, or is missing in the count.
    }

    @Override
    public void close() {
        informer.close();
    }
}
