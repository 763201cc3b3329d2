/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Another tool changes an existing snapshot: the operator reports it within one resync and creates nothing. */
class DriftStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static void assertOneCreateAndNoDelete(Story story) {
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
    }

    @Test
    void reportsMissingSnapshotWhenVolumeIsDeleted() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.cloud().volumes().remove(VOLUME);
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
        assertThat(story.condition("nightly", "Ready").getStatus()).isEqualTo("False");
        assertThat(story.condition("nightly", "Stalled").getStatus()).isEqualTo("True");
        assertOneCreateAndNoDelete(story);
        story.delete("nightly");
        story.awaitGone("nightly");
    }

    /** For example because one node of the cloud has lost its database for a while. */
    @Test
    void reportsThatMissingSnapshotIsBack() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud()
                .faults()
                .add(FaultRule.always(Fault.REJECTED)
                        .on(Operation.GET)
                        .withStatus(404)
                        .withText("Snapshot " + id + " could not be found."));
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);

        story.cloud().faults().clear();

        assertThat(story.awaitReady("nightly").snapshotId()).isEqualTo(id);
        assertOneCreateAndNoDelete(story);
    }

    @Test
    void reportsReadySnapshotThatFailsAndDoesNotReplaceIt() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(3).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().setStatus(id, "error");
        story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
        Story.eventually()
                .untilAsserted(() -> assertThat(story.eventReasons("nightly")).contains("SnapshotFailed"));
        assertOneCreateAndNoDelete(story);
    }

    @Test
    void reportsExternalDeletionAndThenMissing() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().setStatus(id, "deleting");
        story.awaitReason("nightly", SnapshotReason.DeletingExternally);
        story.cloud().snapshots().remove(id);
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
        assertOneCreateAndNoDelete(story);
    }

    @Test
    void reportsOrRevertsNameChangedInConsole() {
        var story = stories.begin();
        story.apply("named", ofVolume(VOLUME).named("mine").build());
        var named = story.awaitReady("named").snapshotId();
        story.apply("unnamed", ofVolume(VOLUME).build());
        var unnamed = story.awaitReady("unnamed").snapshotId();
        story.cloud().snapshots().rename(named, "console");
        story.cloud().snapshots().rename(unnamed, "console");
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(story.status("unnamed").snapshotName()).isEqualTo("console"));
        Story.eventually().untilAsserted(() -> assertThat(
                        story.cloud().snapshots().find(named).orElseThrow().name())
                .isEqualTo("mine"));
        story.awaitReady("named");
        story.awaitReady("unnamed");
        story.assertOneLivingSnapshot("named", "unnamed");
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
    }

    @Test
    void readsAndWritesNothingPerObjectAfterRestart() {
        var story = stories.begin(cloud().anyVolume(Volume.available("any")));
        var names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
        names.forEach(name -> story.apply(name, ofVolume(volumeId(name)).build()));
        names.forEach(story::awaitReady);
        story.stopOperator();
        var versions = names.stream()
                .map(name -> story.get(name).getMetadata().getResourceVersion())
                .toList();
        story.cloud().callLog().clear();
        story.startOperator();
        // After the first list of the poller, every object was reconciled once.
        story.awaitCalls(Operation.LIST, 1);
        assertThat(names.stream()
                        .map(name -> story.get(name).getMetadata().getResourceVersion())
                        .toList())
                .isEqualTo(versions);
        assertThat(story.cloud().callLog().count(Operation.GET)).isZero();
        assertThat(story.cloud().callLog().calls()).hasSizeLessThanOrEqualTo(12);
    }

    @Test
    void reportsNothingMissingAndConfirmsNoDeleteInAnotherProject() {
        var other = "ffffffffffffffffffffffffffffffff";
        var story = stories.prepare(cloud().otherProject(other, "eu-de_other"));
        story.startOperator();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.stopOperator();
        story.settings().put("evs.connection.project-id", other);
        story.startOperator();
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.LocationMismatch);
        assertThat(story.find("nightly")).isPresent();
        assertThat(story.cloud().snapshots().find(id)).isPresent();
        story.stopOperator();
        story.settings().remove("evs.connection.project-id");
        story.startOperator();
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().find(id)).isEmpty();
    }
}
