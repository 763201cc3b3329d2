/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ELSEWHERE;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.rejectedCreate;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrackRulesTest {

    @Nested
    class OutOfReach {
        @Test
        void nothingIsLookedAtBecauseA404MightComeFromAnotherProject() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "creating")
                    .withCloudUnavailable()
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "order-2");
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

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2"))
                    .isEqualTo(Decision.noChange());
        }
    }

    @Nested
    class InAnotherPlace {
        @Test
        void keepsReadyOnLocationMismatch() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "available", ELSEWHERE)
                    .readySince(NOON)
                    .withReason(SnapshotReason.SnapshotAvailable)
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2"))
                    .isEqualTo(Decision.noChange());
        }

        @ParameterizedTest
        @CsvSource({"backing-up, BackingUp", "creating, ReadyDeadlineExceeded", "available, SnapshotMissing"})
        void reportsLocationMismatchUnlessReady(String word, SnapshotReason written) {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", word, ELSEWHERE)
                    .readySince(NOON)
                    .withReason(written)
                    .build();

            assertThat(reason(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2")))
                    .isEqualTo(SnapshotReason.LocationMismatch);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LocationMismatch", "CreateIntentInvalid", "InvalidRequest", "CloudUnavailable"})
    void readsByIdWhenReasonDoesNotMatchRecordedStatus(String written) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.named(written).orElseThrow())
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(reason(SnapshotRules.decide(
                        input, new Observation.Found(ownedSnapshot("s-1", "available")), "order-2")))
                .isEqualTo(SnapshotReason.SnapshotAvailable);
    }

    @ParameterizedTest
    @CsvSource({
        "available, SnapshotAvailable",
        "creating, WaitingForCloud",
        "creating, ReadyDeadlineExceeded",
        "error, SnapshotFailed"
    })
    void usesPollerWhenReasonMatchesRecordedStatus(String word, SnapshotReason written) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", word)
                .withReason(written)
                .build();

        assertThat(SnapshotRules.planObservation(input))
                .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
    }

    @Nested
    class WithoutItsFinalizer {
        @Test
        void restoresFinalizerTogetherWithStatusPatch() {
            var input = anInput()
                    .withCreateIntent()
                    .withRecordedSnapshot("s-1", "creating")
                    .withoutFinalizer()
                    .build();

            var decision =
                    SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "available")), "order-2");

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

            var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "order-2");

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

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }
    }

    @Nested
    class Renaming {
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
                                    "order-2")
                            .action())
                    .isInstanceOf(Action.UpdateSnapshot.class);
        }

        @Test
        void renamesAfterPauseEnds() {
            var paused = renamed.paused().build();

            assertThat(SnapshotRules.decide(
                            paused, new Observation.Found(ownedSnapshot("s-1", "available")), "order-2"))
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
            var asked =
                    SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "available")), "order-2");

            var after = SnapshotRules.afterAction(
                    input,
                    asked.statusPatch().orElseThrow(),
                    new UpdateResult.Updated(ownedSnapshot("s-1", "backing-up")));

            assertThat(reason(after)).isEqualTo(SnapshotReason.BackingUp);
            assertThat(after.requeueAfter()).contains(Duration.ofSeconds(30));
        }

        @Test
        void reportsThatUnownedSnapshotIsNotRenamed() {
            var decision = SnapshotRules.decide(
                    renamed.build(), new Observation.Found(foreignSnapshot("s-1", "available")), "order-2");

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(decision.statusPatch().orElseThrow().verdict().message()).contains("does not change its name");
        }
    }

    @Nested
    class Expiring {
        private final ReconcileInputBuilder short1h = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .withTtl(Duration.ofHours(1));

        @Test
        void requeuesAtTtl() {
            var input = short1h.at(NOON.plusSeconds(3599)).build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2"))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(1)));
        }

        @ParameterizedTest
        @CsvSource({
            "available, SnapshotAvailable",
            "backing-up, BackingUp",
            "error, SnapshotFailed",
            "available, SnapshotMissing"
        })
        void countsTtlFromFirstReadiness(String word, SnapshotReason written) {
            var input = short1h.withRecordedSnapshot("s-1", word)
                    .withReason(written)
                    .at(NOON.plusSeconds(3600))
                    .build();

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2")
                            .action())
                    .isInstanceOf(Action.DeleteRequest.class);
        }

        @Test
        void expiresRequestWhoseSnapshotIsMissing() {
            var input = short1h.withReason(SnapshotReason.SnapshotMissing)
                    .at(NOON.plusSeconds(600))
                    .build();

            assertThat(SnapshotRules.decide(input, searchResult(input), "order-2")
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

            assertThat(SnapshotRules.decide(input, new Observation.Unchanged(), "order-2"))
                    .isEqualTo(Decision.noChange());
        }
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }

    @Nested
    class ReplaceRules {
        private ReconcileInputBuilder replacing() {
            return anInput()
                    .withMaxAttempts(3)
                    .withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "order-1"))
                    .withRecordedSnapshot("s-1", "deleting")
                    .withReason(SnapshotReason.ReplacingFailedSnapshot);
        }

        @Test
        void createsReplacementOnceFailedSnapshotIsGone() {
            var input = replacing().at(NOON.plus(Duration.ofHours(3))).build();

            assertThat(SnapshotRules.decide(input, searchResult(input), "order-2")
                            .action())
                    .isInstanceOfSatisfying(Action.CreateSnapshot.class, action -> {
                        assertThat(action.intent().createId()).isEqualTo("order-2");
                        assertThat(action.intent().createCount()).isEqualTo(2);
                    });
        }

        @Test
        void reportsUnknownOutcomeWhenOldReplacementCreateIsNotFound() {
            var replaced = anIntent().forReplacement(new SnapshotId("s-1"), "order-1");
            var builder = replacing().at(NOON.plus(Duration.ofHours(3)));
            var sent = replaced.nextCreate(
                    "order-2", builder.build().desired().userRequests(), NOON.plus(Duration.ofHours(1)));

            var after = builder.withIntent(sent).build();

            assertThat(SnapshotRules.decide(after, searchResult(after), "order-3")
                            .statusPatch()
                            .orElseThrow()
                            .verdict()
                            .reason())
                    .isEqualTo(SnapshotReason.CreateOutcomeUnknown);
        }

        @Test
        void ignoresCopiedMarkerOfFailedSnapshot() {
            var input = replacing().build();

            assertThat(SnapshotRules.decide(
                                    input, searchResult(input, ownedSnapshot("s-2", "available", "order-1")), "order-2")
                            .action())
                    .isInstanceOf(Action.CreateSnapshot.class);
        }

        private final ReconcileInputBuilder failed = anInput()
                .withMaxAttempts(3)
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "error")
                .withReason(SnapshotReason.SnapshotFailed)
                .at(NOON.plusSeconds(600));

        @Test
        void recordsReplacedIdBeforeDelete() {
            var input = failed.build();

            assertThat(SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "order-2")
                            .action())
                    .isEqualTo(new Action.DeleteSnapshot(
                            new SnapshotId("s-1"),
                            input.volumeId(),
                            Optional.of(anIntent().forReplacement(new SnapshotId("s-1"), "order-1")),
                            false));
        }

        @Test
        void replacesAfterPauseEnds() {
            assertThat(SnapshotRules.planObservation(failed.build()))
                    .isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
            assertThat(SnapshotRules.planObservation(failed.paused().build()))
                    .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
        }

        @Test
        void replacesOnlyOwnedSnapshot() {
            assertThat(SnapshotRules.decide(
                                    failed.build(), new Observation.Found(foreignSnapshot("s-1", "error")), "order-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }

        @Test
        void replacesOnlySnapshotThatWasNeverReady() {
            assertThat(SnapshotRules.decide(
                                    failed.readySince(NOON).build(),
                                    new Observation.Found(ownedSnapshot("s-1", "error")),
                                    "order-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }

        @Test
        void keepsFailedSnapshotCreatedOneHourAgo() {
            var found = new Observation.Found(ownedSnapshot("s-1", "error"));

            assertThat(SnapshotRules.decide(failed.at(NOON.plusSeconds(3599)).build(), found, "order-2")
                            .action())
                    .isInstanceOf(Action.DeleteSnapshot.class);
            assertThat(SnapshotRules.decide(failed.at(NOON.plusSeconds(3600)).build(), found, "order-2")
                            .action())
                    .isInstanceOf(Action.None.class);
        }

        @Test
        void stopsReplacingAfterMaxAttempts() {
            var third = CreateIntentBuilder.builder(anIntent())
                    .createId("order-3")
                    .createCount(3)
                    .replacementAttempt(3)
                    .build();

            var decision = SnapshotRules.decide(
                    failed.withIntent(third).build(), new Observation.Found(ownedSnapshot("s-1", "error")), "order-4");

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotFailed);
        }

        @Test
        void readsFailedSnapshotByIdBeforeReplacing() {
            var input = replacing().build();

            assertThat(SnapshotRules.planObservation(input))
                    .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(new SnapshotId("s-1"), input.markerQuery()));
        }

        @Test
        void waitsForBackoffBeforeReplacementCreate() {
            var sent = anIntent()
                    .forReplacement(new SnapshotId("s-1"), "order-1")
                    .nextCreate("order-2", anInput().build().desired().userRequests(), NOON);
            var builder = replacing().withIntent(sent).withFailures(rejectedCreate("order-2", NOON));

            var busy = builder.withReason(CommonReason.QuotaExceeded)
                    .at(NOON.plusSeconds(299))
                    .build();
            assertThat(SnapshotRules.planObservation(busy)).isEqualTo(new ObservationQuery.None());
            assertThat(SnapshotRules.decide(busy, new Observation.Unchanged(), "order-3"))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(1)));
            var due = builder.at(NOON.plusSeconds(300)).build();
            assertThat(SnapshotRules.decide(due, searchResult(due), "order-3").action())
                    .isInstanceOf(Action.CreateSnapshot.class);
            var never = builder.withReason(CommonReason.InvalidRequest)
                    .at(NOON.plus(Duration.ofDays(1)))
                    .build();
            assertThat(SnapshotRules.decide(never, new Observation.Unchanged(), "order-3")
                            .action())
                    .isInstanceOf(Action.None.class);
        }

        @Test
        void staysStalledAfterReadyDeadlineWhileReplacing() {
            var input = replacing()
                    .readyWithin(Duration.ofMinutes(5))
                    .withReason(SnapshotReason.ReadyDeadlineExceeded)
                    .at(NOON.plusSeconds(300))
                    .build();
            var decision = SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "order-2");

            var after = SnapshotRules.afterAction(
                    input,
                    (Action.DeleteSnapshot) decision.action(),
                    decision.statusPatch().orElseThrow(),
                    new DeleteResult.Accepted());

            assertThat(reason(decision)).isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
            assertThat(reason(after)).isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
        }

        @Test
        void deletesNothingAndReportsStateWhilePaused() {
            var input = replacing().paused().build();

            var decision = SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "order-2");

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            var statusPatch = decision.statusPatch().orElseThrow();
            assertThat(statusPatch.verdict().reason()).isEqualTo(CommonReason.Paused);
            assertThat(statusPatch.snapshot().orElseThrow().wireState()).isEqualTo("error");
        }
    }
}
