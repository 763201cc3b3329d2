/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Triggers the reconcile of the objects that an update of the poller concerns, and lists the objects that exist.
 *
 * @param <P> the kind of the objects
 */
public final class PollerEventSource<P extends HasMetadata> extends SimpleInboundEventSource<P> {
    private volatile Optional<IndexedResourceCache<P>> objects = Optional.empty();

    public PollerEventSource() {
        super("snapshot-poller");
    }

    /** Sets the informer's cache. The framework has it only when it prepares the event sources. */
    public void attach(IndexedResourceCache<P> cache) {
        objects = Optional.of(cache);
    }

    /** Returns the objects of one namespace in the informer's cache; empty before {@link #attach}. */
    public Optional<Stream<P>> objectsIn(String namespace) {
        return objects.map(cache -> cache.list(namespace));
    }

    /** Returns all objects in the informer's cache; none before {@link #attach}. They are not copies. */
    public Stream<P> allObjects() {
        return objects.stream().flatMap(IndexedResourceCache::list);
    }

    /** Returns the UIDs of all objects in the informer's cache. Returns none before {@link #attach}. */
    public Set<String> existingUids() {
        return allObjects().map(object -> object.getMetadata().getUid()).collect(Collectors.toSet());
    }
}
