/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.Story;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What another hand does to a snapshot that is there: seen within one resync, reported, and nothing made again. */
class DriftStoryIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static Cluster cluster;

    @BeforeAll
    static void open() {
        cluster = Cluster.realOrEmbedded();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static SimulatorSettingsBuilder cloud() {
        return SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(400))
                .deletionTakes(Duration.ofMillis(400))
                .volume(Volume.available(VOLUME));
    }

    private static void assertNothingWasMadeAgain(Story story) {
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
    }

    @Test
    void reportsMissingSnapshotWhenVolumeIsDeleted() {
        try (var story = Story.begin(cluster, cloud())) {
            story.apply("nightly", ofVolume(VOLUME).build());
            story.awaitReady("nightly");
            story.cloud().volumes().remove(VOLUME);
            story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
            assertThat(story.condition("nightly", "Ready").getStatus()).isEqualTo("False");
            assertThat(story.condition("nightly", "Stalled").getStatus()).isEqualTo("True");
            assertNothingWasMadeAgain(story);
            story.delete("nightly");
            story.awaitGone("nightly");
        }
    }

    @Test
    void reportsReadySnapshotThatFailsAndDoesNotReplaceIt() {
        try (var story = Story.begin(cluster, cloud())) {
            story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(3).build());
            var id = story.awaitReady("nightly").snapshotId();
            story.cloud().snapshots().setStatus(id, "error");
            story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
            Story.eventually().untilAsserted(() -> assertThat(story.eventReasons("nightly"))
                    .contains("SnapshotFailed"));
            assertNothingWasMadeAgain(story);
        }
    }

    @Test
    void reportsExternalDeletionAndThenMissing() {
        try (var story = Story.begin(cluster, cloud())) {
            story.apply("nightly", ofVolume(VOLUME).build());
            var id = story.awaitReady("nightly").snapshotId();
            story.cloud().snapshots().setStatus(id, "deleting");
            story.awaitReason("nightly", SnapshotReason.DeletingExternally);
            story.cloud().snapshots().remove(id);
            story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
            assertNothingWasMadeAgain(story);
        }
    }

    @Test
    void reportsOrRevertsNameChangedInConsole() {
        try (var story = Story.begin(cluster, cloud())) {
            story.apply("named", ofVolume(VOLUME).named("mine").build());
            var named = story.awaitReady("named").snapshotId();
            story.apply("unnamed", ofVolume(VOLUME).build());
            var unnamed = story.awaitReady("unnamed").snapshotId();
            story.cloud().snapshots().rename(named, "console");
            story.cloud().snapshots().rename(unnamed, "console");
            Story.eventually()
                    .untilAsserted(() ->
                            assertThat(story.status("unnamed").snapshotName()).isEqualTo("console"));
            Story.eventually().untilAsserted(() -> assertThat(
                            story.cloud().snapshots().find(named).orElseThrow().name())
                    .isEqualTo("mine"));
            story.awaitReady("named");
            story.awaitReady("unnamed");
            assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
        }
    }

    @Test
    void readsAndWritesNothingPerObjectAfterRestart() {
        try (var story = Story.begin(cluster, cloud().anyVolume(Volume.available("any")))) {
            var names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
            names.forEach(name -> story.apply(name, ofVolume("disk-" + name).build()));
            names.forEach(story::awaitReady);
            story.stopOperator();
            var versions = names.stream()
                    .map(name -> story.get(name).getMetadata().getResourceVersion())
                    .toList();
            story.cloud().callLog().clear();
            story.startOperator();
            // One inventory has been taken, so every object had its first pass long before.
            story.awaitCalls(Operation.LIST, 1);
            assertThat(names.stream()
                            .map(name -> story.get(name).getMetadata().getResourceVersion())
                            .toList())
                    .isEqualTo(versions);
            assertThat(story.cloud().callLog().count(Operation.GET)).isZero();
            assertThat(story.cloud().callLog().calls()).hasSizeLessThanOrEqualTo(12);
        }
    }

    @Test
    void reportsNothingMissingAndConfirmsNoDeleteInAnotherProject() {
        var other = "ffffffffffffffffffffffffffffffff";
        try (var story = Story.prepare(cluster, cloud().otherProject(other, "eu-de_other"), Map.of())) {
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
}
