/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.modifiable;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.rejectedDeletes;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.unmarkedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeleteRulesTest {

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "create-new");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }

    private static CloudSnapshot named(String name, CloudSnapshot snapshot) {
        return CloudSnapshotBuilder.builder(snapshot).name(name).build();
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "5, 80", "1000, 80"})
    void waitsLongerAfterEachRejectedDelete(int count, long seconds) {
        var input = anInput()
                .deleting()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .withReason(CommonReason.CloudUnavailable)
                .withFailures(rejectedDeletes(count, NOON))
                .build();

        assertThat(DeleteRules.deleteRetryDelay(input)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"creating", "rollbacking", "backing-up", "pondering"})
    void waitsForPollerOnceStatusSaysThatDeletionWaits(String word) {
        var input = anInput().deleting().withCreateIntent().withRecordedSnapshot("s-1", word);

        assertThat(SnapshotRules.planObservation(
                        input.withReason(SnapshotReason.WaitingForCloud).build()))
                .isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(SnapshotRules.planObservation(
                        input.withReason(SnapshotReason.WaitingToDelete).build()))
                .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
    }

    @ParameterizedTest
    @EnumSource(DesiredSnapshot.DeletionPolicy.class)
    void deletesNothingWhileContentExists(DesiredSnapshot.DeletionPolicy policy) {
        var input = anInput()
                .deleting()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .withPolicy(policy)
                .heldByContent("It is VolumeSnapshot nightly.")
                .build();

        var decision = decide(input, new Observation.Found(ownedSnapshot("s-1", "available")));

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(decision.action()).isEqualTo(new Action.None());
        assertThat(reason(decision)).isEqualTo(SnapshotReason.ContentInUse);
        assertThat(decision.statusPatch().orElseThrow().verdict().message()).contains("VolumeSnapshot nightly");
        assertThat(decision.requeueAfter()).isPresent();
    }

    @Test
    void abandonsWithoutWaitingForContent() {
        var input = anInput()
                .deleting()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .abandoned()
                .heldByContent("It is VolumeSnapshot nightly.")
                .build();

        assertThat(decide(input, new Observation.Unchanged()).action())
                .isEqualTo(new Action.RemoveFinalizer(Optional.of(SnapshotReason.SnapshotAbandoned)));
    }

    @Nested
    class WhenImportIsDeleted {
        private final ReconcileInput input = anInput()
                .ofSnapshot("s-1")
                .withRecordedSnapshot("s-1", "available")
                .deleting()
                .build();

        @Test
        void deletesUnmarkedImportedSnapshot() {
            assertThat(decide(input, new Observation.Found(unmarkedSnapshot("s-1", "available")))
                            .action())
                    .isEqualTo(new Action.DeleteSnapshot(
                            modifiable(new SnapshotId("s-1")), Optional.of(ReconcileInputBuilder.VOLUME), false));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "cinder.csi.openstack.org/cluster",
                    "csi.storage.k8s.io/volumesnapshot/name",
                    "evs.csi.huaweicloud.com/cluster",
                    "disk.csi.everest.io/snapshot",
                    "create_for_volume_id"
                })
        void keepsImportedSnapshotOfAnotherTool(String key) {
            var decision = decide(input, new Observation.Found(snapshot("s-1", "available", Map.of(key, "x"))));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
        }

        @Test
        void keepsImportedSnapshotOfAnotherRequest() {
            var decision = decide(input, new Observation.Found(foreignSnapshot("s-1", "available")));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
        }

        @Test
        void keepsImportedBackupSnapshot() {
            var byAutomaticName = named("autobk_snapshot_vbs_1", unmarkedSnapshot("s-1", "available"));
            var byManualName = named("manualbk_snapshot_csbs_1", unmarkedSnapshot("s-1", "available"));
            var byKey = snapshot("s-1", "available", Map.of("__system__enableActive", "true"));

            for (var backup : new CloudSnapshot[] {byAutomaticName, byManualName, byKey}) {
                assertThat(reason(decide(input, new Observation.Found(backup)))).isEqualTo(SnapshotReason.NotOwned);
            }
        }
    }

    @Test
    void removesFinalizerOfAbandonedRequestWithoutCheck() {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "creating")
                .abandoned()
                .deleting()
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(decide(input, new Observation.Unchanged()).action())
                .isEqualTo(new Action.RemoveFinalizer(Optional.of(SnapshotReason.SnapshotAbandoned)));
    }

    @Test
    void doesNotDeleteFromRestoredStatus() {
        var input =
                anInput().withRecordedSnapshot("s-1", "available").deleting().build();

        assertThat(reason(decide(input, new Observation.Found(foreignSnapshot("s-1", "available")))))
                .isEqualTo(SnapshotReason.NotOwned);
        assertThat(decide(input, new Observation.Found(ownedSnapshot("s-1", "available")))
                        .action())
                .isInstanceOf(Action.DeleteSnapshot.class);
    }

    @Test
    void readsImportBySpecIdWhenStatusHasNone() {
        var input = anInput().ofSnapshot("s-1").withFinalizer().deleting().build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(decide(input, new Observation.Found(unmarkedSnapshot("s-1", "available")))
                        .action())
                .isInstanceOf(Action.DeleteSnapshot.class);
        assertThat(decide(input, new Observation.NotFound()).action()).isInstanceOf(Action.RemoveFinalizer.class);
    }

    @Test
    void removesFinalizerOfRetainedImportWithoutCheck() {
        var input = anInput()
                .ofSnapshot("s-1")
                .withFinalizer()
                .retaining()
                .deleting()
                .build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.None());
        assertThat(decide(input, new Observation.Unchanged()).action())
                .isEqualTo(new Action.RemoveFinalizer(Optional.of(SnapshotReason.SnapshotRetained)));
    }

    @Nested
    class WhenSnapshotIsNotFound {
        private final ReconcileInputBuilder deleted = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "creating")
                .deleting();

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
            assertThat(decide(deleted.withRecordedSnapshot("s-1", "deleting").build(), new Observation.NotFound())
                            .action())
                    .isInstanceOf(Action.RemoveFinalizer.class);
        }
    }

    @Nested
    class WhenSeveralCreatesWereSent {
        private final ReconcileInputBuilder deleted = anInput()
                .withIntent(anIntent()
                        .nextCreate("create-2", anInput().build().desired().userRequests(), NOON))
                .withRecordedSnapshot("s-1", "deleting")
                .deleting()
                .at(NOON.plusSeconds(60));

        private Decision decideOn(CloudSnapshot... matches) {
            var input = deleted.build();
            return decide(input, searchResult(input, matches));
        }

        @Test
        void searchesForDuplicatesBeforeRemovingFinalizer() {
            var input = deleted.build();

            assertThat(SnapshotRules.planObservation(input))
                    .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(new SnapshotId("s-1"), input.markerQuery()));
            assertThat(decideOn().action()).isInstanceOf(Action.RemoveFinalizer.class);
        }

        @Test
        void deletesRecordedSnapshotFirst() {
            var decision = decideOn(ownedSnapshot("s-2", "available"), ownedSnapshot("s-1", "deleting"));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.Deleting);
        }

        @Test
        void doesNotRecordDuplicateOverRecordedSnapshot() {
            var decision = decideOn(ownedSnapshot("s-2", "available"));

            assertThat(decision.action())
                    .isInstanceOfSatisfying(Action.DeleteSnapshot.class, action -> assertThat(action.id())
                            .isEqualTo(new SnapshotId("s-2")));
            assertThat(decision.statusPatch().orElseThrow().snapshot()).isEmpty();
            assertThat(decision.statusPatch().orElseThrow().cloudStatus()).isEmpty();
        }

        @Test
        void deletesOtherDuplicatesWhenOneIsNotDeletable() {
            assertThat(decideOn(
                                    ownedSnapshot("s-2", "error_deleting"),
                                    ownedSnapshot("s-3", "creating"),
                                    ownedSnapshot("s-4", "error"))
                            .action())
                    .isInstanceOfSatisfying(Action.DeleteSnapshot.class, action -> assertThat(action.id())
                            .isEqualTo(new SnapshotId("s-4")));
        }

        @Test
        void reportsSnapshotOfAnotherInstallationAndKeepsFinalizer() {
            var foreign = snapshot(
                    "s-2",
                    "available",
                    new OwnershipMarker(OWNER.uid(), "create-1", "cluster-2", "shop", "nightly").addTo(Map.of()));

            assertThat(reason(decideOn(foreign))).isEqualTo(SnapshotReason.NotOwned);
        }
    }

    @Nested
    class WhenUserEditsStatusOrIntent {
        private final ReconcileInputBuilder edited = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-9", "available")
                .deleting();

        @Test
        void keepsForeignSnapshotThatStatusNamesAndDeletesOwn() {
            var first = edited.build();
            var decision = decide(first, new Observation.Found(foreignSnapshot("s-9", "available")));
            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
            assertThat(decision.requeueAfter()).contains(RetryPolicy.IMMEDIATE_REQUEUE);

            var second = edited.withReason(SnapshotReason.NotOwned).build();
            assertThat(SnapshotRules.planObservation(second)).isEqualTo(second.markerQuery());
            assertThat(decide(second, searchResult(second, ownedSnapshot("s-1", "available")))
                            .action())
                    .isEqualTo(new Action.DeleteSnapshot(
                            modifiable(new SnapshotId("s-1")), Optional.of(ReconcileInputBuilder.VOLUME), false));
            assertThat(decide(second, searchResult(second)).action()).isInstanceOf(Action.None.class);
        }

        @Test
        void keepsFinalizerWhileIntentIsInvalid() {
            var input = anInput().withInvalidIntent().withFinalizer().deleting().build();

            var decision = decide(input, searchResult(input));

            assertThat(decision.action()).isInstanceOf(Action.None.class);
            assertThat(reason(decision)).isEqualTo(CommonReason.CreateIntentInvalid);
        }

        @Test
        void retainsSnapshotAlthoughIntentIsInvalid() {
            var input = anInput()
                    .withInvalidIntent()
                    .withFinalizer()
                    .retaining()
                    .deleting()
                    .build();

            assertThat(decide(input, new Observation.Unchanged()).action())
                    .isEqualTo(new Action.RemoveFinalizer(Optional.of(SnapshotReason.SnapshotRetained)));
        }

        @Test
        void keepsDuplicateThatAnotherObjectImports() {
            var intent = anIntent()
                    .nextCreate("create-2", anInput().build().desired().userRequests(), NOON);
            var input = anInput()
                    .withIntent(intent)
                    .withRecordedSnapshot("s-1", "deleting")
                    .withUsedByOthers("s-2")
                    .at(NOON.plusSeconds(60))
                    .deleting()
                    .build();

            assertThat(decide(input, searchResult(input, ownedSnapshot("s-2", "available", "create-2")))
                            .action())
                    .isEqualTo(new Action.RemoveFinalizer(Optional.empty()));
        }
    }
}
