/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.aCase;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.another;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.nobodys;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ours;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.search;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.status.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DeleteRulesTest {

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "order-fresh");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }

    private static CloudSnapshot called(String name, CloudSnapshot snapshot) {
        return new CloudSnapshot(
                snapshot.id(),
                snapshot.wireState(),
                snapshot.volumeId(),
                Optional.of(name),
                snapshot.description(),
                snapshot.sizeGiB(),
                snapshot.createdAt(),
                snapshot.updatedAt(),
                snapshot.metadata());
    }

    @Nested
    class AnImportToBeDeleted {
        private final ReconcileInput input =
                aCase().ofSnapshot("s-1").holding("s-1", "available").deleting().build();

        @Test
        void deletesUnmarkedImportedSnapshot() {
            assertThat(decide(input, new Observation.Found(nobodys("s-1", "available")))
                            .action())
                    .isEqualTo(new Action.DeleteSnapshot(
                            new SnapshotId("s-1"), input.volumeId(), Optional.empty(), false));
        }

        @Test
        void keepsImportedSnapshotOfAnotherRequest() {
            var decision = decide(input, new Observation.Found(another("s-1", "available")));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(Reason.NotOurs);
        }

        @Test
        void keepsImportedBackupSnapshot() {
            var byName = called("autobk_snapshot_vbs_1", nobodys("s-1", "available"));
            var byHand = called("manualbk_snapshot_csbs_1", nobodys("s-1", "available"));
            var byKey = snapshot("s-1", "available", Map.of("__system__enableActive", "true"));

            for (var theirs : new CloudSnapshot[] {byName, byHand, byKey}) {
                assertThat(reason(decide(input, new Observation.Found(theirs)))).isEqualTo(Reason.NotOurs);
            }
        }
    }

    @Test
    void doesNotDeleteFromRestoredStatus() {
        var input = aCase().holding("s-1", "available").deleting().build();

        assertThat(reason(decide(input, new Observation.Found(another("s-1", "available")))))
                .isEqualTo(Reason.NotOurs);
        assertThat(decide(input, new Observation.Found(ours("s-1", "available")))
                        .action())
                .isInstanceOf(Action.DeleteSnapshot.class);
    }

    @Test
    void readsImportBySpecIdWhenStatusHasNone() {
        var input = aCase().ofSnapshot("s-1").withFinalizer().deleting().build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(decide(input, new Observation.Found(nobodys("s-1", "available")))
                        .action())
                .isInstanceOf(Action.DeleteSnapshot.class);
        assertThat(decide(input, new Observation.NotFound()).action()).isInstanceOf(Action.RemoveFinalizer.class);
    }

    @Test
    void removesFinalizerOfRetainedImportWithoutCheck() {
        var input =
                aCase().ofSnapshot("s-1").withFinalizer().retaining().deleting().build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(decide(input, new Observation.Unchanged()).action())
                .isEqualTo(new Action.RemoveFinalizer(Optional.of(Reason.SnapshotRetained)));
    }

    @Nested
    class A404 {
        private final ReconcileInputBuilder deleted =
                aCase().ordered().holding("s-1", "creating").deleting();

        @Test
        void keepsFinalizerOnNotFoundWithinSettleTime() {
            assertThat(decide(deleted.at(NOON.plusSeconds(59)).build(), new Observation.NotFound()))
                    .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(10)));
        }

        @Test
        void removesFinalizerOnNotFoundAfterSettleTime() {
            assertThat(decide(deleted.at(NOON.plusSeconds(60)).build(), new Observation.NotFound())
                            .action())
                    .isInstanceOf(Action.RemoveFinalizer.class);
        }

        @Test
        void removesFinalizerAtOnceWhenDeletingSnapshotIsNotFound() {
            assertThat(decide(deleted.holding("s-1", "deleting").build(), new Observation.NotFound())
                            .action())
                    .isInstanceOf(Action.RemoveFinalizer.class);
        }
    }

    @Nested
    class WithMoreThanOneSnapshot {
        private final ReconcileInputBuilder deleted = aCase().withIntent(
                        anIntent().nextCreate("order-2", aCase().build().desired(), NOON))
                .holding("s-1", "deleting")
                .deleting()
                .at(NOON.plusSeconds(60));

        private Decision seeing(CloudSnapshot... matches) {
            var input = deleted.build();
            return decide(input, search(input, matches));
        }

        @Test
        void searchesForDuplicatesBeforeRemovingFinalizer() {
            var input = deleted.build();

            assertThat(SnapshotRules.planObservation(input))
                    .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(new SnapshotId("s-1"), input.markerQuery()));
            assertThat(seeing().action()).isInstanceOf(Action.RemoveFinalizer.class);
        }

        @Test
        void deletesRecordedSnapshotFirst() {
            var decision = seeing(ours("s-2", "available"), ours("s-1", "deleting"));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(Reason.Deleting);
        }

        @Test
        void doesNotRecordDuplicateOverRecordedSnapshot() {
            var decision = seeing(ours("s-2", "available"));

            assertThat(decision.action())
                    .isInstanceOfSatisfying(Action.DeleteSnapshot.class, action -> assertThat(action.id())
                            .isEqualTo(new SnapshotId("s-2")));
            assertThat(decision.statusPatch().orElseThrow().snapshot()).isEmpty();
            assertThat(decision.statusPatch().orElseThrow().cloudStatus()).isEmpty();
        }

        @Test
        void deletesOtherDuplicatesWhenOneIsNotDeletable() {
            assertThat(seeing(ours("s-2", "error_deleting"), ours("s-3", "creating"), ours("s-4", "error"))
                            .action())
                    .isInstanceOfSatisfying(Action.DeleteSnapshot.class, action -> assertThat(action.id())
                            .isEqualTo(new SnapshotId("s-4")));
        }

        @Test
        void reportsSnapshotOfAnotherInstallationAndKeepsFinalizer() {
            var theirs = snapshot(
                    "s-2",
                    "available",
                    new OwnershipMarker(OWNER.uid(), "order-1", "cluster-2", "shop", "nightly").addTo(Map.of()));

            assertThat(reason(seeing(theirs))).isEqualTo(Reason.NotOurs);
        }
    }
}
