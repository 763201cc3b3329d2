/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Does with all contents what the csi-snapshotter beside a CSI driver does (external-snapshotter 8.7, {@code
 * pkg/sidecar-controller/snapshot_controller.go}): reports a content as ready if the driver has its snapshot, and removes the finalizer
 * of a content that is being deleted, if its VolumeSnapshot was deleted or never bound.
 */
public final class CsiSnapshotter implements AutoCloseable {
    private static final String FINALIZER = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
    private static final String BEING_DELETED = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";
    private static final int PERIOD_MILLIS = 100;

    private final KubernetesClient kubernetes;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "csi-snapshotter");
        thread.setDaemon(true);
        return thread;
    });

    private CsiSnapshotter(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    public static CsiSnapshotter start(KubernetesClient kubernetes) {
        var snapshotter = new CsiSnapshotter(kubernetes);
        snapshotter.timer.scheduleWithFixedDelay(
                snapshotter::syncAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return snapshotter;
    }

    private void syncAll() {
        try {
            kubernetes
                    .genericKubernetesResources("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent")
                    .list()
                    .getItems()
                    .forEach(this::sync);
        } catch (KubernetesClientException changed) {
            // It comes back in a moment.
        }
    }

    private void sync(GenericKubernetesResource content) {
        if (content.isMarkedForDeletion()) {
            if (mayBeRemoved(content) && content.hasFinalizer(FINALIZER)) {
                kubernetes.resource(content).edit(current -> {
                    current.removeFinalizer(FINALIZER);
                    return current;
                });
            }
        } else if (!Boolean.TRUE.equals(content.get("status", "readyToUse"))) {
            kubernetes.resource(content).editStatus(current -> {
                Map<String, Object> status = new HashMap<>();
                status.put("readyToUse", true);
                status.put("snapshotHandle", content.get("spec", "source", "snapshotHandle"));
                status.put("restoreSize", 1L << 30);
                current.setAdditionalProperty("status", status);
                return current;
            });
        }
    }

    private static boolean mayBeRemoved(GenericKubernetesResource content) {
        return content.get("spec", "volumeSnapshotRef", "uid") == null
                || Optional.ofNullable(content.getMetadata().getAnnotations())
                        .orElse(Map.of())
                        .containsKey(BEING_DELETED);
    }

    /** Removes the finalizers of all contents, so that no object remains on a shared server. */
    public static void removeAll(KubernetesClient kubernetes) {
        var contents = kubernetes.genericKubernetesResources("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent");
        contents.list()
                .getItems()
                .forEach(content -> kubernetes.resource(content).edit(current -> {
                    current.getMetadata().setFinalizers(List.of());
                    return current;
                }));
        contents.delete();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
