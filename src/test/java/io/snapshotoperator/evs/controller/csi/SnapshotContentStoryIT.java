/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static io.snapshotoperator.evs.controller.csi.ContentStory.DRIVER;
import static io.snapshotoperator.evs.controller.csi.ContentStory.SETTINGS;
import static io.snapshotoperator.evs.controller.csi.ContentStory.ofDriver;
import static io.snapshotoperator.evs.controller.csi.ContentStory.withVolumeSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.simulator.InitialSnapshot;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.CsiSnapshotter;
import io.snapshotoperator.evs.testing.SnapshotController;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contents on a real API server with the real definitions of snapshot.storage.k8s.io. No snapshot-controller runs: the tests do what it
 * does where that matters. {@code SnapshotControllerIT} runs it.
 */
class SnapshotContentStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @TempDir
    Path directory;

    @BeforeAll
    static void installDefinitions() {
        SnapshotController.installCrds(stories.server());
    }

    @AfterEach
    void removeContents() {
        CsiSnapshotter.removeAll(stories.server().client());
    }

    private static ContentStory begin() {
        return new ContentStory(stories.begin(cloud(), SETTINGS));
    }

    @Test
    void createsContentOfReadySnapshotAndLeavesConditionsAsTheyAre() {
        var contents = begin();
        var story = contents.story();
        contents.createBoundClaim("data", VOLUME);
        story.apply("nightly", ofClaim("data").withContent(withVolumeSnapshot()).build());

        var recorded = contents.awaitContent("nightly", ContentReason.WaitingForBinding);

        var request = story.get("nightly");
        var uid = request.getMetadata().getUid();
        assertThat(recorded.name()).isEqualTo("evs-" + uid + "-1");
        assertThat(recorded.driver()).isEqualTo(DRIVER);
        assertThat(recorded.sourceVolumeMode()).isEqualTo("Filesystem");
        assertThat(recorded.binding()).isEqualTo(1);
        assertThat(request.hasFinalizer(Api.CONTENT_FINALIZER)).isTrue();
        assertThat(request.getStatus().conditions())
                .extracting(condition -> condition.getType() + " " + condition.getStatus())
                .containsExactly("Ready True", "Reconciling False", "Stalled False");
        var content = contents.content(recorded.name()).orElseThrow();
        assertThat(content.getMetadata().getLabels()).containsEntry(Api.REQUEST_UID, uid);
        assertThat(content.<String>get("spec", "deletionPolicy")).isEqualTo("Retain");
        assertThat(content.<String>get("spec", "driver")).isEqualTo(DRIVER);
        assertThat(content.<String>get("spec", "source", "snapshotHandle"))
                .isEqualTo(request.getStatus().snapshotId());
        assertThat(content.<String>get("spec", "sourceVolumeMode")).isEqualTo("Filesystem");
        assertThat(content.<String>get("spec", "volumeSnapshotRef", "namespace"))
                .isEqualTo(story.namespace());
        assertThat(content.<String>get("spec", "volumeSnapshotRef", "name")).isEqualTo("nightly");
        assertThat(content.<String>get("spec", "volumeSnapshotRef", "uid")).isNull();
        var volumeSnapshot = contents.volumeSnapshot("nightly").orElseThrow();
        assertThat(volumeSnapshot.<String>get("spec", "source", "volumeSnapshotContentName"))
                .isEqualTo(recorded.name());
        assertThat(volumeSnapshot.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(uid));
        story.assertExactlyOne("nightly");
    }

    @Test
    void removesEverythingWithRequest() {
        var contents = begin();
        var story = contents.story();
        story.apply(
                "nightly",
                ofVolume(VOLUME)
                        .withContent(ofDriver().createVolumeSnapshot(true).build())
                        .build());
        var name = contents.awaitContent("nightly", ContentReason.WaitingForBinding)
                .name();

        story.delete("nightly");

        story.awaitGone("nightly");
        assertThat(contents.content(name)).isEmpty();
        assertThat(contents.volumeSnapshot("nightly")).isEmpty();
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void removesContentWithField() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();

        story.edit("nightly", request -> request.setSpec(ofVolume(VOLUME).build()));

        Story.eventually().untilAsserted(() -> {
            assertThat(contents.recorded("nightly")).isEmpty();
            assertThat(story.get("nightly").hasFinalizer(Api.CONTENT_FINALIZER)).isFalse();
        });
        assertThat(contents.content(name)).isEmpty();
        story.awaitReady("nightly");
    }

    @Test
    void addsContentToSnapshotThatIsReadyAlready() {
        var contents = begin();
        var story = contents.story();
        contents.createBoundClaim("data", VOLUME);
        story.apply("nightly", ofClaim("data").build());
        story.awaitReady("nightly");
        assertThat(story.get("nightly").hasFinalizer(Api.CONTENT_FINALIZER)).isFalse();

        story.edit(
                "nightly",
                request -> request.setSpec(ofClaim("data")
                        .withContent(SnapshotContentSpecBuilder.builder()
                                .name("restored")
                                .className("gold")
                                .build())
                        .build()));

        var recorded = contents.awaitContent("nightly", ContentReason.ContentAvailable);
        var content = contents.content(recorded.name()).orElseThrow();
        assertThat(content.<String>get("spec", "volumeSnapshotRef", "name")).isEqualTo("restored");
        assertThat(content.<String>get("spec", "volumeSnapshotClassName")).isEqualTo("gold");
        assertThat(contents.volumeSnapshot("restored")).isEmpty();
    }

    @Test
    void replacesContentWhenFieldChanges() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var first = contents.awaitContent("nightly", ContentReason.ContentAvailable);

        story.edit(
                "nightly",
                request -> request.setSpec(ofVolume(VOLUME)
                        .withContent(ofDriver().name("other").build())
                        .build()));

        Story.eventually().untilAsserted(() -> assertThat(contents.recorded("nightly"))
                .map(recorded -> recorded.binding())
                .contains(2));
        assertThat(contents.content(first.name())).isEmpty();
        assertThat(contents.content(contents.recorded("nightly").orElseThrow().name()))
                .map(content -> content.<String>get("spec", "volumeSnapshotRef", "name"))
                .contains("other");
    }

    @Test
    void findsContentAgainWhenStatusIsRemoved() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        contents.awaitContent("nightly", ContentReason.ContentAvailable);
        story.edit(
                "nightly",
                request -> request.setSpec(ofVolume(VOLUME)
                        .withContent(ofDriver().name("other").build())
                        .build()));
        Story.eventually().untilAsserted(() -> assertThat(contents.recorded("nightly"))
                .map(recorded -> recorded.binding())
                .contains(2));
        var name = contents.recorded("nightly").orElseThrow().name();
        var version = contents.content(name).orElseThrow().getMetadata().getResourceVersion();

        story.wipeStatus("nightly");

        story.awaitReady("nightly");
        assertThat(contents.awaitContent("nightly", ContentReason.ContentAvailable)
                        .name())
                .isEqualTo(name);
        assertThat(contents.content(name).orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(version);
    }

    @Test
    void continuesWithContentThatWasCreatedJustBeforeProcessEnded() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var recorded = contents.awaitContent("nightly", ContentReason.ContentAvailable);
        var version =
                contents.content(recorded.name()).orElseThrow().getMetadata().getResourceVersion();
        story.stopOperator();
        var before = SnapshotContentStatusBuilder.builder()
                .binding(0)
                .reason(ContentReason.ContentApiFailed.name())
                .message("")
                .build();
        story.kubernetes().resource(story.get("nightly")).editStatus(request -> {
            request.setStatus(VolumeSnapshotRequestStatusBuilder.builder(request.getStatus())
                    .volumeSnapshotContent(before)
                    .build());
            return request;
        });

        story.startOperator();

        assertThat(contents.awaitContent("nightly", ContentReason.ContentAvailable))
                .isEqualTo(recorded);
        assertThat(contents.content(recorded.name()).orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(version);
    }

    @Test
    void leavesForeignContentOfComputedNameAlone() {
        var contents = new ContentStory(stories.prepare(cloud(), SETTINGS));
        var story = contents.story();
        var request = story.apply(
                "nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name = "evs-" + request.getMetadata().getUid() + "-1";
        contents.createContent(name, Map.of(), "0ddba110-0000-4000-8000-000000000005", "nightly");
        var version = contents.content(name).orElseThrow().getMetadata().getResourceVersion();
        story.startOperator();

        contents.awaitContent("nightly", ContentReason.ContentConflict);
        assertThat(story.awaitEventMessage("nightly", ContentReason.ContentConflict))
                .contains(name);
        assertThat(story.condition("nightly", "Ready").getStatus()).isEqualTo("True");
        story.delete("nightly");

        story.awaitGone("nightly");
        assertThat(contents.content(name).orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(version);
    }

    @Test
    void reportsDriverThatIsNotKnown() {
        var contents = begin();
        contents.story()
                .apply(
                        "nightly",
                        ofVolume(VOLUME)
                                .withContent(SnapshotContentSpecBuilder.builder()
                                        .driver("other.example.com")
                                        .build())
                                .build());

        assertThat(contents.awaitContent("nightly", ContentReason.DriverUnknown).message())
                .contains(DRIVER, "evs.claim.csi-drivers");
        contents.story().awaitReady("nightly");
    }

    @Test
    void reportsThatAdministratorDidNotEnableContentsAndDeletesRequest() {
        var contents = new ContentStory(
                stories.begin(cloud(), Map.of("evs.volume-snapshot-contents.check-interval", "100ms")));
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());

        contents.awaitContent("nightly", ContentReason.ContentNotEnabled);
        assertThat(story.get("nightly").hasFinalizer(Api.CONTENT_FINALIZER)).isFalse();
        story.awaitReady("nightly");
        story.delete("nightly");

        story.awaitGone("nightly");
    }

    @Test
    void givesContentToClaimButNotToIdUnlessAdministratorAllowsIt() {
        var settings = new HashMap<>(SETTINGS);
        settings.remove("evs.volume-snapshot-contents.raw-id-namespaces");
        var second = volumeId("second");
        var contents = new ContentStory(stories.begin(cloud().volume(Volume.available(second)), settings));
        var story = contents.story();
        contents.createBoundClaim("data", second);
        story.apply("by-id", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        story.apply(
                "by-claim", ofClaim("data").withContent(withVolumeSnapshot()).build());

        contents.awaitContent("by-id", ContentReason.ContentSourceNotAllowed);
        contents.awaitContent("by-claim", ContentReason.WaitingForBinding);
        assertThat(contents.content("evs-" + story.get("by-id").getMetadata().getUid() + "-1"))
                .isEmpty();
    }

    @Test
    void releasesForgedFinalizerWithoutContent() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.edit("nightly", request -> request.addFinalizer(Api.CONTENT_FINALIZER));
        Story.eventually().until(() -> !story.get("nightly").hasFinalizer(Api.CONTENT_FINALIZER));

        story.delete("nightly");

        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void removesContentAlthoughFinalizerWasRemoved() {
        var contents = begin();
        var story = contents.story();
        story.apply("nightly", ofVolume(VOLUME).withContent(ofDriver().build()).build());
        var name =
                contents.awaitContent("nightly", ContentReason.ContentAvailable).name();
        story.stopOperator();
        story.edit("nightly", request -> request.removeFinalizer(Api.CONTENT_FINALIZER));
        story.delete("nightly");

        story.startOperator();

        story.awaitGone("nightly");
        assertThat(contents.content(name)).isEmpty();
    }

    @Test
    void givesNoContentToSnapshotThatAnEndpointOfTheTeamReports() {
        // The endpoint of the attacker reports the id of a snapshot that another team has in the project of the
        // cluster.
        var stolen = "0ddba110-0000-4000-8000-000000000005";
        var attacker = stories.team(
                cloud().snapshot(new InitialSnapshot(stolen, volumeId("of-attacker"), Optional.empty(), "available")),
                directory);
        attacker.writePassword();
        attacker.connect("default");
        var settings = new HashMap<>(Team.settings(Stream.of(attacker)));
        settings.putAll(SETTINGS);
        var story = stories.prepare(
                cloud().snapshot(new InitialSnapshot(stolen, VOLUME, Optional.empty(), "available")), settings);
        story.settings().merge("evs.namespaces", story.namespace(), (team, own) -> team + "," + own);
        story.startOperator();
        attacker.request(
                "mine", ofSnapshot(stolen).withContent(ofDriver().build()).build());

        attacker.awaitRequest("mine", SnapshotReason.SnapshotAvailable);
        Story.eventually().untilAsserted(() -> assertThat(
                        attacker.findRequest("mine").orElseThrow().getStatus().volumeSnapshotContent())
                .isNotNull()
                .satisfies(content -> assertThat(content.reason()).isEqualTo(ContentReason.SnapshotElsewhere.name())));
        var uid = attacker.findRequest("mine").orElseThrow().getMetadata().getUid();
        assertThat(new ContentStory(story).content("evs-" + uid + "-1")).isEmpty();
    }
}
