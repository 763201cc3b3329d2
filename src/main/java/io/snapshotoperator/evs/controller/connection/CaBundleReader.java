/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.connection.ConfigMapKeyRef;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the certificates to which a connection refers, from a ConfigMap of its namespace. */
final class CaBundleReader {
    static final String DEFAULT_KEY = "ca.crt";

    private final KubernetesClient kubernetes;
    private final Supplier<String> reader;

    /** @param reader who needs the right to read it, for messages */
    CaBundleReader(KubernetesClient kubernetes, Supplier<String> reader) {
        this.kubernetes = kubernetes;
        this.reader = reader;
    }

    /**
     * Returns the certificates, as PEM; empty without a reference.
     *
     * @throws InvalidConnectionException if the ConfigMap or its key is missing, or not readable
     * @throws KubernetesClientException if the API server does not respond
     */
    Optional<String> read(String namespace, ConfigMapKeyRef reference) {
        if (reference == null) {
            return Optional.empty();
        }
        var key = Optional.ofNullable(reference.key()).orElse(DEFAULT_KEY);
        var map = get(namespace, reference.name());
        if (map.isEmpty()) {
            throw unusable("There is no ConfigMap " + reference.name() + " in this namespace.");
        }
        return Optional.of(map.flatMap(found -> Optional.ofNullable(found.getData()))
                .map(data -> data.get(key))
                .orElseThrow(() -> unusable("ConfigMap " + reference.name() + " has no key " + key + ".")));
    }

    private Optional<ConfigMap> get(String namespace, String name) {
        try {
            return Optional.ofNullable(kubernetes
                    .configMaps()
                    .inNamespace(namespace)
                    .withName(name)
                    .get());
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                throw unusable("What is missing is a Role with get on the ConfigMap " + name + ", and a RoleBinding to "
                        + reader.get() + ".");
            }
            throw failure;
        }
    }

    private static InvalidConnectionException unusable(String detail) {
        return new InvalidConnectionException(Verdict.of(ConnectionReason.CaBundleNotUsable, detail));
    }
}
