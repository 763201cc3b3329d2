/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import java.net.HttpURLConnection;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checks that the API server serves what the operator needs before the operator attempts to acquire the Lease. The leader
 * election itself retries without end and without a message.
 */
final class ClusterCheck {
    private ClusterCheck() {}

    /** @throws KubernetesClientException if the objects or the Lease cannot be read, or the objects cannot be watched */
    static void requireUsable(Settings settings, KubernetesClient kubernetes) {
        requireWatchable(settings, kubernetes, VolumeSnapshotRequest.class);
        if (settings.connections().enabled()) {
            requireWatchable(settings, kubernetes, EvsConnection.class);
        }
        if (settings.schedules().enabled()) {
            requireWatchable(settings, kubernetes, VolumeSnapshotSchedule.class);
        }
        if (settings.restores().enabled()) {
            requireWatchable(settings, kubernetes, VolumeSnapshotRestore.class);
        }
        if (settings.leaderElection().enabled()) {
            kubernetes
                    .leases()
                    .inNamespace(OperatorFactory.leaseNamespace(settings, kubernetes))
                    .withName(settings.leaderElection().leaseName())
                    .get();
        }
    }

    /** Without the right to watch, the operator SDK ends the process from a thread that its shutdown waits for. */
    private static <T extends HasMetadata> void requireWatchable(
            Settings settings, KubernetesClient kubernetes, Class<T> kind) {
        var objects = kubernetes.resources(kind);
        var namespaces = settings.namespaces().orElse(Set.of());
        var watched = namespaces.isEmpty()
                ? Stream.of(objects.inAnyNamespace())
                : namespaces.stream().map(objects::inNamespace);
        watched.forEach(part -> listAndWatch(part, HasMetadata.getPlural(kind)));
    }

    private static <T extends HasMetadata> void listAndWatch(
            AnyNamespaceOperation<T, KubernetesResourceList<T>, Resource<T>> objects, String plural) {
        var list = objects.list(new ListOptionsBuilder().withLimit(1L).build());
        var fromNow = new ListOptionsBuilder()
                .withResourceVersion(list.getMetadata().getResourceVersion())
                .withTimeoutSeconds(1L)
                .build();
        try {
            objects.watch(fromNow, new NoWatcher<T>()).close();
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw rejected;
            }
            // The client does not read the message of the API server when it opens a WebSocket.
            var status = new StatusBuilder()
                    .withCode(rejected.getCode())
                    .withMessage("User cannot watch resource \"" + plural + "\" in API group \"" + Api.GROUP + "\"")
                    .build();
            throw new KubernetesClientException(status.getMessage(), rejected.getCode(), status);
        }
    }

    private static final class NoWatcher<T> implements Watcher<T> {
        @Override
        public void eventReceived(Action action, T object) {
            // Only whether the API server accepts the watch counts.
        }

        @Override
        public void onClose(WatcherException cause) {
            // It was accepted before.
        }
    }
}
