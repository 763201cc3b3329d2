/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ELSEWHERE;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.WAITING_FOR_CLAIM;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.rejectedCreate;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CreateRulesTest {

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "create-new");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }

    @Test
    void reportsUnresolvedVolume() {
        var verdict = Verdict.of(CommonReason.WaitingForClaim);
        var input = anInput()
                .withVolumeResolution(new VolumeResolution.Unresolved(verdict, Duration.ofSeconds(30)))
                .withNoPriorCreate()
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(decide(input, new Observation.Unchanged()))
                .isEqualTo(Decision.patchStatus(StatusPatch.of(verdict)).requeueAfter(Duration.ofSeconds(30)));
    }

    @Test
    void checksClaimLessOftenForOlderRequest() {
        var builder = anInput().withVolumeResolution(WAITING_FOR_CLAIM).withNoPriorCreate();

        assertThat(delayAfter(builder, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(10));
        assertThat(delayAfter(builder, Duration.ofMinutes(6))).isEqualTo(Duration.ofMinutes(1));
        assertThat(delayAfter(builder, Duration.ofDays(3))).isEqualTo(Duration.ofMinutes(5));
    }

    private static Duration delayAfter(ReconcileInputBuilder builder, Duration age) {
        var input = builder.readyWithin(Duration.ofDays(9)).at(NOON.plus(age)).build();
        return decide(input, new Observation.Unchanged()).requeueAfter().orElseThrow();
    }

    @Test
    void reportsLocationMismatchOfCreateIntent() {
        var input = anInput().withCreateIntent().atLocation(ELSEWHERE).build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(reason(decide(input, new Observation.Unchanged()))).isEqualTo(SnapshotReason.LocationMismatch);
    }

    @Test
    void createsOnlyAfterEarlierCreatesOfLostIntentCanNoLongerComplete() {
        var builder = anInput().withAbsenceProvableFrom(NOON.plusSeconds(60));
        var early = builder.at(NOON.plusSeconds(59)).build();
        var late = builder.at(NOON.plusSeconds(60)).build();

        assertThat(reason(decide(early, searchResult(early)))).isEqualTo(CommonReason.VerifyingPreviousCreate);
        assertThat(decide(late, searchResult(late)).action()).isInstanceOf(Action.CreateSnapshot.class);
    }

    @Nested
    class WhenUserEditsTheIntent {
        private final VolumeId other = new VolumeId("volume-2");
        private final ReconcileInputBuilder forged = anInput()
                .withIntent(
                        CreateIntentBuilder.builder(anIntent()).volumeId(other).build())
                .at(NOON.plusSeconds(60));

        @Test
        void createsNothingForVolumeThatOnlyTheIntentNames() {
            var input = forged.withVolumeResolution(WAITING_FOR_CLAIM).build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(input.markerQuery());
            assertThat(input.markerQuery().volumeId()).contains(other);
            var decision = decide(input, searchResult(input));
            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(CommonReason.WaitingForClaim);
        }

        @Test
        void adoptsSnapshotOfEarlierCreateAlthoughClaimIsGone() {
            var input = forged.withVolumeResolution(WAITING_FOR_CLAIM).build();

            var decision = decide(input, searchResult(input, ownedSnapshot("s-1", "available")));

            assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotAvailable);
        }

        @Test
        void reportsChangedClaimAndSearchesWholeProject() {
            var input = forged.ofClaim("data").build();

            var decision = decide(input, searchResult(input));

            assertThat(input.markerQuery().volumeId()).isEmpty();
            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(CommonReason.ClaimChanged);
            assertThat(decision.event()).isPresent();
        }

        @Test
        void reportsInvalidIntentWhenSpecNamesAnotherVolume() {
            var input = forged.build();

            assertThat(reason(decide(input, searchResult(input)))).isEqualTo(CommonReason.CreateIntentInvalid);
        }

        @Test
        void adoptsOrReportsWhenIntentIsInvalid() {
            var input = anInput().withInvalidIntent().withNoPriorCreate().build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(input.markerQuery());
            assertThat(reason(decide(input, searchResult(input)))).isEqualTo(CommonReason.CreateIntentInvalid);
            assertThat(reason(decide(input, searchResult(input, ownedSnapshot("s-1", "available")))))
                    .isEqualTo(SnapshotReason.SnapshotAvailable);
        }

        @Test
        void rejectsIntentOfTheFuture() {
            var state = anInput().withCreateIntent().build().recorded();

            assertThat(state.rejectIntentAfter(NOON)).isEqualTo(state);
            assertThat(state.rejectIntentAfter(NOON.minusMillis(1)).hasInvalidIntent())
                    .isTrue();
        }
    }

    @Test
    void ignoresSnapshotOfAnotherInstallation() {
        var marker = new OwnershipMarker(OWNER.uid(), "create-1", "cluster-2", OWNER.namespace(), OWNER.name());
        var input = anInput().withCreateIntent().at(NOON.plusSeconds(60)).build();

        var decision = decide(input, searchResult(input, snapshot("s-1", "available", marker.addTo(Map.of()))));

        assertThat(decision.action()).isInstanceOf(Action.CreateSnapshot.class);
    }

    @Nested
    class WhenCreateOutcomeIsUnknown {
        @Test
        void repeatsNoCreateWhenConnectionDropsMetadata() {
            var input = anInput()
                    .withCreateIntent()
                    .withMetadataDropped()
                    .at(NOON.plusSeconds(60))
                    .build();

            var decision = decide(input, searchResult(input));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(CommonReason.OwnershipMarkerDropped);
        }

        @Test
        void createsNothingBeforeSettleTimeAfterIntent() {
            var input = anInput().withCreateIntent().at(NOON.plusSeconds(59)).build();

            var decision = decide(input, searchResult(input));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(CommonReason.VerifyingPreviousCreate);
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(1));
        }

        @Test
        void createsAgainWhenSearchAfterSettleTimeFindsNothing() {
            var input = anInput().withCreateIntent().at(NOON.plusSeconds(60)).build();

            assertThat(decide(input, searchResult(input)).action())
                    .isInstanceOfSatisfying(Action.CreateSnapshot.class, action -> {
                        assertThat(action.searchStartedAt()).contains(NOON.plusSeconds(60));
                        assertThat(action.intent().createCount()).isEqualTo(2);
                        assertThat(action.intent().createId()).isEqualTo("create-new");
                    });
        }

        @Test
        void ignoresSearchStartedBeforeSettleTime() {
            var input = anInput().withCreateIntent().at(NOON.plusSeconds(70)).build();
            var early = new Observation.SearchResult(List.of(), List.of(), true, NOON.plusSeconds(59));

            assertThat(decide(input, early).action()).isInstanceOf(Action.None.class);
        }

        @Test
        void searchesSlowlyAgainAfterIncompleteSearch() {
            var input = anInput().withCreateIntent().at(NOON.plusSeconds(70)).build();
            var incomplete = new Observation.SearchResult(List.of(), List.of(), false, NOON.plusSeconds(70));

            var decision = decide(input, incomplete);

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(10));
        }
    }

    @Nested
    class WhenCreateWasRejected {
        private final ReconcileInputBuilder quota = anInput()
                .withCreateIntent()
                .withFailures(rejectedCreate("create-1", NOON))
                .withReason(CommonReason.QuotaExceeded)
                .at(NOON.plusSeconds(10));

        @Test
        void retriesRejectedCreateAtMaxBackoff() {
            assertThat(decide(quota.build(), new Observation.Unchanged()))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(290)));
            var due = quota.at(NOON.plusSeconds(300)).build();
            assertThat(decide(due, searchResult(due)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void retriesOncePerReconcileRequest() {
            var input = quota.withReconcileRequest("now").build();

            var action =
                    (Action.CreateSnapshot) decide(input, searchResult(input)).action();

            var after =
                    quota.withIntent(action.intent()).withFailures(rejectedCreate("create-new", NOON.plusSeconds(10)));
            assertThat(decide(after.build(), new Observation.Unchanged()).requeueAfter())
                    .contains(Duration.ofSeconds(300));
        }

        @Test
        void ignoresRemovedReconcileRequest() {
            var intent = anIntent()
                    .nextCreate(
                            "create-1",
                            quota.withReconcileRequest("now").build().desired().userRequests(),
                            NOON);
            var input = anInput()
                    .withIntent(intent)
                    .withFailures(rejectedCreate("create-1", NOON))
                    .withReason(CommonReason.QuotaExceeded)
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        }

        @Test
        void searchesAtOnceAfterRejectedCreate() {
            var input = anInput()
                    .withCreateIntent()
                    .withFailures(rejectedCreate("create-1", NOON))
                    .withReason(CommonReason.CloudUnavailable)
                    .at(NOON.plusSeconds(5))
                    .build();

            assertThat(decide(input, searchResult(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }
    }

    @Nested
    class WhenRequestIsInvalid {
        private final ReconcileInputBuilder invalid = anInput()
                .withCreateIntent()
                .withFailures(rejectedCreate("create-1", NOON))
                .withReason(CommonReason.InvalidRequest)
                .at(NOON.plus(Duration.ofDays(1)));

        @Test
        void createsNothingUntilSpecChangesAfterInvalidRequest() {
            var input = invalid.build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            assertThat(decide(input, new Observation.Unchanged()).action()).isInstanceOf(Action.None.class);
            var edited = invalid.withGeneration(2).build();
            assertThat(decide(edited, searchResult(edited)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void keepsRejectionReasonWhilePausedOrUnavailable() {
            for (var input : List.of(
                    invalid.paused().build(),
                    anInput()
                            .withCreateIntent()
                            .withFailures(rejectedCreate("create-1", NOON))
                            .withReason(CommonReason.InvalidRequest)
                            .withCloudUnavailable()
                            .build())) {
                assertThat(decide(input, new Observation.Unchanged()).statusPatch())
                        .isEmpty();
            }
        }
    }

    @Nested
    class WhenIntentIsOneHourOld {
        private final ReconcileInputBuilder old = anInput()
                .withCreateIntent()
                .withReason(CommonReason.VerifyingPreviousCreate)
                .at(NOON.plus(Duration.ofHours(1)));

        @Test
        void reportsCreateOutcomeUnknownAfterOneHour() {
            var input = old.build();

            assertThat(reason(decide(input, searchResult(input)))).isEqualTo(SnapshotReason.CreateOutcomeUnknown);
            assertThat(decide(input, searchResult(input)).requeueAfter()).contains(Duration.ofMinutes(5));
        }

        @Test
        void doesNotReportCreateOutcomeUnknownOneSecondEarlier() {
            var input = old.at(NOON.plus(Duration.ofHours(1)).minusSeconds(1)).build();

            assertThat(decide(input, searchResult(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void doesNotReportCreateOutcomeUnknownWhenCreateWasRejected() {
            var input = old.withFailures(rejectedCreate("create-1", NOON)).build();

            assertThat(decide(input, searchResult(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void reportsCreateOutcomeUnknownWhenAnotherCreateWasRejected() {
            var input = old.withFailures(rejectedCreate("create-0", NOON)).build();

            assertThat(reason(decide(input, searchResult(input)))).isEqualTo(SnapshotReason.CreateOutcomeUnknown);
        }

        @Test
        void createsOncePerRetryCreateValue() {
            var confirmed = old.withRetryCreate("yes").build();

            var action = (Action.CreateSnapshot)
                    decide(confirmed, searchResult(confirmed)).action();

            assertThat(action.intent().answeredRetryCreate()).contains("yes");
            var retried = old.withIntent(action.intent())
                    .at(NOON.plus(Duration.ofHours(2)))
                    .build();
            assertThat(reason(decide(retried, searchResult(retried)))).isEqualTo(SnapshotReason.CreateOutcomeUnknown);
        }

        @Test
        void ignoresSameRetryCreateValueSetAgain() {
            var intent = anIntent()
                    .nextCreate(
                            "create-2",
                            old.withRetryCreate("yes").build().desired().userRequests(),
                            NOON);
            var removed =
                    intent.nextCreate("create-3", anInput().build().desired().userRequests(), NOON);

            var input = old.withIntent(removed).withRetryCreate("yes").build();

            assertThat(reason(decide(input, searchResult(input)))).isEqualTo(SnapshotReason.CreateOutcomeUnknown);
        }
    }

    @Nested
    class WhenSnapshotsAreFound {
        @Test
        void adoptsSnapshotOfRecordedCreateBeforeOldest() {
            var input = anInput()
                    .withIntent(anIntent()
                            .nextCreate("create-2", anInput().build().desired().userRequests(), NOON))
                    .build();

            var decision = decide(
                    input,
                    searchResult(
                            input,
                            ownedSnapshot("s-1", "available", "create-1"),
                            ownedSnapshot("s-2", "creating", "create-2")));

            var statusPatch = decision.statusPatch().orElseThrow();
            assertThat(statusPatch.snapshot().orElseThrow().id()).isEqualTo(new SnapshotId("s-2"));
            assertThat(statusPatch.duplicates()).contains(List.of(new SnapshotId("s-1")));
            assertThat(reason(decision)).isEqualTo(SnapshotReason.WaitingForCloud);
        }

        @Test
        void adoptsOldestWhenNoCreateIdMatches() {
            var input = anInput().withCreateIntent().build();

            var decision = decide(
                    input,
                    searchResult(
                            input,
                            ownedSnapshot("s-3", "available", "create-8"),
                            ownedSnapshot("s-2", "available", "create-9")));

            assertThat(decision.statusPatch()
                            .orElseThrow()
                            .snapshot()
                            .orElseThrow()
                            .id())
                    .isEqualTo(new SnapshotId("s-2"));
        }

        @Test
        void adoptsMatchOfEarlyOrIncompleteSearch() {
            var input = anInput().withCreateIntent().build();
            var early = new Observation.SearchResult(
                    List.of(ownedSnapshot("s-1", "available")), List.of(), false, NOON.minusSeconds(100));

            assertThat(reason(decide(input, early))).isEqualTo(SnapshotReason.SnapshotAvailable);
        }

        @Test
        void neverReportsReplacedSnapshotAsReady() {
            var input = anInput()
                    .withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "create-1"))
                    .build();

            assertThat(reason(decide(input, searchResult(input, ownedSnapshot("s-1", "available")))))
                    .isEqualTo(SnapshotReason.ReplacingFailedSnapshot);
        }
    }
}
