/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Makes the Kubernetes client of the process instead of the Quarkus extension, because a watch needs a time limit. The client
 * of the extension sends no pings and has no limit. If a firewall or a load balancer drops the connection of a watch
 * silently, that client waits five to ten minutes for events that never arrive.
 */
@Singleton
final class KubernetesClientProducer {

    @Produces
    @ApplicationScoped
    KubernetesClient client(Config config, KubernetesSerialization serialization, Vertx vertx, Settings settings) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new VertxHttpClientFactory(
                        new VertxWithIdleTimeout(vertx, settings.watch().idleTimeout())))
                .build();
    }

    void close(@Disposes KubernetesClient client) {
        client.close();
    }

    /**
     * Limits how long a connection of the client receives nothing. The API server sends a bookmark on each watch about once a
     * minute (<a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks">watch bookmarks</a>). A
     * watch that ends is started again where it ended. The HTTP client of fabric8 has no setting for this.
     */
    private static final class VertxWithIdleTimeout extends VertxWrapper {
        private final Duration readIdleTimeout;

        VertxWithIdleTimeout(Vertx vertx, Duration readIdleTimeout) {
            super((VertxInternal) vertx);
            this.readIdleTimeout = readIdleTimeout;
        }

        @Override
        public HttpClient createHttpClient(HttpClientOptions options) {
            // fabric8 sets the unit to seconds.
            return super.createHttpClient(options.setReadIdleTimeout((int) Math.max(1, readIdleTimeout.toSeconds())));
        }
    }
}
