/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import static io.snapshotoperator.evs.restore.Restores.NOON;
import static io.snapshotoperator.evs.restore.Restores.REQUEST_UID;
import static io.snapshotoperator.evs.restore.Restores.SETTLE_TIME;
import static io.snapshotoperator.evs.restore.Restores.SNAPSHOT;
import static io.snapshotoperator.evs.restore.Restores.VOLUME;
import static io.snapshotoperator.evs.restore.Restores.aRestore;
import static io.snapshotoperator.evs.restore.Restores.aRestoreAfterCreate;
import static io.snapshotoperator.evs.restore.Restores.failed;
import static io.snapshotoperator.evs.restore.Restores.failure;
import static io.snapshotoperator.evs.restore.Restores.marker;
import static io.snapshotoperator.evs.restore.Restores.ownVolume;
import static io.snapshotoperator.evs.restore.Restores.search;
import static io.snapshotoperator.evs.restore.Restores.snapshot;
import static io.snapshotoperator.evs.restore.Restores.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.UserRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeCreateRulesTest {

    @Nested
    class First {
        @Test
        void waitsForRequestWithoutAnyCall() {
            var waiting = new RestoreSource.NotUsable(Verdict.of(RestoreReason.WaitingForRequest));
            var input =
                    aRestore().in(environment -> environment.source(waiting)).build();

            assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.None());
            assertThat(reason(RestoreRules.decide(input, new VolumeObservation.None(), "c-1")))
                    .isEqualTo(RestoreReason.WaitingForRequest);
        }

        @Test
        void readsSourceBeforeCreate() {
            assertThat(RestoreRules.planObservation(aRestore().build()))
                    .isEqualTo(new VolumeQuery.ReadSource(SNAPSHOT));
        }

        @Test
        void createsVolumeLikeItsSource() {
            var request = created(aRestore().build(), source(snapshot().build()));

            assertThat(request.snapshotId()).isEqualTo(SNAPSHOT);
            assertThat(request.availabilityZone()).isEqualTo("eu-de-01");
            assertThat(request.volumeType()).isEqualTo("SSD");
            assertThat(request.sizeGiB()).isEqualTo(20);
            assertThat(request.name()).isEqualTo("vsrestore-team-a-data-back-111111112222");
            assertThat(request.metadata())
                    .containsEntry(OwnershipMarker.UID, Restores.UID)
                    .containsEntry(OwnershipMarker.INSTALLATION, Restores.INSTALLATION)
                    .containsEntry("evs-snapshot-operator.create-id", "c-1");
        }

        @Test
        void createsAtLeastTenGibibytes() {
            var small = snapshot().sizeGiB(1).build();

            assertThat(created(aRestore().build(), source(small)).sizeGiB()).isEqualTo(10);
        }

        @Test
        void createsRequestedSize() {
            var input = aRestore().desiring(desired -> desired.sizeGiB(21)).build();

            assertThat(created(input, source(snapshot().build())).sizeGiB()).isEqualTo(21);
        }

        @Test
        void neverSearchesWhenNothingCanHaveBeenSent() {
            var decision =
                    RestoreRules.decide(aRestore().build(), source(snapshot().build()), "c-1");

            assertThat(((RestoreAction.CreateVolume) decision.action()).searchStartedAt())
                    .isEmpty();
        }

        @Test
        void sendsNothingWhilePaused() {
            var input = aRestore().desiring(desired -> desired.paused(true)).build();

            assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.None());
            assertThat(reason(RestoreRules.decide(input, new VolumeObservation.None(), "c-1")))
                    .isEqualTo(CommonReason.Paused);
        }
    }

    @Nested
    class Checks {
        @Test
        void rejectsSizeBelowSnapshot() {
            var input = aRestore().desiring(desired -> desired.sizeGiB(19)).build();

            assertThat(problem(input, source(snapshot().build()))).isEqualTo(RestoreReason.SizeTooSmall);
        }

        @Test
        void reportsMissingSnapshot() {
            var gone = new VolumeObservation.Source(Optional.empty(), Optional.empty());

            assertThat(problem(aRestore().build(), gone)).isEqualTo(RestoreReason.SourceMissing);
        }

        @Test
        void reportsMissingSourceVolume() {
            var gone = new VolumeObservation.Source(Optional.of(snapshot().build()), Optional.empty());

            assertThat(problem(aRestore().build(), gone)).isEqualTo(RestoreReason.SourceMissing);
        }

        @Test
        void restoresNoBackup() {
            var backup = snapshot().name("autobk_snapshot_vbs_1").build();

            assertThat(problem(aRestore().build(), source(backup))).isEqualTo(RestoreReason.RestoreNotAllowed);
        }

        @ParameterizedTest
        @ValueSource(strings = {"creating", "error", "deleting", "rollbacking", "error_deleting", "new-word", ""})
        void waitsWhileSnapshotCannotBeRestored(String status) {
            var busy = snapshot().wireState(status).build();

            assertThat(problem(aRestore().build(), source(busy))).isEqualTo(RestoreReason.WaitingForRequest);
        }

        @Test
        void restoresNoSnapshotOfAnotherRequest() {
            var other = snapshot()
                    .metadata(marker("other-uid", "c", Restores.INSTALLATION))
                    .build();

            assertThat(problem(aRestore().build(), source(other))).isEqualTo(RestoreReason.RestoreNotAllowed);
        }

        @Test
        void restoresNoSnapshotOfAnotherInstallation() {
            var other =
                    snapshot().metadata(marker(REQUEST_UID, "c", "elsewhere")).build();

            assertThat(problem(aRestore().build(), source(other))).isEqualTo(RestoreReason.RestoreNotAllowed);
        }

        @Test
        void restoresImportOnlyWhereIdsAreAllowed() {
            var input = imported(new ConnectionPolicy(false, false)).build();

            assertThat(problem(input, source(snapshot().build()))).isEqualTo(RestoreReason.RestoreNotAllowed);
        }

        @Test
        void restoresNoImportOfLivingObjectOfAnotherNamespace() {
            var input = imported(ConnectionPolicy.ALL).withSnapshotOfOther().build();

            assertThat(problem(input, source(snapshot().build()))).isEqualTo(RestoreReason.RestoreNotAllowed);
        }

        @Test
        void restoresImportOfOrphan() {
            var orphan = snapshot().metadata(marker("gone", "c", "old-cluster")).build();

            assertThat(created(imported(ConnectionPolicy.ALL).build(), source(orphan))
                            .snapshotId())
                    .isEqualTo(SNAPSHOT);
        }

        /** The status of the request records an id that the cloud of an EvsConnection reported, which its users chose. */
        @Test
        void restoresNoSnapshotThatAnotherCloudReported() {
            var elsewhere = Optional.of(new CloudLocation("https://evs.elsewhere", "project"));
            for (var location : List.of(elsewhere, Optional.<CloudLocation>empty())) {
                var input = aRestore()
                        .in(environment ->
                                environment.source(new RestoreSource.Usable(SNAPSHOT, location, REQUEST_UID, false)))
                        .build();

                assertThat(problem(input, source(snapshot().metadata(Map.of()).build())))
                        .isEqualTo(RestoreReason.RestoreLocationMismatch);
            }
        }

        private Restores imported(ConnectionPolicy policy) {
            return aRestore().in(environment -> environment
                    .source(new RestoreSource.Usable(SNAPSHOT, Optional.of(Restores.HERE), REQUEST_UID, true))
                    .policy(policy));
        }

        private Reason problem(RestoreInput input, VolumeObservation.Source source) {
            var decision = RestoreRules.decide(input, source, "c-1");
            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
            return reason(decision);
        }
    }

    @Nested
    class AfterCreate {
        private final RestoreInput input = aRestore().build();
        private final RestoreAction.CreateVolume action = (RestoreAction.CreateVolume)
                RestoreRules.decide(input, source(snapshot().build()), "c-1").action();

        @Test
        void recordsJobAndSnapshot() {
            var decision = RestoreRules.afterCreate(
                    input, action, new CallResult.Answered<>(new VolumeCreation.JobStarted(new JobId("j-1"))));

            var patch = decision.statusPatch().orElseThrow();
            assertThat(patch.jobId()).contains(new JobId("j-1"));
            assertThat(patch.snapshotId()).contains(SNAPSHOT);
            assertThat(patch.location()).contains(Restores.HERE);
            assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.RestoringVolume);
        }

        @Test
        void recordsVolumeOfCinder() {
            var volume = ownVolume(VOLUME, "creating").build();

            var decision = RestoreRules.afterCreate(
                    input, action, new CallResult.Answered<>(new VolumeCreation.VolumeDescribed(volume)));

            assertThat(decision.statusPatch().orElseThrow().volume()).contains(volume);
        }

        @Test
        void verifiesAmbiguousResponse() {
            var decision = RestoreRules.afterCreate(
                    input, action, new CallResult.Failed<>(failure(CloudException.Kind.TRANSIENT, true)));

            assertThat(reason(decision)).isEqualTo(CommonReason.VerifyingPreviousCreate);
            assertThat(decision.statusPatch().orElseThrow().failedAttempt())
                    .hasValueSatisfying(
                            attempt -> assertThat(attempt.mayHaveActed()).isTrue());
        }

        @Test
        void reportsRejection() {
            var decision = RestoreRules.afterCreate(
                    input, action, new CallResult.Failed<>(failure(CloudException.Kind.INVALID_REQUEST, false)));

            assertThat(reason(decision)).isEqualTo(CommonReason.InvalidRequest);
            assertThat(decision.event()).isPresent();
        }
    }

    @Nested
    class UnknownOutcome {
        @Test
        void searchesAllVolumesByMarker() {
            assertThat(RestoreRules.planObservation(aRestoreAfterCreate().build()))
                    .isEqualTo(new VolumeQuery.FindByMarker(NOON.plus(SETTLE_TIME), Optional.of(SNAPSHOT)));
        }

        @Test
        void adoptsVolumeWithMarker() {
            var volume = ownVolume(VOLUME, "creating").build();

            var decision = RestoreRules.decide(aRestoreAfterCreate().build(), search(NOON, volume), "c-2");

            assertThat(decision.statusPatch().orElseThrow().volume()).contains(volume);
            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        }

        @Test
        void adoptsVolumeOfLastCreateAndNamesTheOther() {
            var older = ownVolume(new VolumeId("v-old"), "available")
                    .createdAt(NOON.minusSeconds(60))
                    .metadata(marker(Restores.UID, "c-0", Restores.INSTALLATION))
                    .build();
            var last = ownVolume(VOLUME, "creating").build();

            var patch = RestoreRules.decide(aRestoreAfterCreate().build(), search(NOON, older, last), "c-2")
                    .statusPatch()
                    .orElseThrow();

            assertThat(patch.volume()).contains(last);
            assertThat(patch.duplicates()).contains(List.of(older.id()));
        }

        @Test
        void createsNothingBeforeSettleTime() {
            var input = aRestoreAfterCreate().at(Duration.ofSeconds(59)).build();

            var decision = RestoreRules.decide(input, search(NOON.plusSeconds(59)), "c-2");

            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
            assertThat(reason(decision)).isEqualTo(CommonReason.VerifyingPreviousCreate);
        }

        @Test
        void createsAgainAfterSearchBegunAtSettleTime() {
            var input = aRestoreAfterCreate().at(SETTLE_TIME).build();

            var decision = RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c-2");

            var action = (RestoreAction.CreateVolume) decision.action();
            assertThat(action.searchStartedAt()).contains(NOON.plus(SETTLE_TIME));
            assertThat(action.intent().createCount()).isEqualTo(2);
            assertThat(action.intent().createId()).isEqualTo("c-2");
        }

        @Test
        void createsNothingAfterIncompleteSearch() {
            var input = aRestoreAfterCreate().at(SETTLE_TIME).build();
            var incomplete = new VolumeObservation.SearchResult(
                    List.of(),
                    List.of(),
                    false,
                    NOON.plus(SETTLE_TIME),
                    Optional.of(source(snapshot().build())));

            var decision = RestoreRules.decide(input, incomplete, "c-2");

            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(10));
            assertThat(decision.statusPatch().orElseThrow().verdict().message())
                    .contains("list of the volumes was incomplete");
        }

        @Test
        void createsNothingWhenOutcomeIsOlderThanProvable() {
            var input = aRestoreAfterCreate()
                    .desiring(desired -> desired.readyWithin(Duration.ofHours(3)))
                    .at(Duration.ofHours(1))
                    .build();

            assertThat(reason(RestoreRules.decide(input, search(NOON.plus(Duration.ofHours(1))), "c-2")))
                    .isEqualTo(RestoreReason.RestoreOutcomeUnknown);
        }

        @Test
        void asksUserWhenJobIsLost() {
            var input = lostJob().build();

            var decision = RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(4))), "c-2");

            assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreOutcomeUnknown);
            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
        }

        @Test
        void createsAgainWhenUserConfirmsAfterLostJob() {
            var input = lostJob()
                    .desiring(desired -> desired.requests(new UserRequests(Optional.of("now"), Optional.empty())))
                    .build();

            assertThat(RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(4))), "c-2")
                            .action())
                    .isInstanceOf(RestoreAction.CreateVolume.class);
        }

        @Test
        void neverCreatesAgainAfterFailedJobWhenIntentIsRemoved() {
            var input = withoutIntent(failed(RecordedFailure.JOB, false, NOON))
                    .desiring(desired -> desired.requests(new UserRequests(Optional.of("x"), Optional.of("y"))))
                    .build();

            var decision = RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(4))), "c-2");

            assertThat(decision.action()).isNotInstanceOf(RestoreAction.CreateVolume.class);
            assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreFailed);
        }

        @Test
        void keepsFailureOfJobWhenIntentIsRemovedAndRequestIsGone() {
            var input = withoutIntent(failed(RecordedFailure.JOB, false, NOON))
                    .in(environment -> environment.source(
                            new RestoreSource.NotUsable(Verdict.of(RestoreReason.WaitingForRequest))))
                    .build();

            assertThat(RestoreRules.planObservation(input)).isInstanceOf(VolumeQuery.FindByMarker.class);
            assertThat(reason(RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(4))), "c-2")))
                    .isEqualTo(RestoreReason.RestoreFailed);
        }

        @Test
        void searchesAfterFailedJobAlsoWithoutIntent() {
            var input = withoutIntent(failed(RecordedFailure.JOB, false, NOON))
                    .in(environment -> environment.noPriorCreate(true))
                    .build();

            assertThat(RestoreRules.planObservation(input)).isInstanceOf(VolumeQuery.FindByMarker.class);
        }

        /** The clock of the leader was behind when the job failed, so the time of the intent was in the future. */
        @Test
        void neverCreatesAgainAfterFailedJobWithoutCreateId() {
            var input = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(withoutCreateId(false))))
                    .at(Duration.ofMinutes(30))
                    .build();

            assertThat(reason(RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(30))), "c-2")))
                    .isEqualTo(RestoreReason.RestoreFailed);
            assertThat(input.recorded().lastCreateOutcomeIsRecorded()).isTrue();
        }

        @Test
        void asksUserWhenJobIsLostAndIntentIsRemoved() {
            for (var lost : List.of(failed(RecordedFailure.JOB, true, NOON), withoutCreateId(true))) {
                var decision = RestoreRules.decide(
                        withoutIntent(lost).build(), search(NOON.plus(Duration.ofMinutes(4))), "c-2");

                assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreOutcomeUnknown);
                assertThat(decision.action()).isNotInstanceOf(RestoreAction.CreateVolume.class);
            }
        }

        @Test
        void createsOnceWhenUserConfirmsAfterLostJobWithoutIntent() {
            var lost = withoutCreateId(true);
            var retry = new UserRequests(Optional.of("now"), Optional.empty());
            var input = withoutIntent(lost)
                    .desiring(desired -> desired.requests(retry))
                    .build();

            var action = (RestoreAction.CreateVolume)
                    RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(4))), "c-2")
                            .action();
            assertThat(action.intent().answeredRetryCreate()).contains("now");

            var next = aRestore()
                    .withIntent(action.intent())
                    .recording(recorded -> recorded.failures(List.of(lost)))
                    .desiring(desired -> desired.requests(retry))
                    .at(Duration.ofMinutes(8))
                    .build();
            assertThat(reason(RestoreRules.decide(next, search(NOON.plus(Duration.ofMinutes(8))), "c-3")))
                    .isEqualTo(RestoreReason.RestoreOutcomeUnknown);
        }

        private Restores withoutIntent(RecordedFailure failure) {
            return aRestore()
                    .recording(recorded -> recorded.failures(List.of(failure)))
                    .in(environment -> environment.noPriorCreate(false))
                    .at(Duration.ofMinutes(4));
        }

        private RecordedFailure withoutCreateId(boolean mayHaveActed) {
            return RecordedFailure.once(RecordedFailure.JOB, NOON)
                    .message("no")
                    .mayHaveActed(mayHaveActed)
                    .build();
        }

        /** The cloud said two minutes after noon that it does not know the job. */
        private Restores lostJob() {
            return aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(
                            List.of(failed(RecordedFailure.JOB, true, NOON.plus(Duration.ofMinutes(2))))))
                    .at(Duration.ofMinutes(4));
        }

        @Test
        void adoptsVolumeWithoutCreateIntentWhenRequestIsGone() {
            var input = aRestore()
                    .in(environment -> environment
                            .noPriorCreate(false)
                            .source(new RestoreSource.NotUsable(Verdict.of(RestoreReason.WaitingForRequest))))
                    .build();
            var volume = ownVolume(VOLUME, "available").build();

            assertThat(RestoreRules.decide(input, search(NOON, volume), "c-2")
                            .statusPatch()
                            .flatMap(RestorePatch::volume))
                    .contains(volume);
        }

        @Test
        void recordsThatNothingWasCreatedWhenRequestIsGone() {
            var waiting =
                    Verdict.of(RestoreReason.WaitingForRequest, "VolumeSnapshotRequest nightly is being deleted.");
            var input = aRestoreAfterCreate()
                    .in(environment -> environment.source(new RestoreSource.NotUsable(waiting)))
                    .at(SETTLE_TIME)
                    .build();

            var patch = RestoreRules.decide(input, search(NOON.plus(SETTLE_TIME)), "c-2")
                    .statusPatch()
                    .orElseThrow();

            assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.WaitingForRequest);
            assertThat(patch.failedAttempt()).hasValueSatisfying(outcome -> {
                assertThat(outcome.createId()).contains("c-1");
                assertThat(outcome.mayHaveActed()).isFalse();
            });
        }

        /** A volume can have been created and deleted since. */
        @Test
        void recordsNoOutcomeThatIsOlderThanProvable() {
            var patch = whenRequestIsGone(aRestoreAfterCreate().at(Duration.ofHours(1)), Duration.ofHours(1));

            assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.RestoreOutcomeUnknown);
            assertThat(patch.failedAttempt()).isEmpty();
        }

        @Test
        void recordsOutcomeOneSecondBeforeItIsTooOld() {
            var last = Duration.ofHours(1).minusSeconds(1);

            assertThat(whenRequestIsGone(aRestoreAfterCreate().at(last), last).failedAttempt())
                    .isPresent();
        }

        @Test
        void advisesToDeleteRestoreWhenJobIsLostAndRequestIsGone() {
            var patch = whenRequestIsGone(lostJob(), Duration.ofMinutes(4));

            assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.RestoreOutcomeUnknown);
            assertThat(patch.verdict().message())
                    .endsWith(
                            "VolumeSnapshotRequest nightly is being deleted. Delete this restore to release the request.")
                    .doesNotContain("retry-create");
        }

        private RestorePatch whenRequestIsGone(Restores restore, Duration searchedAfter) {
            var waiting =
                    Verdict.of(RestoreReason.WaitingForRequest, "VolumeSnapshotRequest nightly is being deleted.");
            var input = restore.desiring(desired -> desired.readyWithin(Duration.ofHours(3)))
                    .in(environment -> environment.source(new RestoreSource.NotUsable(waiting)))
                    .build();
            return RestoreRules.decide(input, search(NOON.plus(searchedAfter)), "c-2")
                    .statusPatch()
                    .orElseThrow();
        }

        @Test
        void neverCreatesAgainAfterFailedJob() {
            var input = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, false, NOON))))
                    .desiring(desired -> desired.requests(new UserRequests(Optional.of("x"), Optional.of("y"))))
                    .at(Duration.ofMinutes(30))
                    .build();

            var decision = RestoreRules.decide(input, search(NOON.plus(Duration.ofMinutes(30))), "c-2");

            assertThat(decision.action()).isEqualTo(new RestoreAction.None());
            assertThat(reason(decision)).isEqualTo(RestoreReason.RestoreFailed);
        }

        @Test
        void searchesForLeftoverUntilSettleTimeAfterFailedJob() {
            var failedAt = NOON.plusSeconds(30);
            var input = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, false, failedAt)))
                            .reason(RestoreReason.RestoreFailed))
                    .at(Duration.ofSeconds(31))
                    .build();

            assertThat(RestoreRules.planObservation(input))
                    .isEqualTo(new VolumeQuery.FindByMarker(failedAt.plus(SETTLE_TIME), Optional.of(SNAPSHOT)));
            assertThat(RestoreRules.decide(input, search(NOON.plusSeconds(31)), "c-2")
                            .requeueAfter())
                    .hasValueSatisfying(delay -> assertThat(delay).isLessThanOrEqualTo(SETTLE_TIME));
        }

        @Test
        void searchesAgainAfterAbsenceWasProven() {
            var input = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, false, NOON))))
                    .at(Duration.ofMinutes(30))
                    .build();

            assertThat(RestoreRules.planObservation(input))
                    .isEqualTo(new VolumeQuery.FindByMarker(NOON.plus(Duration.ofMinutes(20)), Optional.of(SNAPSHOT)));
        }

        @Test
        void namesVolumeThatFailedJobLeft() {
            var input = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.JOB, false, NOON))))
                    .build();
            var left = ownVolume(VOLUME, "error").build();

            var patch = RestoreRules.decide(input, search(NOON, left), "c-2")
                    .statusPatch()
                    .orElseThrow();

            assertThat(patch.volume()).contains(left);
            assertThat(patch.verdict().reason()).isEqualTo(RestoreReason.RestoreFailed);
        }

        @Test
        void retriesRejectionWithBackoffAfterSearchWithoutSettleTime() {
            var rejected = aRestoreAfterCreate()
                    .recording(recorded -> recorded.failures(List.of(failed(RecordedFailure.CREATE, false, NOON)))
                            .reason(CommonReason.VolumeBusy));
            var early = rejected.at(Duration.ofSeconds(14)).build();
            assertThat(RestoreRules.planObservation(early)).isEqualTo(new VolumeQuery.None());

            var due = rejected.at(Duration.ofSeconds(15)).build();

            assertThat(RestoreRules.planObservation(due))
                    .isEqualTo(new VolumeQuery.FindByMarker(NOON, Optional.of(SNAPSHOT)));
            assertThat(RestoreRules.decide(due, search(NOON.plusSeconds(15)), "c-2")
                            .action())
                    .isInstanceOf(RestoreAction.CreateVolume.class);
        }

        @Test
        void createsNothingWithInvalidIntent() {
            var input = aRestore()
                    .recording(recorded -> recorded.hasInvalidIntent(true).hasFinalizer(true))
                    .in(environment -> environment.noPriorCreate(false))
                    .at(Duration.ofHours(2))
                    .build();

            assertThat(RestoreRules.decide(input, search(NOON.plus(Duration.ofHours(2))), "c-2")
                            .action())
                    .isEqualTo(new RestoreAction.None());
        }

        @Test
        void createsNothingInAnotherLocation() {
            var elsewhere = new CloudLocation("https://evs.example", "other");
            var input = aRestoreAfterCreate()
                    .in(environment -> environment.cloudAccess(new CloudAccess.Available(elsewhere)))
                    .build();

            assertThat(RestoreRules.planObservation(input)).isEqualTo(new VolumeQuery.None());
            assertThat(reason(RestoreRules.decide(input, new VolumeObservation.None(), "c-2")))
                    .isEqualTo(RestoreReason.RestoreLocationMismatch);
        }
    }

    @Nested
    class DroppedMarker {
        private final Instant settled = NOON.plus(SETTLE_TIME);

        @Test
        void adoptsOnlyVolumeWithNameOfOperator() {
            var decision =
                    RestoreRules.decide(aRestoreAfterCreate().at(SETTLE_TIME).build(), unmarked("v-1"), "c-2");

            assertThat(decision.statusPatch().orElseThrow().volume()).isPresent();
        }

        @Test
        void asksForHelpWhenUserChoseName() {
            var input = aRestoreAfterCreate()
                    .desiring(desired -> desired.name("data"))
                    .at(SETTLE_TIME)
                    .build();

            assertThat(reason(RestoreRules.decide(input, unmarked("v-1"), "c-2")))
                    .isEqualTo(CommonReason.OwnershipMarkerDropped);
        }

        @Test
        void asksForHelpWhenTwoVolumesHaveName() {
            var input = aRestoreAfterCreate().at(SETTLE_TIME).build();

            var verdict = RestoreRules.decide(input, unmarked("v-2", "v-1"), "c-2")
                    .statusPatch()
                    .orElseThrow()
                    .verdict();

            assertThat(verdict.reason()).isEqualTo(CommonReason.OwnershipMarkerDropped);
            assertThat(verdict.detail()).endsWith(": v-1, v-2.");
        }

        @Test
        void namesOnlySomeOfManyVolumes() {
            var input = aRestoreAfterCreate().at(SETTLE_TIME).build();
            var many = unmarked("v-1", "v-2", "v-3", "v-4", "v-5", "v-6");

            assertThat(RestoreRules.decide(input, many, "c-2")
                            .statusPatch()
                            .orElseThrow()
                            .verdict()
                            .detail())
                    .endsWith(": v-1, v-2, v-3, v-4, v-5 and others.");
        }

        private VolumeObservation.SearchResult unmarked(String... ids) {
            var volumes = Arrays.stream(ids)
                    .map(id -> CloudVolumeBuilder.builder(
                                    ownVolume(new VolumeId(id), "available").build())
                            .metadata(Map.of())
                            .build())
                    .toList();
            return new VolumeObservation.SearchResult(
                    List.of(),
                    volumes,
                    true,
                    settled,
                    Optional.of(source(snapshot().build())));
        }
    }

    @Test
    void restoresFinalizerRemovedTogetherWithCreateIntent() {
        var input = aRestore()
                .recording(recorded -> recorded.volumeId(VOLUME).readyAt(NOON))
                .build();

        assertThat(RestoreRules.decide(
                                input,
                                VolumeObservation.Found.of(
                                        ownVolume(VOLUME, "available").build()),
                                "c-2")
                        .action())
                .isEqualTo(new RestoreAction.AddFinalizer());
    }

    @Test
    void restoresRemovedFinalizer() {
        var input = aRestoreAfterCreate()
                .recording(recorded -> recorded.hasFinalizer(false))
                .build();

        assertThat(RestoreRules.decide(input, search(NOON), "c-2").action())
                .isEqualTo(new RestoreAction.AddFinalizer());
    }

    private static CreateVolumeRequest created(RestoreInput input, VolumeObservation.Source source) {
        var decision = RestoreRules.decide(input, source, "c-1");
        assertThat(decision.action()).isInstanceOf(RestoreAction.CreateVolume.class);
        return ((RestoreAction.CreateVolume) decision.action()).volume();
    }

    static Reason reason(RestoreDecision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }
}
