/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Lists the connections of users at the start of a leader term. */
final class ConnectionLister {
    private ConnectionLister() {}

    /**
     * Returns the connections of the watched namespaces.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    static List<ResourceID> list(KubernetesClient kubernetes, Set<String> namespaces) {
        return objects(kubernetes, namespaces).map(ResourceID::fromResource).toList();
    }

    /**
     * Returns the connections of the watched namespaces as the API server has them.
     *
     * @param namespaces empty means all
     * @throws KubernetesClientException if the API server rejects the list or does not respond
     */
    static Stream<EvsConnection> objects(KubernetesClient kubernetes, Set<String> namespaces) {
        var connections = kubernetes.resources(EvsConnection.class);
        return namespaces.isEmpty()
                ? connections.inAnyNamespace().list().getItems().stream()
                : namespaces.stream()
                        .flatMap(namespace -> connections.inNamespace(namespace).list().getItems().stream());
    }
}
