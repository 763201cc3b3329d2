/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.opentest4j.TestAbortedException;

/**
 * The Kubernetes API of a scenario test: a real API server if its binaries exist, otherwise an embedded one in memory, which
 * has no schema, no defaults and no roles.
 */
public final class Cluster implements AutoCloseable {
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final KubernetesClient client;
    private final Optional<RealApiServer> real;
    private final Optional<KubernetesMockServer> embedded;

    private Cluster(KubernetesClient client, Optional<RealApiServer> real, Optional<KubernetesMockServer> embedded) {
        this.client = client;
        this.real = real;
        this.embedded = embedded;
    }

    /** The shared API server of this JVM if there is one, otherwise a new embedded one. */
    public static Cluster realOrEmbedded() {
        try {
            var server = RealApiServer.shared(RealApiServer.NEWEST);
            return new Cluster(server.client(), Optional.of(server), Optional.empty());
        } catch (TestAbortedException missing) {
            return embedded();
        }
    }

    /** An API server that the caller closes. */
    static Cluster of(RealApiServer server) {
        return new Cluster(server.client(), Optional.of(server), Optional.empty());
    }

    public static Cluster embedded() {
        return embedded(false);
    }

    /** An embedded one whose certificate no client trusts by default. */
    public static Cluster embeddedOverTls() {
        return embedded(true);
    }

    private static Cluster embedded(boolean tls) {
        var server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), tls);
        server.init();
        return new Cluster(server.createClient(), Optional.empty(), Optional.of(server));
    }

    public KubernetesClient client() {
        return client;
    }

    /** The address of the API server. */
    public String url() {
        return client.getMasterUrl().toString();
    }

    public Optional<RealApiServer> real() {
        return real;
    }

    /** A namespace that no other test uses. */
    public String freshNamespace(String prefix) {
        var name = prefix + "-" + NAMESPACES.incrementAndGet() + "-" + Long.toString(System.nanoTime() % 1_000_000, 36);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    @Override
    public void close() {
        embedded.ifPresent(server -> {
            client.close();
            server.destroy();
        });
    }
}
