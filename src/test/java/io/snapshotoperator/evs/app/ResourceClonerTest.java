/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceClonerTest {
    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final ResourceCloner cloner = new ResourceCloner(serialization);

    @Test
    void copiesEveryField() {
        var request = request();

        assertThat(serialization.asJson(cloner.clone(request))).isEqualTo(serialization.asJson(request));
    }

    @Test
    void keepsOriginalWhenCopyChanges() {
        var request = request();
        var before = serialization.asJson(request);

        var copy = cloner.clone(request);
        copy.addFinalizer("example.com/another");
        copy.getMetadata().getAnnotations().put("example.com/key", "value");
        copy.getMetadata().getLabels().clear();
        copy.getMetadata().getOwnerReferences().clear();
        copy.getMetadata().setResourceVersion("8");
        copy.setStatus(null);

        assertThat(serialization.asJson(request)).isEqualTo(before);
    }

    @Test
    void copiesObjectsOfOtherKinds() {
        var other = new ConfigMapBuilder().withData(Map.of("key", "value")).build();

        assertThat(cloner.clone(other)).isEqualTo(other).isNotSameAs(other);
    }

    private static VolumeSnapshotRequest request() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace("team-a")
                .withName("nightly")
                .withUid("8a3c")
                .withResourceVersion("7")
                .withGeneration(3L)
                .withCreationTimestamp("2026-11-27T02:00:00Z")
                .withDeletionTimestamp("2026-11-27T03:00:00Z")
                .withDeletionGracePeriodSeconds(0L)
                .withFinalizers(new ArrayList<>(List.of("example.com/first")))
                .withLabels(new HashMap<>(Map.of("app", "postgres")))
                .withAnnotations(new HashMap<>(Map.of("example.com/note", "text")))
                .addNewOwnerReference()
                .withKind("Job")
                .withName("backup")
                .endOwnerReference()
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume("5aa119a8-d25b-45a7-8d1b-88e127885635")));
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("bc30907f-0000-4000-8000-000000000001")
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .build()))
                .build());
        return request;
    }
}
