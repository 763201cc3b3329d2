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

    private static Decision decide(ReconcileInput it, Observation sighting) {
        return SnapshotRules.decide(it, sighting, "order-fresh");
    }

    private static Reason reason(Decision decision) {
        return decision.page().orElseThrow().verdict().reason();
    }

    @Nested
    class AfterAnOrderOfUnknownOutcome {
        @Test
        void createsNothingBeforeSettleTimeAfterIntent() {
            var it = aCase().ordered().at(NOON.plusSeconds(59)).build();

            var decision = decide(it, search(it));

            assertThat(decision.deed()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(Reason.Settling);
            assertThat(decision.lookAgainWithin()).contains(Duration.ofSeconds(1));
        }

        @Test
        void createsAgainWhenSearchAfterSettleTimeFindsNothing() {
            var it = aCase().ordered().at(NOON.plusSeconds(60)).build();

            assertThat(decide(it, search(it)).deed()).isInstanceOfSatisfying(Action.CreateSnapshot.class, deed -> {
                assertThat(deed.searched()).contains(NOON.plusSeconds(60));
                assertThat(deed.intent().orders()).isEqualTo(2);
                assertThat(deed.intent().orderId()).isEqualTo("order-fresh");
            });
        }

        @Test
        void ignoresSearchStartedBeforeSettleTime() {
            var it = aCase().ordered().at(NOON.plusSeconds(70)).build();
            var early = new Observation.SearchResult(List.of(), List.of(), true, NOON.plusSeconds(59));

            assertThat(decide(it, early).deed()).isInstanceOf(Action.None.class);
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
            assertThat(decide(due, search(due)).deed()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void retriesOncePerReconcileRequest() {
            var it = quota.withLookRequested("now").build();

            var deed = (Action.CreateSnapshot) decide(it, search(it)).deed();

            var after = quota.withIntent(deed.intent()).after(refused("order-fresh", NOON.plusSeconds(10)));
            assertThat(decide(after.build(), new Observation.Unchanged()).lookAgainWithin())
                    .contains(Duration.ofSeconds(300));
        }

        @Test
        void ignoresRemovedReconcileRequest() {
            var answered = anIntent()
                    .nextCreate(
                            "order-1", quota.withLookRequested("now").build().wish(), NOON);
            var it = aCase().withIntent(answered)
                    .after(refused("order-1", NOON))
                    .saying(Reason.QuotaExceeded)
                    .build();

            assertThat(SnapshotRules.planObservation(it)).isEqualTo(new ObservationQuery.None());
        }

        @Test
        void searchesAtOnceAfterRejectedCreate() {
            var it = aCase().ordered()
                    .after(refused("order-1", NOON))
                    .saying(Reason.CloudUnreachable)
                    .at(NOON.plusSeconds(5))
                    .build();

            assertThat(decide(it, search(it)).deed()).isInstanceOf(Action.CreateSnapshot.class);
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
            var it = invalid.build();

            assertThat(SnapshotRules.planObservation(it)).isEqualTo(new ObservationQuery.None());
            assertThat(decide(it, new Observation.Unchanged()).deed()).isInstanceOf(Action.None.class);
            var edited = invalid.withGeneration(2).build();
            assertThat(decide(edited, search(edited)).deed()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void keepsRejectionReasonWhilePausedOrUnavailable() {
            for (var it : List.of(
                    invalid.paused().build(),
                    aCase().ordered()
                            .after(refused("order-1", NOON))
                            .saying(Reason.InvalidRequest)
                            .outOfReach()
                            .build())) {
                assertThat(decide(it, new Observation.Unchanged()).page()).isEmpty();
            }
        }
    }

    @Nested
    class Uncertain {
        private final ReconcileInputBuilder old =
                aCase().ordered().saying(Reason.Settling).at(NOON.plus(Duration.ofHours(1)));

        @Test
        void reportsCreateOutcomeUnknownAfterOneHour() {
            var it = old.build();

            assertThat(reason(decide(it, search(it)))).isEqualTo(Reason.Uncertain);
            assertThat(decide(it, search(it)).lookAgainWithin()).contains(Duration.ofMinutes(5));
        }

        @Test
        void doesNotReportCreateOutcomeUnknownOneSecondEarlier() {
            var it = old.at(NOON.plus(Duration.ofHours(1)).minusSeconds(1)).build();

            assertThat(decide(it, search(it)).deed()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void doesNotReportCreateOutcomeUnknownWhenCreateWasRejected() {
            var it = old.after(refused("order-1", NOON)).build();

            assertThat(decide(it, search(it)).deed()).isInstanceOf(Action.CreateSnapshot.class);
        }

        @Test
        void reportsCreateOutcomeUnknownWhenAnotherCreateWasRejected() {
            var it = old.after(refused("order-0", NOON)).build();

            assertThat(reason(decide(it, search(it)))).isEqualTo(Reason.Uncertain);
        }

        @Test
        void createsOncePerRetryCreateValue() {
            var asked = old.withOrderNew("yes").build();

            var deed = (Action.CreateSnapshot) decide(asked, search(asked)).deed();

            assertThat(deed.intent().answered()).contains("yes");
            var again = old.withIntent(deed.intent())
                    .at(NOON.plus(Duration.ofHours(2)))
                    .build();
            assertThat(reason(decide(again, search(again)))).isEqualTo(Reason.Uncertain);
        }

        @Test
        void ignoresSameRetryCreateValueSetAgain() {
            var answered = anIntent()
                    .nextCreate("order-2", old.withOrderNew("yes").build().wish(), NOON);
            var takenBack = answered.nextCreate("order-3", aCase().build().wish(), NOON);

            var it = old.withIntent(takenBack).withOrderNew("yes").build();

            assertThat(reason(decide(it, search(it)))).isEqualTo(Reason.Uncertain);
        }
    }

    @Nested
    class Adopting {
        @Test
        void adoptsSnapshotOfRecordedCreateBeforeOldest() {
            var it = aCase().withIntent(
                            anIntent().nextCreate("order-2", aCase().build().wish(), NOON))
                    .build();

            var decision =
                    decide(it, search(it, ours("s-1", "available", "order-1"), ours("s-2", "creating", "order-2")));

            var page = decision.page().orElseThrow();
            assertThat(page.seen().orElseThrow().id()).isEqualTo(new SnapshotId("s-2"));
            assertThat(page.surplus()).contains(List.of(new SnapshotId("s-1")));
            assertThat(reason(decision)).isEqualTo(Reason.WaitingForCloud);
        }

        @Test
        void adoptsOldestWhenNoCreateIdMatches() {
            var it = aCase().ordered().build();

            var decision =
                    decide(it, search(it, ours("s-3", "available", "order-8"), ours("s-2", "available", "order-9")));

            assertThat(decision.page().orElseThrow().seen().orElseThrow().id()).isEqualTo(new SnapshotId("s-2"));
        }

        @Test
        void adoptsMatchOfEarlyOrIncompleteSearch() {
            var it = aCase().ordered().build();
            var early = new Observation.SearchResult(
                    List.of(ours("s-1", "available")), List.of(), false, NOON.minusSeconds(100));

            assertThat(reason(decide(it, early))).isEqualTo(Reason.SnapshotAvailable);
        }

        @Test
        void neverReportsReplacedSnapshotAsReady() {
            var it = aCase().withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "order-1"))
                    .build();

            assertThat(reason(decide(it, search(it, ours("s-1", "available"))))).isEqualTo(Reason.ReplacingFailed);
        }
    }
}
