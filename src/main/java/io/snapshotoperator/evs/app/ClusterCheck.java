/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;

/**
 * Checks that the API server serves what the operator needs before the operator attempts to acquire the Lease. The leader
 * election itself retries without end and without a message.
 */
final class ClusterCheck {
    private static final ListOptions ONE =
            new ListOptionsBuilder().withLimit(1L).build();

    private ClusterCheck() {}

    /** @throws KubernetesClientException if the requests or the Lease cannot be read */
    static void requireUsable(Settings settings, KubernetesClient kubernetes) {
        var requests = kubernetes.resources(VolumeSnapshotRequest.class);
        settings.namespaces()
                .ifPresentOrElse(
                        namespaces -> namespaces.forEach(
                                name -> requests.inNamespace(name).list(ONE)),
                        () -> requests.inAnyNamespace().list(ONE));
        if (settings.leaderElection().enabled()) {
            kubernetes
                    .leases()
                    .inNamespace(OperatorFactory.leaseNamespace(settings, kubernetes))
                    .withName(settings.leaderElection().leaseName())
                    .get();
        }
    }
}
