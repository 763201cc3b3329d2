/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Does what the volume controller of a cluster and a CSI driver do. */
public final class VolumeController {
    private VolumeController() {}

    /** Binds a claim to the volume that its spec names. */
    public static void bind(KubernetesClient kubernetes, String namespace, String name) {
        var claim = kubernetes
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .require();
        kubernetes.persistentVolumes().withName(claim.getSpec().getVolumeName()).edit(volume -> {
            volume.getSpec()
                    .setClaimRef(new ObjectReferenceBuilder()
                            .withNamespace(namespace)
                            .withName(name)
                            .withUid(claim.getMetadata().getUid())
                            .build());
            return volume;
        });
        kubernetes.resource(claim).editStatus(existing -> {
            existing.setStatus(new PersistentVolumeClaimStatusBuilder()
                    .withPhase("Bound")
                    .withAccessModes(claim.getSpec().getAccessModes())
                    .withCapacity(claim.getSpec().getResources().getRequests())
                    .build());
            return existing;
        });
    }
}
