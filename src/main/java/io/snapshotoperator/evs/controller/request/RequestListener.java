/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;

/** Is informed about requests, so that other controllers need no watch of their own. Must return at once. */
public interface RequestListener {
    /** Nobody is interested. */
    RequestListener NONE = new RequestListener() {
        @Override
        public void attach(IndexerResourceCache<VolumeSnapshotRequest> requests) {
            // Adds no index.
        }

        @Override
        public void changed(VolumeSnapshotRequest request) {
            // Informs nobody.
        }
    };

    /** Called once with the cache of the requests, before it is filled. Can add indexes. */
    void attach(IndexerResourceCache<VolumeSnapshotRequest> requests);

    /** Called after a reconcile of a request, with its newest version, and when a request is gone. */
    void changed(VolumeSnapshotRequest request);
}
