/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.aCase;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ours;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.refused;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.search;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.status.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CreateRulesTest {

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "order-fresh");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }

    @Nested
    class AfterAnOrderOfUnknownOutcome {
        @Test
        void createsNothingBeforeSettleTimeAfterIntent() {
            var input = aCase().ordered().at(NOON.plusSeconds(59)).build();

            var decision = decide(input, search(input));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(Reason.Settling);
            assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(1));
        }

        @Test
        void createsAgainWhenSearchAfterSettleTimeFindsNothing() {
            var input = aCase().ordered().at(NOON.plusSeconds(60)).build();

            assertThat(decide(input, search(input)).action())
                    .isInstanceOfSatisfying(Action.CreateSnapshot.class, action -> {
                        assertThat(action.searchStartedAt()).contains(NOON.plusSeconds(60));
                        assertThat(action.intent().createCount()).isEqualTo(2);
                        assertThat(action.intent().createId()).isEqualTo("order-fresh");
                    });
        }

        @Test
        void ignoresSearchStartedBeforeSettleTime() {
            var input = aCase().ordered().at(NOON.plusSeconds(70)).build();
            var early = new Observation.SearchResult(List.of(), List.of(), true, NOON.plusSeconds(59));

            assertThat(decide(input, early).action()).isInstanceOf(Action.None.class);
        }
    }

    @Nested
    class AfterARefusal {
        private final ReconcileInputBuilder quota = aCase().ordered()
                .after(refused("order-1", NOON))
                .saying(Reason.QuotaExceeded)
                .at(NOON.plusSeconds(10));

        @Test
        void retriesRejectedCreateAtMaxBackoff() {
            assertThat(decide(quota.build(), new Observation.Unchanged()))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(290)));
            var due = quota.at(NOON.plusSeconds(300)).build();
            assertThat(decide(due, search(due)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void retriesOncePerReconcileRequest() {
            var input = quota.withLookRequested("now").build();

            var action = (Action.CreateSnapshot) decide(input, search(input)).action();

            var after = quota.withIntent(action.intent()).after(refused("order-fresh", NOON.plusSeconds(10)));
            assertThat(decide(after.build(), new Observation.Unchanged()).requeueAfter())
                    .contains(Duration.ofSeconds(300));
        }

        @Test
        void ignoresRemovedReconcileRequest() {
            var intent = anIntent()
                    .nextCreate(
                            "order-1", quota.withLookRequested("now").build().desired(), NOON);
            var input = aCase().withIntent(intent)
                    .after(refused("order-1", NOON))
                    .saying(Reason.QuotaExceeded)
                    .build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        }

        @Test
        void searchesAtOnceAfterRejectedCreate() {
            var input = aCase().ordered()
                    .after(refused("order-1", NOON))
                    .saying(Reason.CloudUnreachable)
                    .at(NOON.plusSeconds(5))
                    .build();

            assertThat(decide(input, search(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }
    }

    @Nested
    class AfterARefusalForGood {
        private final ReconcileInputBuilder invalid = aCase().ordered()
                .after(refused("order-1", NOON))
                .saying(Reason.InvalidRequest)
                .at(NOON.plus(Duration.ofDays(1)));

        @Test
        void createsNothingUntilSpecChangesAfterInvalidRequest() {
            var input = invalid.build();

            assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
            assertThat(decide(input, new Observation.Unchanged()).action()).isInstanceOf(Action.None.class);
            var edited = invalid.withGeneration(2).build();
            assertThat(decide(edited, search(edited)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void keepsRejectionReasonWhilePausedOrUnavailable() {
            for (var input : List.of(
                    invalid.paused().build(),
                    aCase().ordered()
                            .after(refused("order-1", NOON))
                            .saying(Reason.InvalidRequest)
                            .outOfReach()
                            .build())) {
                assertThat(decide(input, new Observation.Unchanged()).statusPatch())
                        .isEmpty();
            }
        }
    }

    @Nested
    class Uncertain {
        private final ReconcileInputBuilder old =
                aCase().ordered().saying(Reason.Settling).at(NOON.plus(Duration.ofHours(1)));

        @Test
        void reportsCreateOutcomeUnknownAfterOneHour() {
            var input = old.build();

            assertThat(reason(decide(input, search(input)))).isEqualTo(Reason.Uncertain);
            assertThat(decide(input, search(input)).requeueAfter()).contains(Duration.ofMinutes(5));
        }

        @Test
        void doesNotReportCreateOutcomeUnknownOneSecondEarlier() {
            var input = old.at(NOON.plus(Duration.ofHours(1)).minusSeconds(1)).build();

            assertThat(decide(input, search(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void doesNotReportCreateOutcomeUnknownWhenCreateWasRejected() {
            var input = old.after(refused("order-1", NOON)).build();

            assertThat(decide(input, search(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void reportsCreateOutcomeUnknownWhenAnotherCreateWasRejected() {
            var input = old.after(refused("order-0", NOON)).build();

            assertThat(reason(decide(input, search(input)))).isEqualTo(Reason.Uncertain);
        }

        @Test
        void createsOncePerRetryCreateValue() {
            var asked = old.withOrderNew("yes").build();

            var action = (Action.CreateSnapshot) decide(asked, search(asked)).action();

            assertThat(action.intent().answeredRetryCreate()).contains("yes");
            var retried = old.withIntent(action.intent())
                    .at(NOON.plus(Duration.ofHours(2)))
                    .build();
            assertThat(reason(decide(retried, search(retried)))).isEqualTo(Reason.Uncertain);
        }

        @Test
        void ignoresSameRetryCreateValueSetAgain() {
            var intent = anIntent()
                    .nextCreate("order-2", old.withOrderNew("yes").build().desired(), NOON);
            var takenBack = intent.nextCreate("order-3", aCase().build().desired(), NOON);

            var input = old.withIntent(takenBack).withOrderNew("yes").build();

            assertThat(reason(decide(input, search(input)))).isEqualTo(Reason.Uncertain);
        }
    }

    @Nested
    class Adopting {
        @Test
        void adoptsSnapshotOfRecordedCreateBeforeOldest() {
            var input = aCase().withIntent(
                            anIntent().nextCreate("order-2", aCase().build().desired(), NOON))
                    .build();

            var decision = decide(
                    input, search(input, ours("s-1", "available", "order-1"), ours("s-2", "creating", "order-2")));

            var statusPatch = decision.statusPatch().orElseThrow();
            assertThat(statusPatch.snapshot().orElseThrow().id()).isEqualTo(new SnapshotId("s-2"));
            assertThat(statusPatch.duplicates()).contains(List.of(new SnapshotId("s-1")));
            assertThat(reason(decision)).isEqualTo(Reason.WaitingForCloud);
        }

        @Test
        void adoptsOldestWhenNoCreateIdMatches() {
            var input = aCase().ordered().build();

            var decision = decide(
                    input, search(input, ours("s-3", "available", "order-8"), ours("s-2", "available", "order-9")));

            assertThat(decision.statusPatch()
                            .orElseThrow()
                            .snapshot()
                            .orElseThrow()
                            .id())
                    .isEqualTo(new SnapshotId("s-2"));
        }

        @Test
        void adoptsMatchOfEarlyOrIncompleteSearch() {
            var input = aCase().ordered().build();
            var early = new Observation.SearchResult(
                    List.of(ours("s-1", "available")), List.of(), false, NOON.minusSeconds(100));

            assertThat(reason(decide(input, early))).isEqualTo(Reason.SnapshotAvailable);
        }

        @Test
        void neverReportsReplacedSnapshotAsReady() {
            var input = aCase().withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "order-1"))
                    .build();

            assertThat(reason(decide(input, search(input, ours("s-1", "available")))))
                    .isEqualTo(Reason.ReplacingFailed);
        }
    }
}
