/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.modifiable;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.rejectedDelete;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.unmarkedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateRulesTest {
    private static final CloudSnapshot KEPT = ownedSnapshot("s-2", "available", "create-2");

    private static ReconcileInputBuilder withSecondRecorded() {
        return anInput()
                .withIntent(anIntent()
                        .nextCreate("create-2", anInput().build().desired().userRequests(), NOON))
                .withRecordedSnapshot("s-2", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable);
    }

    private static Decision decide(ReconcileInputBuilder builder, CloudSnapshot... matches) {
        var input = builder.build();
        return SnapshotRules.decide(input, searchResult(input, matches), "create-new");
    }

    private static Optional<SnapshotId> deleted(Decision decision) {
        return decision.action() instanceof Action.DeleteSnapshot action ? Optional.of(action.id()) : Optional.empty();
    }

    private static List<SnapshotId> listed(Decision decision) {
        return decision.statusPatch().orElseThrow().duplicates().orElseThrow();
    }

    @Test
    void deletesAndListsDuplicateOfLateCreate() {
        var decision = decide(withSecondRecorded(), ownedSnapshot("s-1", "available", "create-1"), KEPT);

        assertThat(decision.action())
                .isEqualTo(new Action.DeleteSnapshot(modifiable(new SnapshotId("s-1")), KEPT.volumeId(), true));
        assertThat(listed(decision)).containsExactly(new SnapshotId("s-1"));
        assertThat(decision.statusPatch().orElseThrow().verdict().reason()).isEqualTo(SnapshotReason.SnapshotAvailable);
    }

    @Test
    void onlyListsDuplicateBesideRecordedSnapshotWithoutMarker() {
        var unmarked = CloudSnapshotBuilder.builder(KEPT).metadata(Map.of()).build();

        var decision = decide(withSecondRecorded(), ownedSnapshot("s-1", "available", "create-1"), unmarked);

        assertThat(deleted(decision)).isEmpty();
        assertThat(listed(decision)).containsExactly(new SnapshotId("s-1"));
    }

    @Test
    void onlyListsDuplicateThatAnotherObjectImports() {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-2", "available")
                .withUsedByOthers("s-1")
                .build();

        var decision = SnapshotRules.decide(
                input, searchResult(input, KEPT, ownedSnapshot("s-1", "available", "create-9")), "create-new");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(decision.statusPatch().orElseThrow().duplicates()).contains(List.of(new SnapshotId("s-1")));
    }

    @Test
    void onlyListsSnapshotWithCopiedMarker() {
        var decision = decide(withSecondRecorded(), ownedSnapshot("s-3", "available", "create-2"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(listed(decision)).containsExactly(new SnapshotId("s-3"));
        assertThat(decision.requeueAfter()).contains(Duration.ofMinutes(5));
    }

    @Test
    void onlyListsUnownedDuplicate() {
        var ofOtherInstallation =
                new OwnershipMarker(OWNER.uid(), "create-1", "cluster-2", "shop", "nightly").addTo(Map.of());
        var withoutCreateId = Map.of(
                OwnershipMarker.UID, OWNER.uid(), OwnershipMarker.INSTALLATION, ReconcileInputBuilder.INSTALLATION);
        for (var other : List.of(
                snapshot("s-1", "available", ofOtherInstallation),
                snapshot("s-1", "available", withoutCreateId),
                ofVolume("volume-2", ownedSnapshot("s-1", "available", "create-1")),
                foreignSnapshot("s-1", "available"),
                unmarkedSnapshot("s-1", "available"))) {
            assertThat(deleted(decide(withSecondRecorded(), other, KEPT)))
                    .as("%s", other)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"creating", "deleting", "error_deleting", "rollbacking", "backing-up", "pondering", ""})
    void waitsForDuplicateInTransientState(String word) {
        var decision = decide(withSecondRecorded(), ownedSnapshot("s-1", word, "create-1"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(10));
    }

    @Test
    void deletesNoDuplicateWhileRecordedSnapshotIsNotListed() {
        assertThat(decide(withSecondRecorded(), ownedSnapshot("s-1", "available", "create-1")))
                .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(10)));
    }

    @Test
    void deletesNoDuplicateWhilePaused() {
        assertThat(deleted(decide(withSecondRecorded().paused(), ownedSnapshot("s-1", "available", "create-1"), KEPT)))
                .isEmpty();
    }

    @Test
    void retriesRejectedDuplicateDeleteAfterBackoff() {
        var rejected = withSecondRecorded().withFailures(rejectedDelete(NOON));
        var duplicate = ownedSnapshot("s-1", "available", "create-1");

        assertThat(deleted(decide(rejected.at(NOON.plusSeconds(4)), duplicate, KEPT)))
                .isEmpty();
        assertThat(deleted(decide(rejected.at(NOON.plusSeconds(5)), duplicate, KEPT)))
                .isPresent();
    }

    @Test
    void listsDuplicateUntilItIsGone() {
        var listed = withSecondRecorded().withDuplicates("s-1");

        assertThat(SnapshotRules.planObservation(listed.build()))
                .isEqualTo(new ObservationQuery.GetThenFindDuplicates(
                        new SnapshotId("s-2"), listed.build().markerQuery()));
        assertThat(listed(decide(listed, KEPT))).isEmpty();
    }

    @Test
    void keepsDuplicateListedAfterIncompleteSearch() {
        var input = withSecondRecorded().withDuplicates("s-1").build();
        var incomplete = new Observation.SearchResult(List.of(KEPT), List.of(), false, NOON);

        assertThat(SnapshotRules.decide(input, incomplete, "create-new").statusPatch())
                .isEmpty();
    }

    @Test
    void clearsDuplicatesThatAreGoneWhenRenameFollows() {
        var input = anInput()
                .named("other")
                .withCreateIntent()
                .withRecordedSnapshot("s-2", "available")
                .withReason(SnapshotReason.SnapshotAvailable)
                .withDuplicates("s-1")
                .build();
        var decision = SnapshotRules.decide(input, searchResult(input, KEPT), "create-new");
        assertThat(decision.action()).isInstanceOf(Action.UpdateSnapshot.class);

        var after =
                SnapshotRules.afterAction(input, decision.statusPatch().orElseThrow(), new UpdateResult.Updated(KEPT));

        assertThat(after.statusPatch().orElseThrow().duplicates()).contains(List.of());
    }

    @Test
    void renamesWhileDuplicateExists() {
        var decision = decide(
                withSecondRecorded().named("other").withGeneration(2),
                ownedSnapshot("s-3", "available", "create-2"),
                KEPT);

        assertThat(decision.action()).isInstanceOf(Action.UpdateSnapshot.class);
        assertThat(listed(decision)).containsExactly(new SnapshotId("s-3"));
        var after = SnapshotRules.afterAction(
                withSecondRecorded().build(), decision.statusPatch().orElseThrow(), new UpdateResult.Updated(KEPT));
        assertThat(listed(after)).containsExactly(new SnapshotId("s-3"));
        assertThat(after.requeueAfter()).contains(Duration.ofSeconds(10));
    }

    private static CloudSnapshot ofVolume(String volumeId, CloudSnapshot snapshot) {
        return CloudSnapshotBuilder.builder(snapshot)
                .volumeId(new VolumeId(volumeId))
                .build();
    }

    @Test
    void onlyListsDuplicateOfMissingSnapshot() {
        var missing = withSecondRecorded().withReason(SnapshotReason.SnapshotMissing);
        var id = new SnapshotId("s-2");

        assertThat(SnapshotRules.planObservation(missing.build()))
                .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(
                        id, missing.build().markerQuery()));
        var decision = decide(missing, ownedSnapshot("s-1", "available", "create-1"));
        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(decision.event()).isEmpty();
        assertThat(listed(decision)).containsExactly(new SnapshotId("s-1"));
        var statusPatch = decision.statusPatch().orElseThrow();
        assertThat(statusPatch.verdict().reason()).isEqualTo(SnapshotReason.SnapshotMissing);
        assertThat(statusPatch.verdict().detail()).contains("s-2", "s-1", "import");
        assertThat(statusPatch.snapshot()).isEmpty();
        assertThat(listed(decide(missing.withDuplicates("s-1")))).isEmpty();
    }
}
