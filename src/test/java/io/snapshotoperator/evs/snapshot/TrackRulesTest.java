/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ELSEWHERE;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.unmarkedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrackRulesTest {

    @Nested
    class WhenCloudIsUnavailable {
        @Test
        void observesNothingDuringOutage() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "creating")
                    .withCloudUnavailable()
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-2");
            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(decision.statusPatch()).isEmpty();
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(30));
        }

        @Test
        void doesNotRequeueReadySnapshotDuringOutage() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "available")
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .withCloudUnavailable()
                    .build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2"))
                    .isEqualTo(Decision.noChange());
        }
    }

    @Nested
    class WhenLocationDiffers {
        @Test
        void keepsReadyOnLocationMismatch() {
            var input = anInput()
                    .withIntent(CreateIntentBuilder.builder(anIntent())
                            .location(ELSEWHERE)
                            .build())
                    .withRecordedSnapshot("s-1", "available", ELSEWHERE)
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2"))
                    .isEqualTo(Decision.noChange());
        }

        @ParameterizedTest
        @CsvSource({"backing-up, BackingUp", "creating, ReadyDeadlineExceeded", "available, SnapshotMissing"})
        void reportsLocationMismatchUnlessReady(String word, SnapshotReason recorded) {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", word, ELSEWHERE)
                    .readySince(NOON)
                    .withReason(recorded)
                    .build();

            assertThat(reason(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2")))
                    .isEqualTo(SnapshotReason.LocationMismatch);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LocationMismatch", "CreateIntentInvalid", "InvalidRequest", "CloudUnavailable"})
    void readsByIdWhenReasonDoesNotMatchRecordedStatus(String recorded) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.named(recorded).orElseThrow())
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(reason(SnapshotRules.decide(
                        input, new Observation.Found(ownedSnapshot("s-1", "available")), "create-2")))
                .isEqualTo(SnapshotReason.SnapshotAvailable);
    }

    @Test
    void readsByIdWhenRefreshIsRequested() {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .withRefreshRequested()
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
    }

    @ParameterizedTest
    @CsvSource({
        "available, SnapshotAvailable",
        "creating, WaitingForCloud",
        "creating, ReadyDeadlineExceeded",
        "error, SnapshotFailed"
    })
    void usesPollerWhenReasonMatchesRecordedStatus(String word, SnapshotReason recorded) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", word)
                .withReason(recorded)
                .build();

        assertThat(SnapshotRules.planObservation(input))
                .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
    }

    @Nested
    class WhenFinalizerIsMissing {
        @Test
        void restoresFinalizerTogetherWithStatusPatch() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "creating")
                    .withoutFinalizer()
                    .build();

            var decision =
                    SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "available")), "create-2");

            assertThat(decision.action()).isInstanceOf(Action.AddFinalizer.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotAvailable);
        }

        @Test
        void restoresFinalizerBeforeExpiry() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "available")
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .withTtl(Duration.ofHours(1))
                    .at(NOON.plus(Duration.ofHours(1)))
                    .withoutFinalizer()
                    .build();

            var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-2");

            assertThat(decision.action()).isInstanceOf(Action.AddFinalizer.class);
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(1));
        }

        @Test
        void addsNoFinalizerWhenStatusBelongsToAnotherUid() {
            var input = anInput()
                    .withRecordedSnapshot("s-1", "available")
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .withoutFinalizer()
                    .build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }
    }

    @Nested
    class WhenNameDiffers {
        private final ReconcileInputBuilder renamed = anInput()
                .named("other")
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .withGeneration(2);

        @Test
        void renamesOwnedSnapshot() {
            assertThat(SnapshotRules.decide(
                                    renamed.build(),
                                    new Observation.Found(ownedSnapshot("s-1", "available")),
                                    "create-2")
                            .action())
                    .isInstanceOf(Action.UpdateSnapshot.class);
        }

        /** The adapter removes invisible characters and secrets from the name that the cloud returns. */
        @Test
        void keepsNameThatDiffersOnlyInHiddenParts() {
            var shown = CloudSnapshotBuilder.builder(ownedSnapshot("s-1", "available"))
                    .name("family-***")
                    .build();

            assertThat(SnapshotRules.decide(
                                    renamed.named("fam\u200dily-hunter2").build(),
                                    new Observation.Found(shown),
                                    "create-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }

        @Test
        void renamesAfterPauseEnds() {
            var paused = renamed.paused().build();

            assertThat(SnapshotRules.decide(
                            paused, new Observation.Found(ownedSnapshot("s-1", "available")), "create-2"))
                    .isEqualTo(Decision.noChange());
            var observed = anInput()
                    .named("other")
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "available")
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable);
            assertThat(SnapshotRules.planObservation(observed.build()))
                    .isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
            assertThat(SnapshotRules.planObservation(observed.paused().build()))
                    .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
        }

        @Test
        void requeuesWhenUpdateReturnsTransientState() {
            var input = renamed.build();
            var planned =
                    SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "available")), "create-2");

            var after = SnapshotRules.afterAction(
                    input,
                    planned.statusPatch().orElseThrow(),
                    new UpdateResult.Updated(ownedSnapshot("s-1", "backing-up")));

            assertThat(reason(after)).isEqualTo(SnapshotReason.BackingUp);
            assertThat(after.requeueAfter()).contains(Duration.ofSeconds(30));
        }

        @Test
        void reportsThatUnownedSnapshotIsNotRenamed() {
            var decision = SnapshotRules.decide(
                    renamed.build(), new Observation.Found(unmarkedSnapshot("s-1", "available")), "create-2");

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(decision.statusPatch().orElseThrow().verdict().message()).contains("does not change its name");
        }
    }

    @Nested
    class WhenTtlIsSet {
        private final ReconcileInputBuilder withTtl = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .withTtl(Duration.ofHours(1));

        @Test
        void doesNotExpireWhilePaused() {
            var input = withTtl.paused().at(NOON.plus(Duration.ofHours(2))).build();

            var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-2");

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(decision.requeueAfter()).isEmpty();
        }

        @Test
        void requeuesAtTtl() {
            var input = withTtl.at(NOON.plusSeconds(3599)).build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2"))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(1)));
        }

        @ParameterizedTest
        @CsvSource({
            "available, SnapshotAvailable",
            "backing-up, BackingUp",
            "error, SnapshotFailed",
            "available, SnapshotMissing"
        })
        void countsTtlFromFirstReadiness(String word, SnapshotReason recorded) {
            var input = withTtl.withRecordedSnapshot("s-1", word)
                    .withReason(recorded)
                    .at(NOON.plusSeconds(3600))
                    .build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2")
                            .action())
                    .isInstanceOf(Action.DeleteRequest.class);
        }

        @Test
        void expiresRequestWhoseSnapshotIsMissing() {
            var input = withTtl.withReason(SnapshotReason.SnapshotMissing)
                    .at(NOON.plusSeconds(600))
                    .build();

            assertThat(SnapshotRules.decide(input, searchResult(input), "create-2")
                            .requeueAfter())
                    .contains(Duration.ofSeconds(3000));
        }

        @Test
        void startsNoTtlForSnapshotThatWasNeverReady() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "error")
                    .withReason(SnapshotReason.SnapshotFailed)
                    .withTtl(Duration.ofHours(1))
                    .at(NOON.plus(Duration.ofDays(1)))
                    .build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2"))
                    .isEqualTo(Decision.noChange());
        }
    }

    @Nested
    class WhenUserEditsTheStatus {
        private final ReconcileInputBuilder edited = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-9", "available")
                .withReason(SnapshotReason.SnapshotAvailable);

        @Test
        void reportsSnapshotOfAnotherObjectAsNotOwned() {
            var decision = decide(edited.build(), new Observation.Found(foreignSnapshot("s-9", "available")));

            assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
            assertThat(decision.statusPatch().orElseThrow().snapshot()).isEmpty();
            assertThat(decision.requeueAfter()).contains(RetryPolicy.IMMEDIATE_REQUEUE);
        }

        @Test
        void reportsSnapshotOfAnotherVolumeAsNotOwned() {
            var other = CloudSnapshotBuilder.builder(unmarkedSnapshot("s-9", "available"))
                    .volumeId(new VolumeId("volume-2"))
                    .build();

            assertThat(reason(decide(edited.build(), new Observation.Found(other))))
                    .isEqualTo(SnapshotReason.NotOwned);
        }

        @Test
        void findsOwnSnapshotAgain() {
            var input = edited.withReason(SnapshotReason.NotOwned).build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(input.markerQuery());
            var decision = decide(input, searchResult(input, ownedSnapshot("s-1", "available")));

            assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotAvailable);
            assertThat(decision.statusPatch()
                            .orElseThrow()
                            .snapshot()
                            .orElseThrow()
                            .id())
                    .isEqualTo(new SnapshotId("s-1"));
            assertThat(decision.event().orElseThrow().reason()).isEqualTo(SnapshotReason.SnapshotAdopted);
        }

        @Test
        void staysNotOwnedWhenSearchFindsNothing() {
            var input = edited.withReason(SnapshotReason.NotOwned).build();

            var decision = decide(input, searchResult(input));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
            assertThat(decision.requeueAfter()).contains(input.retryPolicy().maxBackoff());
        }

        @Test
        void findsOwnSnapshotWhenStatusNamesAnotherLocation() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-9", "available", ReconcileInputBuilder.ELSEWHERE)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(input.markerQuery());
            assertThat(reason(decide(input, searchResult(input, ownedSnapshot("s-1", "available")))))
                    .isEqualTo(SnapshotReason.SnapshotAvailable);
        }

        @Test
        void keepsReadyAlthoughIntentIsInvalid() {
            var input = anInput()
                    .withInvalidIntent()
                    .withRecordedSnapshot("s-1", "available")
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .build();

            assertThat(reason(decide(input, new Observation.Found(ownedSnapshot("s-1", "available")))))
                    .isEqualTo(SnapshotReason.SnapshotAvailable);
        }
    }

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "create-2");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }
}
