/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The claims that the API server serves.
 *
 * @param namespace empty means all
 */
record ServedClaims(KubernetesClient kubernetes, Optional<String> namespace) implements ClaimWatch.Claims {
    /** A claim can have 1.5 MiB, the limit of etcd, and the client holds a page twice while it reads it. */
    private static final long PAGE_SIZE = 25;

    /** A watch from here begins with the claims that exist. */
    private static final String ANY_VERSION = "0";

    @Override
    public String list(Consumer<PersistentVolumeClaim> action) {
        var options = new ListOptionsBuilder().withLimit(PAGE_SIZE);
        while (true) {
            var page = claims(kubernetes).list(options.build());
            page.getItems().forEach(action);
            var next = page.getMetadata().getContinue();
            if (next == null || next.isEmpty()) {
                return Optional.ofNullable(page.getMetadata().getResourceVersion())
                        .orElse(ANY_VERSION);
            }
            options.withContinue(next);
        }
    }

    /** The client would otherwise open the watch again without an end and without a message, also if the right is missing. */
    @Override
    public Watch watch(String resourceVersion, Watcher<PersistentVolumeClaim> watcher) {
        var once = new RequestConfigBuilder(kubernetes.getConfiguration().getRequestConfig())
                .withWatchReconnectLimit(0)
                .build();
        var options = new ListOptionsBuilder()
                .withResourceVersion(resourceVersion)
                .withAllowWatchBookmarks(true)
                .build();
        return kubernetes
                .adapt(NamespacedKubernetesClient.class)
                .withRequestConfig(once)
                .call(client -> claims(client).watch(options, watcher));
    }

    private AnyNamespaceOperation<PersistentVolumeClaim, PersistentVolumeClaimList, Resource<PersistentVolumeClaim>>
            claims(KubernetesClient client) {
        var all = client.persistentVolumeClaims();
        return namespace.isPresent() ? all.inNamespace(namespace.get()) : all.inAnyNamespace();
    }
}
