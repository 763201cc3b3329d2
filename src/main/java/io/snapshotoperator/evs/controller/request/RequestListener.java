/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.util.List;

/** Is informed about requests, so that other controllers need no watch of their own. Must return at once. */
public interface RequestListener {
    /** Nobody is interested. */
    RequestListener NONE = all(List.of());

    /** Informs all of these. */
    static RequestListener all(List<RequestListener> listeners) {
        var copy = List.copyOf(listeners);
        return new RequestListener() {
            @Override
            public void attach(IndexerResourceCache<VolumeSnapshotRequest> requests) {
                copy.forEach(listener -> listener.attach(requests));
            }

            @Override
            public void changed(VolumeSnapshotRequest request) {
                copy.forEach(listener -> listener.changed(request));
            }
        };
    }

    /** Called once with the cache of the requests, before it is filled. Can add indexes. */
    void attach(IndexerResourceCache<VolumeSnapshotRequest> requests);

    /** Called after a reconcile of a request, with its newest version, and when a request is gone. */
    void changed(VolumeSnapshotRequest request);
}
