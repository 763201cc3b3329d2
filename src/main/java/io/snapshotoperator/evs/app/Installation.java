/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** Finds the identity of this installation, which is part of every ownership marker. */
final class Installation {
    private static final String NAMESPACE = "kube-system";

    private Installation() {}

    /**
     * Returns {@code evs.installation}, or the UID of the namespace {@code kube-system}.
     *
     * @throws UnusableSettingsException if neither exists
     * @throws KubernetesClientException if the namespace cannot be read
     */
    static String of(Settings settings, KubernetesClient kubernetes) {
        return settings.installation().orElseGet(() -> {
            var namespace = kubernetes.namespaces().withName(NAMESPACE).get();
            if (namespace == null) {
                throw new UnusableSettingsException(
                        List.of("evs.installation is not set, and the cluster has no namespace "
                                + NAMESPACE
                                + " whose UID replaces it. Set it to a word that no other installation of the same"
                                + " cloud project uses"));
            }
            return namespace.getMetadata().getUid();
        });
    }
}
