/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of one request as its user sees it, without crashes. */
class SnapshotStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    @Test
    void createsOneSnapshotAndReportsReadyWhenAvailable() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var status = story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
        assertThat(status.volumeId()).isEqualTo(VOLUME);
        assertThat(status.sizeGiB()).isPositive();
        assertThat(status.projectId())
                .isEqualTo(story.cloud().settings().account().project().id());
        assertThat(status.readyAt()).isNotNull();
        assertThat(story.condition("nightly", "Reconciling").getStatus()).isEqualTo("False");
        assertThat(story.condition("nightly", "Stalled").getStatus()).isEqualTo("False");
        assertThat(story.eventReasons("nightly"))
                .containsExactlyInAnyOrder("SnapshotCreateAccepted", "SnapshotAvailable");
    }

    @Test
    void recordsIdWithCreatingConditionsInOneWrite() {
        var story = stories.begin(cloud().snapshotTakes(Duration.ofSeconds(3)));
        story.apply("nightly", ofVolume(VOLUME).build());
        var status = story.awaitReason("nightly", SnapshotReason.WaitingForCloud);
        assertThat(status.snapshotStatus()).isEqualTo("creating");
        assertThat(status.snapshotId()).isNotNull();
        assertThat(story.condition("nightly", "Reconciling").getStatus()).isEqualTo("True");
        story.awaitReady("nightly");
    }

    @Test
    void deletesSnapshotAndWaitsUntilItIsGone() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.delete("nightly");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isEqualTo(1);
    }

    @Test
    void deletesAfterCreationWhenRequestIsDeletedDuringCreate() {
        var story = stories.begin(cloud().snapshotTakes(Duration.ofSeconds(2)));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", SnapshotReason.WaitingForCloud);
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.WaitingToDelete);
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
        assertThat(story.cloud().callLog().calls(Operation.DELETE))
                .extracting(CallLogEntry::status)
                .containsExactly(202);
    }

    @Test
    void keepsSnapshotWithRetainPolicy() {
        var story = stories.begin();
        story.apply("keep", ofVolume(VOLUME).onDeletion(DeletionPolicy.Retain).build());
        story.awaitReady("keep");
        story.delete("keep");
        story.awaitGone("keep");
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
        assertThat(story.eventReasons("keep")).contains("SnapshotRetained");
    }

    @Test
    void keepsImportedSnapshotByDefault() {
        var story = stories.begin();
        var existing = story.cloud().snapshots().addForeign(VOLUME, "by-hand", Map.of());
        story.apply("imported", ofSnapshot(existing.id()).build());
        var status = story.awaitReady("imported");
        assertThat(status.snapshotName()).isEqualTo("by-hand");
        story.delete("imported");
        story.awaitGone("imported");
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();
    }

    @Test
    void deletesImportUnlessAnotherRequestOwnsIt() {
        var story = stories.begin();
        var free = story.cloud().snapshots().addForeign(VOLUME, "by-hand", Map.of());
        var marked = story.cloud()
                .snapshots()
                .addForeign(VOLUME, "another's", Map.of("evs-snapshot-operator.uid", "someone-else"));
        story.apply(
                "free", ofSnapshot(free.id()).onDeletion(DeletionPolicy.Delete).build());
        story.apply(
                "marked",
                ofSnapshot(marked.id()).onDeletion(DeletionPolicy.Delete).build());
        story.awaitReady("free");
        story.awaitReady("marked");
        story.delete("free");
        story.delete("marked");
        story.awaitGone("free");
        story.awaitReason("marked", SnapshotReason.NotOwned);
        assertThat(story.cloud().snapshots().living()).singleElement().satisfies(remaining -> assertThat(remaining.id())
                .isEqualTo(marked.id()));
        story.annotate("marked", Api.ABANDON, "true");
        story.awaitGone("marked");
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void reportsImportNotFound() {
        var story = stories.begin();
        story.apply(
                "imported", ofSnapshot("00000000-0000-0000-0000-000000000000").build());
        story.awaitReason("imported", SnapshotReason.ImportNotFound);
        story.delete("imported");
        story.awaitGone("imported");
    }

    @Test
    void keepsAndReportsFailedSnapshot() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.SNAPSHOT_ENDS_IN_ERROR, Operation.CREATE);
        story.apply("nightly", ofVolume(VOLUME).build());
        var status = story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
        assertThat(status.snapshotStatus()).isEqualTo("error");
        assertThat(story.condition("nightly", "Stalled").getStatus()).isEqualTo("True");
        story.assertExactlyOne("nightly");
        story.delete("nightly");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void replacesFailedSnapshotWithReplacePolicy() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.SNAPSHOT_ENDS_IN_ERROR, Operation.CREATE);
        story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(2).build());
        var status = story.awaitReady("nightly");
        assertThat(status.replacements()).isEqualTo(1);
        story.assertOneLivingSnapshot("nightly");
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
    }

    @Test
    void stopsReplacingAfterMaxAttempts() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.always(Fault.SNAPSHOT_ENDS_IN_ERROR).on(Operation.CREATE));
        story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(2).build());
        story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
        Story.eventually()
                .untilAsserted(() ->
                        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2));
        story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
        assertThat(story.status("nightly").replacements()).isEqualTo(1);
        story.assertOneLivingSnapshot("nightly");
    }

    @Test
    void updatesNameAndDescription() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).named("before").described("old").build());
        story.awaitReady("nightly");
        story.edit(
                "nightly",
                request -> request.setSpec(ofVolume(VOLUME)
                        .named("after")
                        .described("new")
                        .readyWithin(request.getSpec().readyWithin())
                        .build()));
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(story.status("nightly").snapshotName()).isEqualTo("after"));
        assertThat(story.cloud().snapshots().living()).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.name()).isEqualTo("after");
            assertThat(snapshot.description()).isEqualTo("new");
        });
        story.assertExactlyOne("nightly");
    }

    @Test
    void reportsMissingSnapshotAndDoesNotRecreateIt() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().remove(id);
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
        assertThat(story.eventReasons("nightly")).contains("SnapshotMissing");
    }

    @Test
    void withdrawsReadyWhenSnapshotChangesState() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().setStatus(id, "rollbacking");
        story.awaitReason("nightly", SnapshotReason.RollingBack);
        story.cloud().snapshots().setStatus(id, "available");
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.awaitReady("nightly");
        story.cloud().snapshots().setStatus(id, "hibernating");
        var status = story.awaitReason("nightly", SnapshotReason.UnknownState);
        assertThat(status.snapshotStatus()).isEqualTo("hibernating");
        assertThat(story.condition("nightly", "Ready").getMessage()).contains("hibernating");
    }

    @Test
    void deletesRequestAndSnapshotAfterTtl() {
        var story = stories.begin();
        story.apply("brief", ofVolume(VOLUME).ttl("2s").build());
        story.awaitReady("brief");
        story.awaitGone("brief");
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void reportsReadyDeadlineExceededAndKeepsPolling() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.STUCK_CREATING, Operation.CREATE);
        story.apply("slow", ofVolume(VOLUME).readyWithin("2s").build());
        var id = story.awaitReason("slow", SnapshotReason.ReadyDeadlineExceeded).snapshotId();
        assertThat(story.condition("slow", "Stalled").getStatus()).isEqualTo("True");
        story.cloud().snapshots().setStatus(id, "available");
        story.awaitReady("slow");
    }

    @Test
    void createsNothingWhilePaused() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build(), Map.of(Api.PAUSED, "true"));
        story.awaitReason("nightly", CommonReason.Paused);
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();
        story.annotate("nightly", Api.PAUSED, "false");
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void reportsConnectionThatDoesNotExist() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).connection("elsewhere").build());
        story.awaitReason("nightly", CommonReason.ConnectionNotFound);
        assertThat(story.get("nightly").getMetadata().getFinalizers()).isEmpty();
        story.delete("nightly");
        story.awaitGone("nightly");
    }

    @Test
    void toleratesNullFieldsAndUnknownWords() {
        var story = stories.begin();
        story.cloud().faults().add(FaultRule.always(Fault.ODD_TIMES));
        story.cloud().faults().add(FaultRule.always(Fault.NULL_FIELDS));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void reportsDeletionFailedAndAllowsAbandon() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.DELETE_ENDS_IN_ERROR_DELETING, Operation.DELETE);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.DeletionFailed);
        assertThat(story.condition("nightly", "Ready").getMessage()).contains("abandon");
        story.annotate("nightly", Api.ABANDON, "true");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void retriesDeleteThatTheCloudReverted() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.DELETE_BOUNCES, Operation.DELETE);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.delete("nightly");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isEqualTo(2);
    }

    @Test
    void worksWithAccessKeyAndCinderApi() {
        var story = stories.prepare(cloud(), Map.of("evs.connection.family", "cinder"));
        var account = story.cloud().settings().account();
        var credentials = "evs.connection.credentials.";
        List.of("username", "password", "domain-name")
                .forEach(key -> story.settings().remove(credentials + key));
        story.settings().put(credentials + "access-key", account.accessKey());
        story.settings().put(credentials + "secret-key", account.secretKey());
        story.startOperator();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
        assertThat(story.cloud().callLog().calls(Operation.CREATE).get(0).path())
                .endsWith("/snapshots");
        assertThat(story.cloud().callLog().count(Operation.LOGIN)).isZero();
        story.delete("nightly");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void sharesListCallsAmongManyRequests() {
        var volumes = IntStream.range(0, 40)
                .mapToObj("5aa119a8-d25b-45a7-8d1b-%012d"::formatted)
                .toList();
        var cloud =
                SimulatorSettings.builder().snapshotTakes(Duration.ofSeconds(4)).deletionTakes(Duration.ofMillis(300));
        volumes.forEach(id -> cloud.volume(Volume.available(id)));
        var story = stories.begin(cloud);
        volumes.forEach(id -> story.apply("of-" + id, ofVolume(id).build()));
        volumes.forEach(id -> story.awaitReady("of-" + id));
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(40);
        story.assertOneLivingSnapshot(volumes.stream().map(id -> "of-" + id).toArray(String[]::new));
        // One create request each. Reads by id only where few requests change state at once. Lists are shared.
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isEqualTo(40);
        assertThat(story.cloud().callLog().count(Operation.GET)).isLessThanOrEqualTo(40);
    }
}
