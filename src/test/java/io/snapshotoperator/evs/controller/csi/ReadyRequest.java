/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a request has when its snapshot is ready. */
final class ReadyRequest {
    static final String SNAPSHOT = "s-1";

    private ReadyRequest() {}

    static VolumeSnapshotRequest of(VolumeSnapshotRequest request) {
        request.getMetadata()
                .setAnnotations(
                        new HashMap<>(Map.of(Api.CREATE_INTENT, CreateIntentJson.write(Requests.firstIntent()))));
        request.setStatus(status("True").build());
        return request;
    }

    static VolumeSnapshotRequestStatusBuilder status(String ready) {
        return VolumeSnapshotRequestStatusBuilder.builder()
                .observedGeneration(1L)
                .snapshotId(SNAPSHOT)
                .volumeId(Requests.VOLUME.value())
                .endpoint(ScriptedClient.HERE.endpoint())
                .projectId(ScriptedClient.HERE.projectId())
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus(ready)
                        .build()));
    }
}
