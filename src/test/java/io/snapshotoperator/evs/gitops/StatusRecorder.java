/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Records every version of the objects of one kind and namespace, in the order of their writes. The API server sends each
 * version to a watch, so nothing between two versions is missed.
 */
final class StatusRecorder implements Watcher<GenericKubernetesResource>, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> versions = new ArrayList<>();
    private final Watch watch;
    private Optional<WatcherException> failure = Optional.empty();

    StatusRecorder(KubernetesClient kubernetes, String kind, String namespace) {
        watch = kubernetes
                .genericKubernetesResources(Api.GROUP + "/" + Api.VERSION, kind)
                .inNamespace(namespace)
                .watch(this);
    }

    @Override
    public synchronized void eventReceived(Action action, GenericKubernetesResource resource) {
        if (action != Action.DELETED) {
            versions.add(JSON.valueToTree(resource));
        }
    }

    @Override
    public synchronized void onClose(WatcherException cause) {
        failure = Optional.of(cause);
    }

    /** The versions of the object so far. Throws {@link IllegalStateException} if the watch ended early. */
    synchronized List<JsonNode> of(String name) {
        if (failure.isPresent()) {
            throw new IllegalStateException("the watch ended early", failure.get());
        }
        return versions.stream()
                .filter(version ->
                        version.path("metadata").path("name").asText().equals(name))
                .toList();
    }

    @Override
    public void close() {
        watch.close();
    }
}
