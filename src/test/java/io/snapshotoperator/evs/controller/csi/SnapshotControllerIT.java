/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static io.snapshotoperator.evs.controller.csi.ContentStory.SETTINGS;
import static io.snapshotoperator.evs.controller.csi.ContentStory.ofDriver;
import static io.snapshotoperator.evs.controller.csi.ContentStory.withVolumeSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplateBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SnapshotContentTemplateBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.AdjustableClock;
import io.snapshotoperator.evs.testing.CsiSnapshotter;
import io.snapshotoperator.evs.testing.SnapshotController;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real snapshot-controller binds the contents of requests. The csi-snapshotter of a CSI driver is played. */
class SnapshotControllerIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static SnapshotController controller;
    private static CsiSnapshotter snapshotter;

    @BeforeAll
    static void start() {
        SnapshotController.installCrds(stories.server());
        controller = SnapshotController.start(stories.server());
        snapshotter = CsiSnapshotter.start(stories.server().client());
    }

    @AfterAll
    static void stop() {
        if (snapshotter != null) {
            snapshotter.close();
        }
        if (controller != null) {
            controller.close();
        }
    }

    @AfterEach
    void removeContents() {
        CsiSnapshotter.removeAll(stories.server().client());
    }

    private static ContentStory begin() {
        return new ContentStory(stories.begin(cloud(), SETTINGS));
    }

    @Test
    void makesSnapshotOfClaimUsableAsDataSourceOfAnotherClaim() {
        var contents = begin();
        var story = contents.story();
        contents.createBoundClaim("data", VOLUME);
        story.apply("nightly", ofClaim("data").withContent(withVolumeSnapshot()).build());

        var recorded = contents.awaitContent("nightly", ContentReason.ContentBound);

        assertThat(recorded.boundTo()).isEqualTo("nightly");
        assertThat(recorded.readyToUse()).isTrue();
        Story.eventually().untilAsserted(() -> {
            var volumeSnapshot = contents.volumeSnapshot("nightly").orElseThrow();
            assertThat(volumeSnapshot.<Boolean>get("status", "readyToUse")).isTrue();
            assertThat(volumeSnapshot.<String>get("status", "boundVolumeSnapshotContentName"))
                    .isEqualTo(recorded.name());
        });
        var restored = contents.restore("restored", "nightly");
        assertThat(restored.getSpec().getDataSource().getKind()).isEqualTo("VolumeSnapshot");
        assertThat(restored.getSpec().getDataSource().getName()).isEqualTo("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void makesScheduledSnapshotUsableAsDataSourceOfClaim() {
        var contents = new ContentStory(stories.prepare(cloud()));
        var story = contents.story();
        story.settings().putAll(SETTINGS);
        contents.createBoundClaim("data", VOLUME);
        var clock = new AdjustableClock();
        story.startOperator(clock);
        apply(story);
        Story.eventually().untilAsserted(() -> assertThat(nextSlot(story)).isNotNull());

        clock.setForwardTo(Instant.parse(nextSlot(story)));
        schedule(story).edit(object -> {
            object.getMetadata().setAnnotations(Map.of(Api.RECONCILE_REQUESTED_AT, "now"));
            return object;
        });

        Story.eventually().untilAsserted(() -> assertThat(scheduled(story)).hasSize(1));
        var name = scheduled(story).get(0).getMetadata().getName();
        story.awaitReady(name);
        var recorded = contents.awaitContent(name, ContentReason.ContentBound);
        assertThat(recorded.boundTo()).isEqualTo(name);
        var restored = contents.restore("restored", name);
        assertThat(restored.getSpec().getDataSource().getName()).isEqualTo(name);
        story.assertExactlyOne(name);
    }

    private static void apply(Story story) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace(story.namespace())
                .build());
        schedule.setSpec(VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("30 2 * * *")
                .timeZone("Europe/Berlin")
                .spread("0s")
                .sources(List.of(SourceSelector.ofClaim("data")))
                .template(RequestTemplateBuilder.builder()
                        .volumeSnapshotContent(SnapshotContentTemplateBuilder.builder()
                                .createVolumeSnapshot(true)
                                .build())
                        .build())
                .build());
        story.kubernetes().resource(schedule).create();
    }

    private static Resource<VolumeSnapshotSchedule> schedule(Story story) {
        return story.kubernetes()
                .resources(VolumeSnapshotSchedule.class)
                .inNamespace(story.namespace())
                .withName("nightly");
    }

    private static String nextSlot(Story story) {
        var status = schedule(story).get().getStatus();
        return status == null ? null : status.nextSlot();
    }

    private static List<VolumeSnapshotRequest> scheduled(Story story) {
        return story.kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(story.namespace())
                .withLabel(Api.SCHEDULE, "nightly")
                .list()
                .getItems();
    }

    @Test
    void removesBoundContentWithItsOwnVolumeSnapshot() {
        var contents = begin();
        var story = contents.story();
        story.apply(
                "nightly",
                ofVolume(VOLUME)
                        .withContent(ofDriver().createVolumeSnapshot(true).build())
                        .build());
        var name = contents.awaitContent("nightly", ContentReason.ContentBound).name();

        story.delete("nightly");

        story.awaitGone("nightly");
        assertThat(contents.volumeSnapshot("nightly")).isEmpty();
        assertThat(contents.content(name)).isEmpty();
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void makesFreshContentAfterVolumeSnapshotWasDeleted() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var first =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();
        contents.createVolumeSnapshot("nightly", first);
        contents.awaitContent("nightly", ContentReason.ContentBound);

        contents.deleteVolumeSnapshot("nightly");

        Story.eventually().untilAsserted(() -> assertThat(contents.recorded("nightly"))
                .map(recorded -> recorded.binding())
                .contains(2));
        var second =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();
        assertThat(second).isNotEqualTo(first);
        Story.eventually()
                .untilAsserted(() -> assertThat(contents.content(first)).isEmpty());
        contents.createVolumeSnapshot("nightly", second);
        assertThat(contents.awaitContent("nightly", ContentReason.ContentBound).name())
                .isEqualTo(second);
        story.assertExactlyOne("nightly");
    }

    @Test
    void createsItsVolumeSnapshotAgainForFreshContent() {
        var contents = begin();
        var story = contents.story();
        story.apply(
                "nightly",
                ofVolume(VOLUME)
                        .withContent(ofDriver().createVolumeSnapshot(true).build())
                        .build());
        contents.awaitContent("nightly", ContentReason.ContentBound);

        contents.deleteVolumeSnapshot("nightly");

        Story.eventually().untilAsserted(() -> assertThat(contents.recorded("nightly"))
                .map(recorded -> recorded.binding() + recorded.reason())
                .contains("2ContentBound"));
    }

    @Test
    void waitsWithDeletionUntilVolumeSnapshotIsDeleted() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();
        contents.createVolumeSnapshot("nightly", name);
        contents.awaitContent("nightly", ContentReason.ContentBound);

        story.delete("nightly");

        story.awaitReason("nightly", SnapshotReason.ContentInUse);
        contents.awaitContent("nightly", ContentReason.VolumeSnapshotInUse);
        Story.eventually().untilAsserted(() -> assertThat(
                        story.condition("nightly", "Ready").getMessage())
                .contains("VolumeSnapshot nightly", "Delete the VolumeSnapshot"));
        assertThat(contents.content(name).orElseThrow().isMarkedForDeletion()).isFalse();
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
        contents.deleteVolumeSnapshot("nightly");

        story.awaitGone("nightly");
        assertThat(contents.content(name)).isEmpty();
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void abandonsRequestWhoseSnapshotIsInUse() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();
        contents.createVolumeSnapshot("nightly", name);
        contents.awaitContent("nightly", ContentReason.ContentBound);
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.ContentInUse);

        story.annotate("nightly", Api.ABANDON, "true");

        story.awaitGone("nightly");
        assertThat(contents.content(name).orElseThrow().isMarkedForDeletion()).isFalse();
        assertThat(contents.volumeSnapshot("nightly")).isPresent();
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void bindsContentToNoVolumeSnapshotOfAnotherNamespace() {
        var contents = begin();
        var story = contents.story();
        var other = stories.cluster().freshNamespace("other");
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();

        contents.createVolumeSnapshot(other, "nightly", name);

        Story.eventually().untilAsserted(() -> assertThat(contents.volumeSnapshot(other, "nightly")
                        .map(snapshot -> snapshot.<String>get("status", "error", "message")))
                .hasValueSatisfying(message -> assertThat(message).contains("bound to a different snapshot")));
        assertThat(contents.content(name).orElseThrow().<String>get("spec", "volumeSnapshotRef", "uid"))
                .isNull();
        contents.createVolumeSnapshot("nightly", name);
        contents.awaitContent("nightly", ContentReason.ContentBound);
    }
}
