/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Records which objects the informer saw deleted, until the next reconcile of their name takes them. It is an event source
 * that triggers nothing, because the framework informs only event sources of the deleted object itself. The reconcile of a
 * deletion can get another object: the one that a user created again under the same name. Safe for use by many threads.
 *
 * @param <P> the kind of the objects
 */
public final class DeletedObjects<P extends HasMetadata> extends SimpleInboundEventSource<P>
        implements ResourceEventAware<P> {
    private final Map<ResourceID, List<P>> deleted = new ConcurrentHashMap<>();

    public DeletedObjects() {
        super("deleted-objects");
    }

    @Override
    public void onResourceDeleted(P object) {
        deleted.merge(ResourceID.fromResource(object), List.of(object), (before, more) -> Stream.concat(
                        before.stream(), more.stream())
                .toList());
    }

    /** Returns and removes the deleted objects of this name. They no longer exist and never exist again. */
    public List<P> take(ResourceID name) {
        return Optional.ofNullable(deleted.remove(name)).orElse(List.of());
    }
}
