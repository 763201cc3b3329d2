/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.RestoreInputs;
import io.snapshotoperator.evs.testing.RestoreInvariants;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Records the last version of every restore, and compares each version with the cloud at that moment. */
final class RestoreHistory implements ResourceEventHandler<VolumeSnapshotRestore>, AutoCloseable {
    private final EvsSimulator cloud;
    private final Consumer<String> violations;
    private final SharedIndexInformer<VolumeSnapshotRestore> informer;
    private final Map<String, VolumeSnapshotRestore> existing = new ConcurrentHashMap<>();
    private final Map<String, VolumeSnapshotRestore> last = new ConcurrentHashMap<>();
    private final Set<String> failedJobs = ConcurrentHashMap.newKeySet();
    private final Set<String> removedWithFinalizer = ConcurrentHashMap.newKeySet();

    RestoreHistory(KubernetesClient kubernetes, String namespace, EvsSimulator cloud, Consumer<String> violations) {
        this.cloud = cloud;
        this.violations = violations;
        this.informer = kubernetes
                .resources(VolumeSnapshotRestore.class)
                .inNamespace(namespace)
                .inform(this);
    }

    @Override
    public void onAdd(VolumeSnapshotRestore restore) {
        existing.put(restore.getMetadata().getName(), restore);
        last.put(restore.getMetadata().getUid(), restore);
        check(restore);
    }

    @Override
    public void onUpdate(VolumeSnapshotRestore before, VolumeSnapshotRestore restore) {
        onAdd(restore);
    }

    @Override
    public void onDelete(VolumeSnapshotRestore restore, boolean unknownFinalState) {
        existing.remove(restore.getMetadata().getName());
        if (!unknownFinalState && HistoryRecorder.isRemovedWithFinalizer(restore)) {
            removedWithFinalizer.add(restore.getMetadata().getUid());
        }
    }

    /** Whether the API server removed the object although it had the finalizer. */
    boolean isRemovedWithFinalizer(String uid) {
        return removedWithFinalizer.contains(uid);
    }

    /** The newest version of an object; empty if it does not exist. */
    Optional<VolumeSnapshotRestore> newest(String name) {
        return Optional.ofNullable(existing.get(name));
    }

    /** The last version of an object, which may be gone; empty if none was seen. */
    Optional<VolumeSnapshotRestore> last(String uid) {
        return Optional.ofNullable(last.get(uid));
    }

    void reset() {
        last.clear();
        failedJobs.clear();
        removedWithFinalizer.clear();
    }

    /** Whether any version of a restore recorded that the job of this create request failed. */
    boolean recordsFailedJob(String createId) {
        return failedJobs.contains(createId);
    }

    private void recordFailedJobs(VolumeSnapshotRestore restore) {
        Optional.ofNullable(restore.getStatus())
                .map(VolumeSnapshotRestoreStatus::failedAttempts)
                .orElse(List.of())
                .stream()
                .filter(attempt -> RecordedFailure.JOB.equals(attempt.operation())
                        && !Boolean.TRUE.equals(attempt.mayHaveActed())
                        && attempt.createId() != null)
                .forEach(attempt -> failedJobs.add(attempt.createId()));
    }

    private void check(VolumeSnapshotRestore restore) {
        recordFailedJobs(restore);
        var metadata = restore.getMetadata();
        var state =
                RestoreInputs.restore(metadata.getName() + " (version " + metadata.getResourceVersion() + ")", restore);
        var isCreating = state.volumeId()
                .flatMap(cloud.volumes()::find)
                .map(Volume::status)
                .filter("creating"::equals)
                .isPresent();
        RestoreInvariants.readyOnlyWhenUsable(state, !isCreating).forEach(violations);
    }

    @Override
    public void close() {
        informer.close();
    }
}
