/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.aCase;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.another;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.failedToDelete;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.nobodys;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ours;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.search;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.status.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateRulesTest {
    private static final CloudSnapshot KEPT = ours("s-2", "available", "order-2");

    private static ReconcileInputBuilder holdingTheSecond() {
        return aCase().withIntent(
                        anIntent().nextCreate("order-2", aCase().build().wish(), NOON))
                .holding("s-2", "available")
                .readySince(NOON)
                .saying(Reason.SnapshotAvailable);
    }

    private static Decision decide(ReconcileInputBuilder builder, CloudSnapshot... hits) {
        var it = builder.build();
        return SnapshotRules.decide(it, search(it, hits), "order-fresh");
    }

    private static Optional<SnapshotId> deleted(Decision decision) {
        return decision.deed() instanceof Action.DeleteSnapshot deed ? Optional.of(deed.id()) : Optional.empty();
    }

    private static List<SnapshotId> named(Decision decision) {
        return decision.page().orElseThrow().surplus().orElseThrow();
    }

    @Test
    void deletesAndListsDuplicateOfLateCreate() {
        var decision = decide(holdingTheSecond(), ours("s-1", "available", "order-1"), KEPT);

        assertThat(decision.deed())
                .isEqualTo(new Action.DeleteSnapshot(new SnapshotId("s-1"), KEPT.volumeId(), Optional.empty(), true));
        assertThat(named(decision)).containsExactly(new SnapshotId("s-1"));
        assertThat(decision.page().orElseThrow().verdict().reason()).isEqualTo(Reason.SnapshotAvailable);
    }

    @Test
    void onlyListsSnapshotWithCopiedMarker() {
        var decision = decide(holdingTheSecond(), ours("s-3", "available", "order-2"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(named(decision)).containsExactly(new SnapshotId("s-3"));
        assertThat(decision.lookAgainWithin()).contains(Duration.ofMinutes(5));
    }

    @Test
    void onlyListsUnownedDuplicate() {
        var elsewhere = new OwnershipMarker(OWNER.uid(), "order-1", "cluster-2", "shop", "nightly").addTo(Map.of());
        var noOrder = Map.of(
                OwnershipMarker.UID, OWNER.uid(), OwnershipMarker.INSTALLATION, ReconcileInputBuilder.INSTALLATION);
        for (var other : List.of(
                snapshot("s-1", "available", elsewhere),
                snapshot("s-1", "available", noOrder),
                ofDisk("disk-2", ours("s-1", "available", "order-1")),
                another("s-1", "available"),
                nobodys("s-1", "available"))) {
            assertThat(deleted(decide(holdingTheSecond(), other, KEPT)))
                    .as("%s", other)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"creating", "deleting", "error_deleting", "rollbacking", "backing-up", "pondering", ""})
    void waitsForDuplicateInTransientState(String word) {
        var decision = decide(holdingTheSecond(), ours("s-1", word, "order-1"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(decision.lookAgainWithin()).contains(Duration.ofSeconds(10));
    }

    @Test
    void deletesNoDuplicateWhileRecordedSnapshotIsNotListed() {
        assertThat(decide(holdingTheSecond(), ours("s-1", "available", "order-1")))
                .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(10)));
    }

    @Test
    void deletesNoDuplicateWhilePaused() {
        assertThat(deleted(decide(holdingTheSecond().paused(), ours("s-1", "available", "order-1"), KEPT)))
                .isEmpty();
    }

    @Test
    void retriesRejectedDuplicateDeleteAfterBackoff() {
        var refused = holdingTheSecond().after(failedToDelete(NOON));
        var surplus = ours("s-1", "available", "order-1");

        assertThat(deleted(decide(refused.at(NOON.plusSeconds(4)), surplus, KEPT)))
                .isEmpty();
        assertThat(deleted(decide(refused.at(NOON.plusSeconds(5)), surplus, KEPT)))
                .isPresent();
    }

    @Test
    void listsDuplicateUntilItIsGone() {
        var named = holdingTheSecond().withSurplus("s-1");

        assertThat(SnapshotRules.planObservation(named.build()))
                .isEqualTo(new ObservationQuery.GetThenFindDuplicates(
                        new SnapshotId("s-2"), named.build().markerQuery()));
        assertThat(named(decide(named, KEPT))).isEmpty();
    }

    @Test
    void keepsDuplicateListedAfterIncompleteSearch() {
        var it = holdingTheSecond().withSurplus("s-1").build();
        var incomplete = new Observation.SearchResult(List.of(KEPT), List.of(), false, NOON);

        assertThat(SnapshotRules.decide(it, incomplete, "order-fresh").page()).isEmpty();
    }

    @Test
    void renamesWhileDuplicateExists() {
        var decision =
                decide(holdingTheSecond().named("other").withGeneration(2), ours("s-3", "available", "order-2"), KEPT);

        assertThat(decision.deed()).isInstanceOf(Action.UpdateSnapshot.class);
        assertThat(named(decision)).containsExactly(new SnapshotId("s-3"));
        var after = SnapshotRules.afterAction(
                holdingTheSecond().build(),
                (Action.UpdateSnapshot) decision.deed(),
                decision.page().orElseThrow(),
                new ActionResult.Succeeded(KEPT));
        assertThat(named(after)).containsExactly(new SnapshotId("s-3"));
        assertThat(after.lookAgainWithin()).contains(Duration.ofSeconds(10));
    }

    private static CloudSnapshot ofDisk(String disk, CloudSnapshot it) {
        return new CloudSnapshot(
                it.id(),
                it.wireState(),
                Optional.of(new VolumeId(disk)),
                it.name(),
                it.description(),
                it.sizeGiB(),
                it.createdAt(),
                it.updatedAt(),
                it.metadata());
    }

    @Test
    void onlyListsDuplicateOfMissingSnapshot() {
        var lost = holdingTheSecond().saying(Reason.Lost);
        var id = new SnapshotId("s-2");

        assertThat(SnapshotRules.planObservation(lost.build()))
                .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(
                        id, lost.build().markerQuery()));
        var decision = decide(lost, ours("s-1", "available", "order-1"));
        assertThat(decision.deed()).isInstanceOf(Action.None.class);
        assertThat(decision.notice()).isEmpty();
        assertThat(named(decision)).containsExactly(new SnapshotId("s-1"));
        var page = decision.page().orElseThrow();
        assertThat(page.verdict().reason()).isEqualTo(Reason.Lost);
        assertThat(page.verdict().detail()).contains("s-2", "s-1", "import");
        assertThat(page.seen()).isEmpty();
        assertThat(named(decide(lost.withSurplus("s-1")))).isEmpty();
    }
}
