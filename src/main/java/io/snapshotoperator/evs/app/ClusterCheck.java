/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.controller.request.RequestLister;
import java.util.Set;

/**
 * Checks that the API server serves what the operator needs before the operator attempts to acquire the Lease. The leader
 * election itself retries without end and without a message.
 */
final class ClusterCheck {
    private ClusterCheck() {}

    /** @throws KubernetesClientException if the requests or the Lease cannot be read */
    static void requireUsable(Settings settings, KubernetesClient kubernetes) {
        RequestLister.listOne(kubernetes, settings.namespaces().orElse(Set.of()));
        if (settings.leaderElection().enabled()) {
            kubernetes
                    .leases()
                    .inNamespace(OperatorFactory.leaseNamespace(settings, kubernetes))
                    .withName(settings.leaderElection().leaseName())
                    .get();
        }
    }
}
