/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.VolumeController;
import java.util.Map;
import java.util.Optional;

/** The steps and assertions of a {@link Story} about contents. */
record ContentStory(Story story) {
    static final String DRIVER = "disk.csi.everest.io";
    static final Map<String, String> SETTINGS = Map.of(
            "evs.volume-snapshot-contents.enabled",
            "true",
            "evs.volume-snapshot-contents.raw-id-namespaces",
            "*",
            "evs.volume-snapshot-contents.check-interval",
            "100ms");

    private static final String VERSION = "snapshot.storage.k8s.io/v1";

    /** A content for a source that is not a claim. */
    static SnapshotContentSpecBuilder ofDriver() {
        return SnapshotContentSpecBuilder.builder().driver(DRIVER);
    }

    static SnapshotContentSpec withVolumeSnapshot() {
        return SnapshotContentSpecBuilder.builder().createVolumeSnapshot(true).build();
    }

    /** Waits until the request reports this about its content. */
    SnapshotContentStatus awaitContent(String request, ContentReason reason) {
        Story.eventually().untilAsserted(() -> assertThat(recorded(request))
                .as(() -> request + " in " + story.find(request))
                .map(SnapshotContentStatus::reason)
                .contains(reason.name()));
        return recorded(request).orElseThrow();
    }

    Optional<SnapshotContentStatus> recorded(String request) {
        return Optional.ofNullable(story.status(request).volumeSnapshotContent());
    }

    Optional<GenericKubernetesResource> content(String name) {
        return Optional.ofNullable(story.kubernetes()
                .genericKubernetesResources(VERSION, "VolumeSnapshotContent")
                .withName(name)
                .get());
    }

    Optional<GenericKubernetesResource> volumeSnapshot(String namespace, String name) {
        return Optional.ofNullable(story.kubernetes()
                .genericKubernetesResources(VERSION, "VolumeSnapshot")
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    Optional<GenericKubernetesResource> volumeSnapshot(String name) {
        return volumeSnapshot(story.namespace(), name);
    }

    /** Creates a VolumeSnapshot that names a content, as a user does. */
    void createVolumeSnapshot(String namespace, String name, String content) {
        story.kubernetes()
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion(VERSION)
                        .withKind("VolumeSnapshot")
                        .withMetadata(new ObjectMetaBuilder()
                                .withNamespace(namespace)
                                .withName(name)
                                .build())
                        .addToAdditionalProperties(
                                "spec", Map.of("source", Map.of("volumeSnapshotContentName", content)))
                        .build())
                .create();
    }

    void createVolumeSnapshot(String name, String content) {
        createVolumeSnapshot(story.namespace(), name, content);
    }

    void deleteVolumeSnapshot(String name) {
        story.kubernetes()
                .genericKubernetesResources(VERSION, "VolumeSnapshot")
                .inNamespace(story.namespace())
                .withName(name)
                .delete();
    }

    /** Creates a content as an administrator can. */
    void createContent(String name, Map<String, String> labels, String handle, String volumeSnapshot) {
        story.kubernetes()
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion(VERSION)
                        .withKind("VolumeSnapshotContent")
                        .withMetadata(new ObjectMetaBuilder()
                                .withName(name)
                                .withLabels(labels)
                                .build())
                        .addToAdditionalProperties(
                                "spec",
                                Map.of(
                                        "deletionPolicy",
                                        "Retain",
                                        "driver",
                                        DRIVER,
                                        "source",
                                        Map.of("snapshotHandle", handle),
                                        "volumeSnapshotRef",
                                        Map.of("namespace", story.namespace(), "name", volumeSnapshot)))
                        .build())
                .create();
    }

    /** Creates a claim that is bound to a volume of the cloud. */
    void createBoundClaim(String name, String volumeId) {
        createBoundClaim(story.namespace(), name, volumeId);
    }

    void createBoundClaim(String namespace, String name, String volumeId) {
        var volume = new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name + "-" + namespace)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .addToCapacity("storage", new Quantity("20Gi"))
                .withStorageClassName("")
                .withNewCsi()
                .withDriver(DRIVER)
                .withVolumeHandle(volumeId)
                .endCsi()
                .endSpec()
                .build();
        story.kubernetes().resource(volume).create();
        story.kubernetes()
                .resource(claim(namespace, name)
                        .editSpec()
                        .withVolumeName(volume.getMetadata().getName())
                        .endSpec()
                        .build())
                .create();
        VolumeController.bind(story.kubernetes(), namespace, name);
    }

    /** Creates a claim that is to be filled from a VolumeSnapshot, and returns it as the API server stored it. */
    PersistentVolumeClaim restore(String name, String volumeSnapshot) {
        return story.kubernetes()
                .resource(claim(story.namespace(), name)
                        .editSpec()
                        .withNewDataSource("snapshot.storage.k8s.io", "VolumeSnapshot", volumeSnapshot)
                        .endSpec()
                        .build())
                .create();
    }

    private static PersistentVolumeClaimBuilder claim(String namespace, String name) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("20Gi"))
                .endResources()
                .withStorageClassName("")
                .endSpec();
    }
}
