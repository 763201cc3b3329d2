/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import java.util.List;
import java.util.Set;

/** Lists requests from the API server itself, because an informer can start with a stale list. */
public final class RequestLister {
    private RequestLister() {}

    /**
     * Returns every request of the watched namespaces.
     *
     * @param namespaces empty means all
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server rejects the list or does not respond
     */
    public static List<VolumeSnapshotRequest> list(KubernetesClient kubernetes, Set<String> namespaces) {
        var requests = kubernetes.resources(VolumeSnapshotRequest.class);
        if (namespaces.isEmpty()) {
            return requests.inAnyNamespace().list().getItems();
        }
        return namespaces.stream()
                .flatMap(name -> requests.inNamespace(name).list().getItems().stream())
                .toList();
    }

    /** Returns whether the operator has written anything to the request. */
    public static boolean hasOperatorState(VolumeSnapshotRequest request) {
        return request.hasFinalizer(Api.FINALIZER)
                || StatusMapper.recordedId(request).isPresent()
                || CreateIntentJson.textOn(request).isPresent();
    }
}
