/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttemptBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.testing.SpecBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedTextTest {
    private static final String TIME = "2026-01-01T12:00:00Z";
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    private final KubernetesSerialization plain = new KubernetesSerialization();
    private final KubernetesSerialization shared = ReducedMetadata.serialization();

    private VolumeSnapshotRequest read(VolumeSnapshotRequest request) {
        return shared.unmarshal(plain.asJson(request), VolumeSnapshotRequest.class);
    }

    private static VolumeSnapshotRequest request() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("team")
                .withUid("uid-1")
                .withResourceVersion("7")
                .withCreationTimestamp(TIME)
                .withAnnotations(Map.of(Api.PAUSED, "true"))
                .withFinalizers("other/one", Api.FINALIZER)
                .build());
        request.setSpec(SpecBuilder.ofVolume(VOLUME)
                .named("backup")
                .described("before the update")
                .force(true)
                .metadata(Map.of("team", "storage"))
                .readyWithin("1h")
                .ttl("168h")
                .withMaxAttempts(3)
                .connection("project-a")
                .build());
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("s-1")
                .snapshotStatus("available")
                .snapshotName("backup")
                .volumeId(VOLUME)
                .sizeGiB(100)
                .createdAt(TIME)
                .updatedAt(TIME)
                .projectId("project-1")
                .endpoint("https://evs.example")
                .readyAt(TIME)
                .replacements(1)
                .duplicateSnapshotIds(List.of("s-2"))
                .observedGeneration(1L)
                .conditions(List.of(condition("Ready"), condition("Stalled")))
                .failedAttempts(List.of(FailedAttemptBuilder.builder()
                        .time(TIME)
                        .firstTime(TIME)
                        .count(2)
                        .operation("create")
                        .createId("create-1")
                        .httpStatus(500)
                        .code("EVS.1")
                        .message("no")
                        .requestId("req-1")
                        .mayHaveActed(true)
                        .build()))
                .build());
        return request;
    }

    private static Condition condition(String type) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus("False")
                .withReason("WaitingForCloud")
                .withMessage("The cloud is creating the snapshot.")
                .withLastTransitionTime(TIME)
                .withObservedGeneration(1L)
                .build();
    }

    @Test
    void readsEqualRequestAndWritesSameJson() {
        var read = read(request());

        assertThat(read.getMetadata()).isEqualTo(request().getMetadata());
        assertThat(read.getSpec()).isEqualTo(request().getSpec());
        assertThat(read.getStatus()).isEqualTo(request().getStatus());
        assertThat(shared.asJson(read)).isEqualTo(plain.asJson(request()));
    }

    @Test
    void sharesTextsWithinRequest() {
        var read = read(request());

        assertThat(read.getStatus().volumeId()).isSameAs(read.getSpec().source().volumeId());
        assertThat(read.getStatus().snapshotName()).isSameAs(read.getSpec().name());
        assertThat(List.of(
                        read.getStatus().createdAt(),
                        read.getStatus().updatedAt(),
                        read.getStatus().readyAt(),
                        read.getStatus().conditions().get(1).getLastTransitionTime(),
                        read.getStatus().failedAttempts().get(0).time()))
                .allSatisfy(time -> assertThat(time).isSameAs(read.getMetadata().getCreationTimestamp()));
    }

    @Test
    void sharesTextsOfManyRequestsBetweenListsAndWatches() {
        shared.registerKubernetesResource(VolumeSnapshotRequest.class);
        var read = read(request());
        var event = shared.unmarshal(plain.asJson(new WatchEvent(request(), "MODIFIED")), WatchEvent.class);
        var watched = (VolumeSnapshotRequest) event.getObject();

        assertThat(watched.getMetadata().getUid()).isSameAs(read.getMetadata().getUid());
        assertThat(watched.getMetadata().getNamespace())
                .isSameAs(read.getMetadata().getNamespace());
        assertThat(watched.getStatus().endpoint()).isSameAs(read.getStatus().endpoint());
        assertThat(watched.getStatus().conditions().get(0).getMessage())
                .isSameAs(read.getStatus().conditions().get(1).getMessage());
    }

    @Test
    void readsRequestWithoutMetadataSpecAndStatus() {
        var empty = shared.unmarshal(
                "{\"apiVersion\": \"evs.snapshot-operator.io/v1alpha1\", \"kind\": \"VolumeSnapshotRequest\","
                        + " \"spec\": {}, \"status\": {}}",
                VolumeSnapshotRequest.class);

        assertThat(empty.getSpec().source()).isNull();
        assertThat(empty.getStatus().conditions()).isEmpty();
        assertThat(shared.unmarshal("{\"metadata\": {\"finalizers\": null}}", VolumeSnapshotRequest.class)
                        .getStatus())
                .isNull();
    }

    @Test
    void keepsFieldsOfConditionsThatItDoesNotKnow() {
        var request = request();
        request.getStatus().conditions().get(0).setAdditionalProperty("future", "kept");

        assertThat(read(request).getStatus()).isEqualTo(request.getStatus());
    }

    @Test
    void allowsToAddFinalizer() {
        var read = read(request());
        read.removeFinalizer(Api.FINALIZER);

        assertThat(read.addFinalizer(Api.FINALIZER)).isTrue();
        assertThat(read.getMetadata().getFinalizers()).containsExactly("other/one", Api.FINALIZER);
    }
}
