/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.request.SourceRisk;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.VolumeController;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Someone deletes the claim of a ready request. Without a CSI driver and without the controllers of Kubernetes the claim stays. */
class SourceRiskStoryIT {
    private static final String SECOND_VOLUME = volumeId("second");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static Story prepare() {
        return stories.prepare(cloud().volume(Volume.available(SECOND_VOLUME)));
    }

    private static Story begin() {
        var story = prepare();
        story.startOperator();
        return story;
    }

    /** Returns a request that is ready, and whose volume has this reclaim policy. */
    private static void readyRequest(Story story, String claim, String volume, String policy) {
        createVolume(story, claim, volume, policy);
        createClaim(story, story.namespace(), claim, volumeName(story, claim));
        VolumeController.bind(story.kubernetes(), story.namespace(), claim);
        story.apply("of-" + claim, ofClaim(claim).build());
        story.awaitReady("of-" + claim);
    }

    private static String volumeName(Story story, String claim) {
        return "pv-" + claim + "-" + story.namespace();
    }

    private static void createVolume(Story story, String claim, String volume, String policy) {
        story.kubernetes()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(volumeName(story, claim))
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .addToCapacity("storage", new Quantity("20Gi"))
                        .withPersistentVolumeReclaimPolicy(policy)
                        .withStorageClassName("")
                        .withNewCsi()
                        .withDriver("disk.csi.everest.io")
                        .withVolumeHandle(volume)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }

    private static PersistentVolumeClaim createClaim(Story story, String namespace, String name, String volume) {
        return story.kubernetes()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withFinalizers("kubernetes.io/pvc-protection")
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("20Gi"))
                        .endResources()
                        .withStorageClassName("")
                        .withVolumeName(volume)
                        .endSpec()
                        .build())
                .create();
    }

    private static Resource<PersistentVolumeClaim> claim(Story story, String name) {
        return story.kubernetes()
                .persistentVolumeClaims()
                .inNamespace(story.namespace())
                .withName(name);
    }

    /** Kubernetes does this when no pod uses the claim any more. */
    private static void removeFinalizer(Story story, String name) {
        claim(story, name).edit(deleted -> {
            deleted.getMetadata().setFinalizers(List.of());
            return deleted;
        });
    }

    private static void setPolicy(Story story, String claim, String policy) {
        story.kubernetes()
                .persistentVolumes()
                .withName(volumeName(story, claim))
                .edit(volume -> {
                    volume.getSpec().setPersistentVolumeReclaimPolicy(policy);
                    return volume;
                });
    }

    private static SourceRisk awaitRisk(Story story, String request) {
        Story.eventually().untilAsserted(() -> assertThat(story.status(request).sourceRisk())
                .isNotNull());
        return story.status(request).sourceRisk();
    }

    private static void awaitNoRisk(Story story, String request) {
        Story.eventually().untilAsserted(() -> assertThat(story.status(request).sourceRisk())
                .isNull());
    }

    /** Longer than the slow interval of a story. */
    private static void assertNeverAtRisk(Story story, String request) {
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        story.status(request).sourceRisk())
                .isNull());
        assertThat(story.eventReasons(request)).doesNotContain(SnapshotReason.SourceAtRisk.name());
    }

    @Test
    void reportsRiskUntilVolumeIsRetained() {
        var story = begin();
        readyRequest(story, "data", VOLUME, "Delete");
        var before = story.status("of-data");

        claim(story, "data").delete();

        var risk = awaitRisk(story, "of-data");
        assertThat(risk.persistentVolumeName()).isEqualTo(volumeName(story, "data"));
        assertThat(risk.message())
                .isEqualTo(story.awaitEventMessage("of-data", SnapshotReason.SourceAtRisk))
                .contains("kubectl patch persistentvolume " + volumeName(story, "data"));
        assertThat(story.status("of-data").conditions()).isEqualTo(before.conditions());
        setPolicy(story, "data", "Retain");
        awaitNoRisk(story, "of-data");
        removeFinalizer(story, "data");
        assertThat(story.awaitReady("of-data").snapshotId()).isEqualTo(before.snapshotId());
        story.awaitEventMessage("of-data", SnapshotReason.SourceAtRisk);
    }

    @Test
    void saysNothingWhenVolumeIsRetainedFromStart() {
        var story = begin();
        readyRequest(story, "data", VOLUME, "Retain");
        readyRequest(story, "lost", SECOND_VOLUME, "Delete");

        claim(story, "data").delete();
        claim(story, "lost").delete();

        awaitRisk(story, "of-lost");
        assertNeverAtRisk(story, "of-data");
    }

    @Test
    void findsClaimThatWasDeletedWhileNoOperatorRan() {
        var story = begin();
        readyRequest(story, "data", VOLUME, "Delete");
        story.stopOperator();
        claim(story, "data").delete();

        story.startOperator();

        awaitRisk(story, "of-data");
    }

    @Test
    void staysAtRiskAfterClaimIsGoneAndEndsWithSnapshot() {
        var story = begin();
        readyRequest(story, "data", VOLUME, "Delete");
        claim(story, "data").delete();
        awaitRisk(story, "of-data");
        removeFinalizer(story, "data");
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        story.status("of-data").sourceRisk())
                .isNotNull());
        story.awaitEventMessage("of-data", SnapshotReason.SourceAtRisk);

        story.cloud().volumes().remove(VOLUME);

        assertThat(story.awaitReason("of-data", SnapshotReason.SnapshotMissing).sourceRisk())
                .isNull();
    }

    @Test
    void readsSnapshotWhenPersistentVolumeIsGone() {
        var story = stories.prepare(cloud(), Map.of("evs.poll.resync-interval", "10m"));
        story.startOperator();
        readyRequest(story, "data", VOLUME, "Delete");
        claim(story, "data").delete();
        awaitRisk(story, "of-data");
        removeFinalizer(story, "data");

        story.cloud().volumes().remove(VOLUME);
        story.kubernetes()
                .persistentVolumes()
                .withName(volumeName(story, "data"))
                .edit(volume -> {
                    volume.getMetadata().setFinalizers(List.of());
                    return volume;
                });
        story.kubernetes()
                .persistentVolumes()
                .withName(volumeName(story, "data"))
                .delete();

        assertThat(story.awaitReason("of-data", SnapshotReason.SnapshotMissing).sourceRisk())
                .isNull();
    }

    /** A user writes the name of the PersistentVolume into a claim of his own, and deletes it. */
    @Test
    void claimThatNamesVolumeOfAnotherClaimDoesNotMatter() {
        var story = prepare();
        var foreign = stories.cluster().freshNamespace("foreign");
        story.settings().put("evs.namespaces", story.namespace() + "," + foreign);
        story.startOperator();
        readyRequest(story, "data", VOLUME, "Delete");
        readyRequest(story, "victim", SECOND_VOLUME, "Delete");

        deleteForgedClaim(story, foreign, "data", volumeName(story, "data"));
        deleteForgedClaim(story, story.namespace(), "forged", volumeName(story, "victim"));

        assertNeverAtRisk(story, "of-data");
        assertNeverAtRisk(story, "of-victim");
    }

    /** The request of the claim has the snapshot of its own volume, which is retained. */
    @Test
    void newClaimThatNamesAnotherVolumeDoesNotMatter() {
        var story = begin();
        readyRequest(story, "data", VOLUME, "Retain");
        readyRequest(story, "victim", SECOND_VOLUME, "Delete");
        claim(story, "data").delete();
        removeFinalizer(story, "data");
        Story.eventually().until(() -> claim(story, "data").get() == null);

        deleteForgedClaim(story, story.namespace(), "data", volumeName(story, "victim"));

        assertNeverAtRisk(story, "of-data");
        assertNeverAtRisk(story, "of-victim");
    }

    private static void deleteForgedClaim(Story story, String namespace, String name, String volume) {
        var forged = createClaim(story, namespace, name, volume);
        story.kubernetes().resource(forged).editStatus(stored -> {
            stored.setStatus(
                    new PersistentVolumeClaimStatusBuilder().withPhase("Bound").build());
            return stored;
        });
        story.kubernetes().resource(forged).delete();
        assertThat(Optional.ofNullable(story.kubernetes().resource(forged).get()))
                .as("the finalizer keeps it")
                .get()
                .extracting(PersistentVolumeClaim::isMarkedForDeletion)
                .isEqualTo(true);
    }
}
