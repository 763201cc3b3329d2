/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.controller.connection.ConnectionRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the labels of namespaces, at most once per minute each. */
final class NamespaceLabelCache implements ConnectionRegistry.NamespaceLabels {
    private static final Duration MAX_AGE = Duration.ofMinutes(1);

    private final KubernetesClient kubernetes;
    private final InstantSource clock;
    private final Map<String, Read> reads = new ConcurrentHashMap<>();

    private record Read(Map<String, String> labels, Instant at) {}

    NamespaceLabelCache(KubernetesClient kubernetes, InstantSource clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
    }

    @Override
    public Map<String, String> of(String namespace) {
        var now = clock.instant();
        reads.values()
                .removeIf(read ->
                        read.at().isAfter(now) || read.at().plus(MAX_AGE).isBefore(now));
        return reads.computeIfAbsent(namespace, name -> new Read(read(name), now))
                .labels();
    }

    private Map<String, String> read(String namespace) {
        return Optional.ofNullable(kubernetes.namespaces().withName(namespace).get())
                .flatMap(found -> Optional.ofNullable(found.getMetadata().getLabels()))
                .map(Map::copyOf)
                .orElse(Map.of());
    }
}
