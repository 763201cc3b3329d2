/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.ObjectLister;

/** Lists requests from the API server itself. */
public final class RequestLister {
    public static final ObjectLister<VolumeSnapshotRequest> ALL =
            new ObjectLister<>(VolumeSnapshotRequest.class, RequestLister::hasOperatorState);

    private RequestLister() {}

    /** Returns whether the operator has written anything to the request. */
    static boolean hasOperatorState(VolumeSnapshotRequest request) {
        return request.hasFinalizer(Api.FINALIZER)
                || StatusMapper.recordedId(request).isPresent()
                || CreateIntentJson.textOn(request).isPresent();
    }
}
