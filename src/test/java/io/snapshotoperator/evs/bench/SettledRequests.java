/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes requests and their snapshots as an operator leaves them, within minutes for tens of thousands. Each is a copy of a
 * request that an operator made ready, with its own name, volume, UID, snapshot and create id. The operator that is measured
 * starts with them.
 */
final class SettledRequests {
    private final KubernetesClient client;
    private final SimulatorProcess cloud;
    private final VolumeSnapshotRequest template;
    private final JsonNode snapshot;

    /** @param template a request that is ready; its name is the id of its volume */
    SettledRequests(KubernetesClient client, SimulatorProcess cloud, VolumeSnapshotRequest template) {
        this.client = client;
        this.cloud = cloud;
        this.template = template;
        this.snapshot = cloud.snapshot(template.getStatus().snapshotId());
    }

    /** Adds one of them. Its status is that of the template with other ids and times, so the conditions are the same. */
    void add(String volumeId) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(template.getMetadata().getNamespace())
                .withName(volumeId)
                .withFinalizers(List.of(Api.FINALIZER))
                .build());
        request.setSpec(SpecBuilder.ofVolume(volumeId).force(true).build());
        var created = client.resource(request).create();

        var own = Map.of(
                template.getMetadata().getName(),
                volumeId,
                template.getMetadata().getUid(),
                created.getMetadata().getUid(),
                snapshot.path("metadata").path(SnapshotInvariants.CREATE_ID).asText(),
                UUID.randomUUID().toString());
        // The create intent contains the UID, which the API server chose.
        created.getMetadata()
                .getAnnotations()
                .put(
                        Api.CREATE_INTENT,
                        replace(template.getMetadata().getAnnotations().get(Api.CREATE_INTENT), own));
        var annotated = client.resource(created).update();

        var name = replace(snapshot.path("name").asText(), own);
        var added = cloud.addSnapshot(
                volumeId, name, replace(snapshot.path("metadata").toString(), own));
        annotated.setStatus(VolumeSnapshotRequestStatusBuilder.builder(template.getStatus())
                .snapshotId(added.path("id").asText())
                .snapshotName(name)
                .volumeId(volumeId)
                .sizeGiB(added.path("size").asInt())
                .createdAt(added.path("created_at").asText() + "Z")
                .updatedAt(added.path("updated_at").asText() + "Z")
                .build());
        client.resource(annotated).updateStatus();
    }

    private static String replace(String text, Map<String, String> replacements) {
        var result = text;
        for (var replacement : replacements.entrySet()) {
            result = result.replace(replacement.getKey(), replacement.getValue());
        }
        return result;
    }
}
