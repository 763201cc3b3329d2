/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import static io.snapshotoperator.evs.restore.Restores.NOON;
import static io.snapshotoperator.evs.restore.Restores.SETTLE_TIME;
import static io.snapshotoperator.evs.restore.Restores.VOLUME;
import static io.snapshotoperator.evs.restore.Restores.aRestore;
import static io.snapshotoperator.evs.restore.Restores.aRestoreAfterCreate;
import static io.snapshotoperator.evs.restore.Restores.failed;
import static io.snapshotoperator.evs.restore.Restores.failure;
import static io.snapshotoperator.evs.restore.Restores.marker;
import static io.snapshotoperator.evs.restore.Restores.ownVolume;
import static io.snapshotoperator.evs.restore.Restores.search;
import static io.snapshotoperator.evs.restore.VolumeCreateRulesTest.reason;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeDeleteRulesTest {

    @Test
    void keepsVolumeByDefaultWithoutAnyCall() {
        var input = recorded().desiring(desired -> desired.deleteVolume(false)).build();

        assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.None());
        assertThat(RestoreRules.decide(input, new VolumeObservation.None(), "c").action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.of(RestoreReason.VolumeRetained)));
    }

    @Test
    void namesKeptVolumeAlsoWithoutCreateIntent() {
        var input = recorded()
                .recording(recorded -> recorded.intent(Optional.empty()))
                .desiring(desired -> desired.deleteVolume(false))
                .build();

        assertThat(RestoreRules.decide(input, new VolumeObservation.None(), "c").action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.of(RestoreReason.VolumeRetained)));
    }

    @Test
    void leavesEverythingWhenAbandoned() {
        var input = recorded().desiring(desired -> desired.abandon(true)).build();

        assertThat(RestoreRules.decide(input, new VolumeObservation.None(), "c").action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.of(RestoreReason.VolumeAbandoned)));
    }

    @Test
    void deletesDetachedVolumeWithoutSnapshots() {
        var decision = read(ownVolume(VOLUME, "available").build(), false);

        assertThat(decision.action())
                .isInstanceOfSatisfying(RestoreAction.DeleteVolume.class, delete -> assertThat(delete.id())
                        .isEqualTo(VOLUME));
        assertThat(reason(decision)).isEqualTo(RestoreReason.DeletingVolume);
    }

    @ParameterizedTest
    @CsvSource({
        "in-use, VolumeInUse",
        "creating, WaitingToDeleteVolume",
        "extending, WaitingToDeleteVolume",
        "new-word, WaitingToDeleteVolume",
        "deleting, DeletingVolume",
        "error_deleting, VolumeDeletionFailed"
    })
    void deletesNothingInOtherStates(String word, String expected) {
        var decision = read(ownVolume(VOLUME, word).build(), false);

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision).name()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"in-use", "extending", "deleting", "error_deleting", "available"})
    void namesVolumeThatStallsTheDeletionIfTheStatusDoesNot(String word) {
        var other = new VolumeObservation.Deletable(
                ownVolume(new VolumeId("v-other"), word).build(), true);

        assertThat(message(RestoreRules.decide(recorded().build(), other, "c"))).contains("Its id is v-other.");
        assertThat(message(read(ownVolume(VOLUME, word).build(), true))).doesNotContain("Its id");
    }

    @Test
    void deletesNoVolumeWithSnapshots() {
        var decision = read(ownVolume(VOLUME, "available").build(), true);

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision)).isEqualTo(RestoreReason.VolumeHasSnapshots);
    }

    @Test
    void deletesNoAttachedVolume() {
        var decision = read(ownVolume(VOLUME, "available").attached(true).build(), false);

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision)).isEqualTo(RestoreReason.VolumeInUse);
    }

    @ParameterizedTest
    @CsvSource({"other-uid, installation", "11111111-2222-3333-4444-555555555555, elsewhere"})
    void deletesNoVolumeOfOthers(String uid, String installation) {
        var foreign = ownVolume(VOLUME, "available")
                .metadata(marker(uid, "c-1", installation))
                .build();

        var decision = read(foreign, false);

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision)).isEqualTo(RestoreReason.VolumeNotOwned);
        assertThat(decision.statusPatch().orElseThrow().verdict().message()).contains("abandon");
    }

    @Test
    void keepsFinalizerWhileStatusNamesVolumeOfAnotherObject() {
        var input = recorded()
                .recording(recorded -> recorded.reason(RestoreReason.VolumeNotOwned))
                .at(SETTLE_TIME)
                .build();

        var decision = RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c");

        assertThat(decision).isEqualTo(RestoreDecision.nothingUntil(Restores.MAX_BACKOFF));
    }

    @Test
    void keepsFinalizerWhileIntentIsInvalid() {
        var input = aRestore()
                .deletedAtNoon()
                .recording(recorded -> recorded.hasFinalizer(true).hasInvalidIntent(true))
                .at(SETTLE_TIME)
                .build();

        var decision = RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c");

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision)).isEqualTo(CommonReason.CreateIntentInvalid);
    }

    @Test
    void keepsFinalizerWhileVolumeWithoutMarkerCanBeOfRestore() {
        var unmarked =
                ownVolume(new VolumeId("v-1"), "available").metadata(Map.of()).build();
        var found = new VolumeObservation.SearchResult(
                List.of(), List.of(unmarked), true, NOON.plus(SETTLE_TIME), Optional.empty());
        var input = aRestoreAfterCreate().deletedAtNoon().at(SETTLE_TIME).build();

        var decision = RestoreRules.decide(input, found, "c");

        assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        assertThat(reason(decision)).isEqualTo(CommonReason.OwnershipMarkerDropped);
        assertThat(message(decision)).contains(": v-1.").contains("abandon");
    }

    @Test
    void removesFinalizerWhenAbsenceIsProven() {
        var input = recorded().at(SETTLE_TIME).build();

        assertThat(RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c")
                        .action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.empty()));
    }

    @Test
    void searchesInNoListThatIsOlderThanDeletion() {
        var input = recorded()
                .recording(recorded -> recorded.intent(Optional.empty()))
                .in(environment -> environment.absenceProvableFrom(NOON.minusSeconds(600)))
                .build();

        assertThat(RestoreRules.planObservation(input))
                .isEqualTo(new VolumeQuery.FindToDelete(Optional.of(VOLUME), NOON));
    }

    @Test
    void keepsFinalizerWhileCreateCanStillComplete() {
        var input = recorded().at(SETTLE_TIME.minusSeconds(1)).build();

        assertThat(RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME).minusSeconds(1)), "c")
                        .action())
                .isEqualTo(new RestoreAction.None());
    }

    @ParameterizedTest
    @CsvSource({"59, false", "60, true"})
    void searchesForLeftoverUntilSettleTimeAfterFailedJob(int secondsAfterFailure, boolean isGone) {
        var failedAt = NOON.plus(SETTLE_TIME);
        var now = SETTLE_TIME.plusSeconds(secondsAfterFailure);
        var input = aRestoreAfterCreate()
                .deletedAtNoon()
                .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, false, failedAt))))
                .at(now)
                .build();

        assertThat(RestoreRules.planObservation(input))
                .isEqualTo(new VolumeQuery.FindToDelete(Optional.empty(), failedAt.plus(SETTLE_TIME)));
        assertThat(
                        RestoreRules.decide(input, search(NOON.plus(now)), "c").action()
                                instanceof RestoreAction.RemoveFinalizer)
                .isEqualTo(isGone);
    }

    @Test
    void keepsFinalizerWhenCloudDoesNotAnswer() {
        var failed = new VolumeObservation.Failed(failure(CloudException.Kind.TRANSIENT, false));

        assertThat(RestoreRules.decide(recorded().build(), failed, "c").action())
                .isEqualTo(new RestoreAction.None());
    }

    @Test
    void followsJobToItsEndBeforeItDeletes() {
        var job = new JobId("j-1");
        var input = aRestoreAfterCreate()
                .deletedAtNoon()
                .recording(recorded -> recorded.jobId(job))
                .build();

        assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.FollowJob(job));
    }

    @Test
    void recordsVolumeOfEndedJobAndDeletesItSoon() {
        var input = aRestoreAfterCreate()
                .deletedAtNoon()
                .recording(recorded -> recorded.jobId(new JobId("j-1")))
                .build();

        var decision = RestoreRules.decide(
                input, VolumeObservation.Found.of(ownVolume(VOLUME, "available").build()), "c");

        assertThat(reason(decision)).isEqualTo(RestoreReason.WaitingToDeleteVolume);
        assertThat(decision.statusPatch().orElseThrow().volume()).isPresent();
        assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(3));
    }

    @Test
    void saysThatLostJobMayStillAct() {
        var input = aRestoreAfterCreate()
                .deletedAtNoon()
                .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, true, NOON))))
                .at(SETTLE_TIME)
                .build();

        assertThat(RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c")
                        .action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.of(RestoreReason.VolumeMayBeLeft)));
    }

    @Test
    void saysNothingOfLostJobWhoseVolumeWasFoundAndDeleted() {
        var input = recorded()
                .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, true, NOON))))
                .at(SETTLE_TIME)
                .build();

        assertThat(RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c")
                        .action())
                .isEqualTo(new RestoreAction.RemoveFinalizer(Optional.empty()));
    }

    @Test
    void keepsAdviceOfStalledDeletionWhenDeleteFails() {
        var input = recorded().build();
        var planned = RestoreRules.decide(
                input,
                new VolumeObservation.Deletable(ownVolume(VOLUME, "available").build(), false),
                "c");

        var decision = RestoreRules.afterDelete(
                input,
                (RestoreAction.DeleteVolume) planned.action(),
                planned,
                new CallResult.Failed<>(failure(CloudException.Kind.NOT_AUTHORIZED, false)));

        var patch = decision.statusPatch().orElseThrow();
        assertThat(patch.verdict().message()).contains("abandon");
        assertThat(patch.failedAttempt()).isPresent();
    }

    @Test
    void retriesRejectedDeleteLater() {
        var input = recorded().build();
        var planned = RestoreRules.decide(
                input,
                new VolumeObservation.Deletable(ownVolume(VOLUME, "available").build(), false),
                "c");

        var decision = RestoreRules.afterDelete(
                input,
                (RestoreAction.DeleteVolume) planned.action(),
                planned,
                new CallResult.Failed<>(failure(CloudException.Kind.BUSY, false)));

        assertThat(decision.statusPatch().orElseThrow().failedAttempt()).isPresent();
        assertThat(decision.requeueAfter()).isPresent();
    }

    @Test
    void reportsDeletionThatLastsTooLong() {
        var input = recorded().at(Duration.ofHours(1)).build();

        var decision = RestoreRules.decide(
                input,
                new VolumeObservation.Deletable(ownVolume(VOLUME, "in-use").build(), false),
                "c");

        assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreDeadlineExceeded);
        assertThat(decision.statusPatch().orElseThrow().verdict().message())
                .contains("attached")
                .contains("abandon");
    }

    private static String message(RestoreDecision decision) {
        return decision.statusPatch().orElseThrow().verdict().message();
    }

    private static Restores recorded() {
        return aRestoreAfterCreate().deletedAtNoon().recording(recorded -> recorded.volumeId(VOLUME)
                .reason(RestoreReason.VolumeRestored));
    }

    private static RestoreDecision read(CloudVolume volume, boolean hasSnapshots) {
        return RestoreRules.decide(recorded().build(), new VolumeObservation.Deletable(volume, hasSnapshots), "c");
    }
}
