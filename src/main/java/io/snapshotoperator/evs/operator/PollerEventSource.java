/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** By which the shared looks wake the objects that their news concerns, and learn which objects there are. */
final class PollerEventSource extends SimpleInboundEventSource<VolumeSnapshotRequest> {
    private volatile Optional<IndexedResourceCache<VolumeSnapshotRequest>> objects = Optional.empty();

    PollerEventSource() {
        super("snapshot-poller");
    }

    void attach(IndexedResourceCache<VolumeSnapshotRequest> cache) {
        objects = Optional.of(cache);
    }

    /** UIDs of all objects in the informer's cache. */
    Set<String> existingUids() {
        return objects.map(cache -> cache.list()
                        .map(request -> request.getMetadata().getUid())
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }
}
