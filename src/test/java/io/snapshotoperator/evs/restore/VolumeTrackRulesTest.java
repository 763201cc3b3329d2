/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import static io.snapshotoperator.evs.restore.Restores.NOON;
import static io.snapshotoperator.evs.restore.Restores.SETTLE_TIME;
import static io.snapshotoperator.evs.restore.Restores.VOLUME;
import static io.snapshotoperator.evs.restore.Restores.aRestoreAfterCreate;
import static io.snapshotoperator.evs.restore.Restores.failure;
import static io.snapshotoperator.evs.restore.Restores.marker;
import static io.snapshotoperator.evs.restore.Restores.ownVolume;
import static io.snapshotoperator.evs.restore.VolumeCreateRulesTest.reason;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeTrackRulesTest {
    private static final JobId JOB = new JobId("j-1");

    @ParameterizedTest
    @CsvSource({
        "creating, RestoringVolume, RestoringVolume",
        "available, VolumeRestored, VolumeRestored",
        "in-use, VolumeRestored, VolumeRestored",
        "attaching, RestoringVolume, VolumeRestored",
        "extending, RestoringVolume, VolumeRestored",
        "error, RestoreFailed, VolumeUnusable",
        "error_extending, VolumeUnusable, VolumeUnusable",
        "deleting, VolumeDeletingExternally, VolumeDeletingExternally",
        "error_deleting, VolumeDeletionFailed, VolumeDeletionFailed",
        "new-word, UnknownVolumeState, UnknownVolumeState",
        "'', UnknownVolumeState, UnknownVolumeState"
    })
    void reportsStateOfVolume(String word, String young, String afterReady) {
        assertThat(reason(found(tracked(), word)).name()).isEqualTo(young);
        assertThat(reason(found(ready(), word)).name()).isEqualTo(afterReady);
    }

    @ParameterizedTest
    @EnumSource(VolumeState.class)
    void readyOnlyWhenVolumeExistsAndIsUsable(VolumeState state) {
        var word = state.name().toLowerCase(Locale.ROOT).replace("in_use", "in-use");

        var isReady = reason(found(tracked(), word)).phase() == Phase.READY;

        assertThat(isReady).isEqualTo(state == VolumeState.AVAILABLE || state == VolumeState.IN_USE);
    }

    /** No job is recorded once the volume is known, so no failed attempt tells the cause. */
    @Test
    void saysThatVolumeInCreationBecameErroneous() {
        assertThat(found(tracked(), "error")
                        .statusPatch()
                        .orElseThrow()
                        .verdict()
                        .message())
                .endsWith("The status of the volume is error. The cloud gave no message.")
                .doesNotContain("failedAttempts");
    }

    @Test
    void followsJobUntilItEnds() {
        var input = following();

        assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.FollowJob(JOB));
        assertThat(reason(RestoreRules.decide(input, job(JobState.RUNNING), "c-2")))
                .isEqualTo(RestoreReason.RestoringVolume);
    }

    @Test
    void searchesForLeftoverAfterFailedJob() {
        var patch = RestoreRules.decide(following(), job(JobState.FAIL), "c-2")
                .statusPatch()
                .orElseThrow();

        assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.RestoreFailed);
        assertThat(patch.verdict().message()).contains("Cloud message: EVS.2024: volume is error.");
        assertThat(patch.jobEnded()).isTrue();
        assertThat(patch.failedAttempt()).hasValueSatisfying(failed -> {
            assertThat(failed.createId()).contains("c-1");
            assertThat(failed.mayHaveActed()).isFalse();
        });
    }

    @Test
    void searchesByMarkerWhenJobIsLost() {
        var patch = RestoreRules.decide(following(), new VolumeObservation.JobLost(), "c-2")
                .statusPatch()
                .orElseThrow();

        assertThat(patch.verdict().reason()).isEqualTo(CommonReason.VerifyingPreviousCreate);
        assertThat(patch.jobEnded()).isTrue();
        assertThat(patch.failedAttempt())
                .hasValueSatisfying(failed -> assertThat(failed.mayHaveActed()).isTrue());
    }

    @Test
    void waitsWhileNewVolumeIsNotVisible() {
        var input = tracked().at(SETTLE_TIME.minusSeconds(1)).build();

        assertThat(RestoreRules.decide(input, new VolumeObservation.NotFound(), "c-2")
                        .statusPatch())
                .isEmpty();
    }

    @Test
    void reportsMissingVolumeAndCreatesNoOther() {
        var decision = RestoreRules.decide(ready().build(), new VolumeObservation.NotFound(), "c-2");

        assertThat(reason(decision)).isEqualTo(RestoreReason.VolumeMissing);
        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
    }

    @Test
    void staysReadyWhenCloudIsOutOfReach() {
        var failed = new VolumeObservation.Failed(failure(CloudException.Kind.NOT_AUTHORIZED, false));

        assertThat(RestoreRules.decide(ready().build(), failed, "c-2").statusPatch())
                .isEmpty();
    }

    @Test
    void rechecksReadyVolumeByListThatAllShare() {
        assertThat(RestoreRules.planObservation(ready().at(Duration.ofHours(1)).build()))
                .isEqualTo(new VolumeQuery.Recheck(VOLUME, NOON.plus(Duration.ofMinutes(50))));
    }

    @Test
    void reportsVolumeOfAnotherObject() {
        var foreign = ownVolume(VOLUME, "available")
                .metadata(marker("other", "c", Restores.INSTALLATION))
                .build();

        assertThat(reason(RestoreRules.decide(tracked().build(), VolumeObservation.Found.of(foreign), "c-2")))
                .isEqualTo(RestoreReason.VolumeNotOwned);
    }

    @Test
    void deletesDuplicateBesideRecordedVolume() {
        var decision = beside(duplicate("c-2").build(), false);

        assertThat(decision.action()).isInstanceOfSatisfying(RestoreAction.DeleteVolume.class, delete -> {
            assertThat(delete.id()).isEqualTo(new VolumeId("v-2"));
            assertThat(delete.duplicate()).isTrue();
        });
        assertThat(decision.statusPatch().orElseThrow().duplicates()).contains(List.of(new VolumeId("v-2")));
    }

    @Test
    void onlyNamesDuplicateThatIsUsedOrNotProvablyOne() {
        assertThat(beside(duplicate("c-2").attached(true).build(), false).action())
                .isEqualTo(new RestoreAction.None());
        assertThat(beside(duplicate("c-2").wireState("in-use").build(), false).action())
                .isEqualTo(new RestoreAction.None());
        assertThat(beside(duplicate("c-2").build(), true).action()).isEqualTo(new RestoreAction.None());
        assertThat(beside(duplicate("c-1").build(), false).action()).isEqualTo(new RestoreAction.None());
    }

    @Test
    void deletesNoDuplicateBesideVolumeWithoutMarker() {
        var other = duplicate("c-2").build();
        var found = new VolumeObservation.Found(
                ownVolume(VOLUME, "available").metadata(Map.of()).build(),
                List.of(other),
                Optional.of(new VolumeObservation.Deletable(other, false)));

        assertThat(RestoreRules.decide(ready().build(), found, "c-3").action()).isEqualTo(new RestoreAction.None());
    }

    @Test
    void deletesNoDuplicateWhilePaused() {
        var other = duplicate("c-2").build();
        var found = new VolumeObservation.Found(
                ownVolume(VOLUME, "available").build(),
                List.of(other),
                Optional.of(new VolumeObservation.Deletable(other, false)));
        var paused = ready().desiring(desired -> desired.paused(true)).build();

        assertThat(RestoreRules.decide(paused, found, "c-3").action()).isEqualTo(new RestoreAction.None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "deleting", "creating"})
    void keepsSecondVolumeBesideUnusableOne(String state) {
        var other = duplicate("c-2").build();
        var found = new VolumeObservation.Found(
                ownVolume(VOLUME, state).build(),
                List.of(other),
                Optional.of(new VolumeObservation.Deletable(other, false)));

        assertThat(RestoreRules.decide(ready().build(), found, "c-3").action()).isEqualTo(new RestoreAction.None());
    }

    @Test
    void repeatsRejectedDeleteOfDuplicateSlowly() {
        var other = duplicate("c-2").build();
        var found = new VolumeObservation.Found(
                ownVolume(VOLUME, "available").build(),
                List.of(other),
                Optional.of(new VolumeObservation.Deletable(other, false)));
        var rejected = ready().recording(
                        recorded -> recorded.failures(List.of(Restores.failed(RecordedFailure.DELETE, false, NOON))));

        assertThat(RestoreRules.decide(rejected.build(), found, "c-3").action()).isEqualTo(new RestoreAction.None());
        assertThat(RestoreRules.decide(rejected.at(Restores.MAX_BACKOFF).build(), found, "c-3")
                        .action())
                .isInstanceOf(RestoreAction.DeleteVolume.class);
    }

    @Test
    void reportsWaitThatLastsTooLong() {
        var input = tracked().at(Duration.ofHours(1)).build();

        var decision = RestoreRules.decide(
                input, VolumeObservation.Found.of(ownVolume(VOLUME, "creating").build()), "c-2");

        assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreDeadlineExceeded);
        assertThat(decision.event()).isPresent();
        assertThat(decision.requeueAfter()).isPresent();
    }

    private static CloudVolumeBuilder duplicate(String createId) {
        return ownVolume(new VolumeId("v-2"), "available")
                .metadata(marker(Restores.UID, createId, Restores.INSTALLATION));
    }

    private static RestoreDecision beside(CloudVolume other, boolean hasSnapshots) {
        var found = new VolumeObservation.Found(
                ownVolume(VOLUME, "available").build(),
                List.of(other),
                Optional.of(new VolumeObservation.Deletable(other, hasSnapshots)));
        return RestoreRules.decide(ready().build(), found, "c-3");
    }

    private static RestoreInput following() {
        return aRestoreAfterCreate().recording(recorded -> recorded.jobId(JOB)).build();
    }

    private static Restores tracked() {
        return aRestoreAfterCreate()
                .recording(recorded -> recorded.volumeId(VOLUME).reason(RestoreReason.RestoringVolume));
    }

    private static Restores ready() {
        return aRestoreAfterCreate()
                .recording(recorded -> recorded.volumeId(VOLUME).readyAt(NOON).reason(RestoreReason.VolumeRestored));
    }

    private static RestoreDecision found(Restores restore, String word) {
        return RestoreRules.decide(
                restore.build(),
                VolumeObservation.Found.of(ownVolume(VOLUME, word).build()),
                "c-2");
    }

    private static VolumeObservation job(JobState state) {
        return new VolumeObservation.Job(
                new CloudJob(JOB, state, Optional.empty(), Optional.of("EVS.2024"), "volume is error"));
    }
}
