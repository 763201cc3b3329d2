/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;

/**
 * Copies an object of the cache for one reconcile, so that a change of the copy does not change the cache. The default of JOSDK
 * writes the object as JSON and reads it again; this was one twentieth of the CPU time of the operator. Spec and status are
 * records, which cannot change, so a copy shares them.
 */
final class ResourceCloner implements Cloner {
    private final KubernetesSerialization serialization;

    ResourceCloner(KubernetesSerialization serialization) {
        this.serialization = serialization;
    }

    @Override
    @SuppressWarnings("unchecked") // A copy has the class of its original.
    public <R extends HasMetadata> R clone(R resource) {
        return resource instanceof VolumeSnapshotRequest request ? (R) copy(request) : serialization.clone(resource);
    }

    private static VolumeSnapshotRequest copy(VolumeSnapshotRequest original) {
        var copy = new VolumeSnapshotRequest();
        copy.setMetadata(new ObjectMetaBuilder(original.getMetadata()).build());
        copy.setSpec(original.getSpec());
        copy.setStatus(original.getStatus());
        return copy;
    }
}
