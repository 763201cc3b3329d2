/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.testing.RestoreSteps.ofRequest;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRegistry;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.RestoreSteps;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a restore as its user sees it, with the failures of the cloud and of the operator. */
class RestoreStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static SimulatorSettingsBuilder fastCloud() {
        return cloud().volumeTakes(Duration.ofMillis(600)).volumeAppearsAfter(Duration.ofMillis(200));
    }

    private static Story withReadyRequest(SimulatorSettingsBuilder cloud) {
        return withReadyRequest(cloud, Map.of());
    }

    private static Story withReadyRequest(SimulatorSettingsBuilder cloud, Map<String, String> settings) {
        var story = stories.begin(cloud, settings);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        return story;
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "cinder"})
    void createsOneVolumeLikeItsSource(String family) {
        var story = withReadyRequest(fastCloud(), Map.of("evs.connection.family", family));
        var restores = new RestoreSteps(story);
        restores.apply(
                "back", ofRequest("nightly").metadata(Map.of("purpose", "test")).build());

        var status = restores.awaitRestored("back");

        restores.assertOneVolume("back");
        var source = story.cloud().volumes().find(VOLUME).orElseThrow();
        var volume = story.cloud().volumes().find(status.volumeId()).orElseThrow();
        assertThat(volume.availabilityZone()).isEqualTo(source.availabilityZone());
        assertThat(volume.volumeType()).isEqualTo(source.volumeType());
        assertThat(volume.metadata()).containsEntry("purpose", "test");
        assertThat(status.snapshotId()).isEqualTo(story.status("nightly").snapshotId());
        assertThat(status.jobId()).isNull();
        assertThat(status.readyAt()).isNotNull();
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
        assertThat(story.eventReasons("back")).contains("VolumeCreateAccepted");
    }

    @Test
    void waitsForRequestAndContinuesWhenItIsReady() {
        var story = stories.begin(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        restores.awaitReason("back", RestoreReason.WaitingForRequest);
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isZero();

        story.apply("nightly", ofVolume(VOLUME).build());

        restores.awaitRestored("back");
        restores.assertOneVolume("back");
    }

    @Test
    void keepsVolumeByDefault() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        var volume = restores.awaitRestored("back").volumeId();

        restores.delete("back");

        restores.awaitGone("back");
        assertThat(story.cloud().volumes().find(volume)).isPresent();
        assertThat(story.cloud().callLog().count(Operation.DISK_DELETE)).isZero();
        assertThat(story.awaitEventMessage("back", RestoreReason.VolumeRetained))
                .contains(volume);
    }

    @Test
    void deletesVolumeWhenPolicySaysSo() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply(
                "back",
                ofRequest("nightly").deletionPolicy(DeletionPolicy.Delete).build());
        var volume = restores.awaitRestored("back").volumeId();

        restores.delete("back");

        restores.awaitGone("back");
        assertThat(story.cloud().volumes().find(volume)).isEmpty();
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void deletesNeitherAttachedVolumeNorOneWithSnapshots() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply(
                "back",
                ofRequest("nightly").deletionPolicy(DeletionPolicy.Delete).build());
        var volume = restores.awaitRestored("back").volumeId();
        story.cloud().volumes().setStatus(volume, "in-use");
        story.cloud().snapshots().addForeign(volume, "by-hand", Map.of());
        restores.delete("back");
        restores.awaitReason("back", RestoreReason.VolumeInUse);

        story.cloud().volumes().setStatus(volume, "available");
        restores.awaitReason("back", RestoreReason.VolumeHasSnapshots);
        assertThat(story.cloud().callLog().count(Operation.DISK_DELETE)).isZero();

        restores.annotate("back", Api.ABANDON, "true");
        restores.awaitGone("back");
        assertThat(story.cloud().volumes().find(volume)).isPresent();
    }

    /** A user who removes the finalizer stands for the API server, which can ignore one that is new (Kubernetes issue 77988). */
    @Test
    void namesVolumeOfRestoreThatIsRemovedDuringCreate() {
        var story = withReadyRequest(fastCloud());
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.DISK_CREATE).withDelay(Duration.ofSeconds(2)));
        var restores = new RestoreSteps(story);
        var uid = restores.apply("back", ofRequest("nightly").build())
                .getMetadata()
                .getUid();
        story.awaitCalls(Operation.DISK_CREATE, 1);

        restores.edit("back", restore -> restore.getMetadata().setFinalizers(List.of()));
        restores.delete("back");

        assertThat(story.awaitEventMessage("back", CommonReason.RemovedDuringCreate))
                .contains("Its volume has the UID " + uid);
    }

    @Test
    void keepsVolumeOfWhichSnapshotIsCreatedAfterTheDecision() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply(
                "back",
                ofRequest("nightly").deletionPolicy(DeletionPolicy.Delete).build());
        var volume = restores.awaitRestored("back").volumeId();
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.SLOW_ANSWER)
                        .on(Operation.LIST)
                        .ofVolume(volume)
                        .withDelay(Duration.ofSeconds(2)));
        restores.delete("back");
        Story.eventually().untilAsserted(() -> assertThat(story.cloud().faults().registered())
                .allMatch(FaultRegistry.ActiveFault::spent));

        story.cloud().snapshots().addForeign(volume, "by-hand", Map.of());

        restores.awaitReason("back", RestoreReason.VolumeHasSnapshots);
        assertThat(story.cloud().callLog().count(Operation.DISK_DELETE)).isZero();
        assertThat(story.cloud().volumes().find(volume)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"ANSWER_LOST_AFTER_ACTING", "SERVER_ERROR_AFTER_ACTING"})
    void adoptsVolumeOfCreateWhoseOutcomeIsUnknown(Fault fault) {
        var story = withReadyRequest(fastCloud());
        story.cloud().faults().add(FaultRule.once(fault).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());

        restores.awaitRestored("back");

        restores.assertOneVolume("back");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void createsAgainWhenLostCreateDidNothing() {
        var story = withReadyRequest(fastCloud());
        story.cloud().faults().add(FaultRule.once(Fault.SERVER_ERROR).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());

        restores.awaitRestored("back");

        restores.assertOneVolume("back");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(2);
    }

    @Test
    void findsVolumeWhenCloudForgetsJob() {
        var story = withReadyRequest(fastCloud());
        story.cloud().faults().add(FaultRule.once(Fault.JOB_FORGOTTEN).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());

        restores.awaitRestored("back");

        restores.assertOneVolume("back");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void reportsFailedJobAndTriesNoSecondTime() {
        var story = withReadyRequest(fastCloud());
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.JOB_FAILS_WITHOUT_VOLUME).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());

        var status = restores.awaitReason("back", RestoreReason.RestoreFailed);

        assertThat(status.volumeId()).isNull();
        assertThat(status.failedAttempts())
                .extracting(attempt -> attempt.code())
                .contains("EVS.2002");
        story.stopOperator();
        story.startOperator();
        restores.annotate("back", Api.RETRY_CREATE, "again");
        Story.eventually()
                .during(Duration.ofSeconds(4))
                .until(() -> story.cloud().callLog().count(Operation.DISK_CREATE) == 1);
    }

    @Test
    void namesVolumeThatFailedJobLeft() {
        var story = withReadyRequest(fastCloud());
        story.cloud().faults().add(FaultRule.once(Fault.VOLUME_ENDS_IN_ERROR).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply(
                "back",
                ofRequest("nightly").deletionPolicy(DeletionPolicy.Delete).build());

        restores.awaitReason("back", RestoreReason.RestoreFailed);
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(restores.status("back").volumeId()).isNotNull());
        restores.assertOneVolume("back");

        restores.delete("back");
        restores.awaitGone("back");
        assertThat(story.cloud().volumes().created()).isEmpty();
    }

    @Test
    void findsVolumeAgainAfterStatusWasWiped() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        var volume = restores.awaitRestored("back").volumeId();

        restores.wipeStatus("back");

        Story.eventually()
                .untilAsserted(() ->
                        assertThat(restores.awaitRestored("back").volumeId()).isEqualTo(volume));
        restores.assertOneVolume("back");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void anotherProcessContinuesWithoutSecondVolume() {
        var story = withReadyRequest(fastCloud().volumeTakes(Duration.ofSeconds(4)));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        restores.awaitReason("back", RestoreReason.RestoringVolume);

        story.stopOperator();
        story.startOperator();

        restores.awaitRestored("back");
        restores.assertOneVolume("back");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void reportsMissingVolumeAndCreatesNoOther() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        story.cloud().volumes().remove(restores.awaitRestored("back").volumeId());

        restores.awaitReason("back", RestoreReason.VolumeMissing);

        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void keepsSnapshotUntilRunningRestoreHasEnded() {
        var story = withReadyRequest(fastCloud().volumeTakes(Duration.ofSeconds(3)));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        restores.awaitReason("back", RestoreReason.RestoringVolume);

        story.delete("nightly");

        story.awaitReason("nightly", SnapshotReason.RestoreInProgress);
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        restores.awaitRestored("back");
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.awaitGone("nightly");
    }

    @Test
    void keepsSnapshotNoLongerWhenLostCreateDidNothing() {
        var story = withReadyRequest(fastCloud());
        story.cloud().faults().add(FaultRule.once(Fault.SERVER_ERROR).on(Operation.DISK_CREATE));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());
        restores.awaitReason("back", CommonReason.VerifyingPreviousCreate);

        story.delete("nightly");

        restores.awaitReason("back", RestoreReason.WaitingForRequest);
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.awaitGone("nightly");
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isEqualTo(1);
    }

    @Test
    void rejectsSizeBelowSnapshotBeforeAnyCreate() {
        var story = withReadyRequest(fastCloud());
        var size = story.status("nightly").sizeGiB();
        assertThat(size).isGreaterThan(10);
        var restores = new RestoreSteps(story);
        restores.apply("small", ofRequest("nightly").sizeGiB(10).build());

        restores.awaitReason("small", RestoreReason.SizeTooSmall);

        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isZero();
    }

    @Test
    void reportsQuotaOfVolumesAndKeepsCreatingSnapshots() {
        var story = withReadyRequest(fastCloud()
                .volumeQuota(stories.begin(cloud()).cloud().volumes().all().size()));
        var restores = new RestoreSteps(story);
        restores.apply("back", ofRequest("nightly").build());

        restores.awaitReason("back", CommonReason.QuotaExceeded);

        story.apply("other", ofVolume(VOLUME).build());
        story.awaitReady("other");
    }

    @Test
    void removesDuplicateThatAppearsLater() {
        var story = withReadyRequest(fastCloud());
        var restores = new RestoreSteps(story);
        var restore = restores.apply("back", ofRequest("nightly").build());
        var volume = story.cloud()
                .volumes()
                .find(restores.awaitRestored("back").volumeId())
                .orElseThrow();
        var metadata = new HashMap<>(volume.metadata());
        metadata.put("evs-snapshot-operator.create-id", "an-earlier-one");
        var duplicate = "0f9b7a52-0000-4000-8000-000000000001";
        story.cloud()
                .volumes()
                .put(new Volume(
                        duplicate,
                        volume.projectId(),
                        volume.name(),
                        "available",
                        volume.sizeGib(),
                        volume.availabilityZone(),
                        volume.volumeType(),
                        volume.snapshotTakes(),
                        volume.creation(),
                        metadata,
                        volume.updatedAt()));

        Story.eventually().untilAsserted(() -> assertThat(
                        restores.volumesOf(restore.getMetadata().getUid()))
                .hasSize(1));

        restores.assertOneVolume("back");
        assertThat(story.cloud().volumes().find(VOLUME)).isPresent();
        assertThat(List.of(duplicate)).doesNotContain(restores.status("back").volumeId());
    }
}
