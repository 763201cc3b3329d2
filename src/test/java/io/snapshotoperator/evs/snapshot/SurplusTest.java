/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.CaseBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.aCase;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.another;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.failedToDelete;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.nobodys;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.ours;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.search;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.snapshot;
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

class SurplusTest {
    private static final CloudSnapshot KEPT = ours("s-2", "available", "order-2");

    private static CaseBuilder holdingTheSecond() {
        return aCase().withIntent(anIntent().again("order-2", aCase().build().wish(), NOON))
                .holding("s-2", "available")
                .readySince(NOON)
                .saying(Reason.SnapshotAvailable);
    }

    private static Decision decide(CaseBuilder builder, CloudSnapshot... hits) {
        var it = builder.build();
        return Rules.decide(it, search(it, hits), "order-fresh");
    }

    private static Optional<SnapshotId> deleted(Decision decision) {
        return decision.deed() instanceof Deed.Delete deed ? Optional.of(deed.id()) : Optional.empty();
    }

    private static List<SnapshotId> named(Decision decision) {
        return decision.page().orElseThrow().surplus().orElseThrow();
    }

    @Test
    void theRestOfALateOrderIsDeletedAndNamed() {
        var decision = decide(holdingTheSecond(), ours("s-1", "available", "order-1"), KEPT);

        assertThat(decision.deed())
                .isEqualTo(new Deed.Delete(new SnapshotId("s-1"), KEPT.volumeId(), Optional.empty(), true));
        assertThat(named(decision)).containsExactly(new SnapshotId("s-1"));
        assertThat(decision.page().orElseThrow().verdict().reason()).isEqualTo(Reason.SnapshotAvailable);
    }

    @Test
    void aCopyOfTheMarkerIsOnlyNamed() {
        var decision = decide(holdingTheSecond(), ours("s-3", "available", "order-2"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(named(decision)).containsExactly(new SnapshotId("s-3"));
        assertThat(decision.lookAgainWithin()).contains(Duration.ofMinutes(5));
    }

    @Test
    void whatIsNotOursIsOnlyNamed() {
        var elsewhere = new Marker(OWNER.uid(), "order-1", "cluster-2", "shop", "nightly").beside(Map.of());
        var noOrder = Map.of(Marker.UID, OWNER.uid(), Marker.INSTALLATION, CaseBuilder.INSTALLATION);
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
    void whatTheCloudWouldNotDeleteNowIsWaitedFor(String word) {
        var decision = decide(holdingTheSecond(), ours("s-1", word, "order-1"), KEPT);

        assertThat(deleted(decision)).isEmpty();
        assertThat(decision.lookAgainWithin()).contains(Duration.ofSeconds(10));
    }

    @Test
    void nothingGoesWhileTheRecordedOneIsNotShown() {
        assertThat(decide(holdingTheSecond(), ours("s-1", "available", "order-1")))
                .isEqualTo(Decision.leave().again(Duration.ofSeconds(10)));
    }

    @Test
    void nothingGoesWhilePaused() {
        assertThat(deleted(decide(holdingTheSecond().paused(), ours("s-1", "available", "order-1"), KEPT)))
                .isEmpty();
    }

    @Test
    void aRefusedDeletionIsTriedAgainAfterItsPause() {
        var refused = holdingTheSecond().after(failedToDelete(NOON));
        var surplus = ours("s-1", "available", "order-1");

        assertThat(deleted(decide(refused.at(NOON.plusSeconds(4)), surplus, KEPT)))
                .isEmpty();
        assertThat(deleted(decide(refused.at(NOON.plusSeconds(5)), surplus, KEPT)))
                .isPresent();
    }

    @Test
    void isLookedForUntilItIsGoneAndThenNamedNoLonger() {
        var named = holdingTheSecond().withSurplus("s-1");

        assertThat(Rules.question(named.build()))
                .isEqualTo(
                        new Question.Beside(new SnapshotId("s-2"), named.build().search()));
        assertThat(named(decide(named, KEPT))).isEmpty();
    }

    @Test
    void isNotSaidToBeGoneByALookThatMayHaveMissedIt() {
        var it = holdingTheSecond().withSurplus("s-1").build();
        var incomplete = new Sighting.Searched(List.of(KEPT), List.of(), false, NOON);

        assertThat(Rules.decide(it, incomplete, "order-fresh").page()).isEmpty();
    }

    @Test
    void doesNotKeepARenamingFromBeingCarriedOut() {
        var decision =
                decide(holdingTheSecond().named("other").withGeneration(2), ours("s-3", "available", "order-2"), KEPT);

        assertThat(decision.deed()).isInstanceOf(Deed.Change.class);
        assertThat(named(decision)).containsExactly(new SnapshotId("s-3"));
        var after = Rules.after(
                holdingTheSecond().build(),
                (Deed.Change) decision.deed(),
                decision.page().orElseThrow(),
                new Answer.Taken(KEPT));
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
    void ofALostOneIsNamedAndNeitherDeletedNorPutInItsPlace() {
        var lost = holdingTheSecond().saying(Reason.Lost);
        var id = new SnapshotId("s-2");

        assertThat(Rules.question(lost.build()))
                .isEqualTo(new Question.Vanished(id, lost.build().search()));
        var decision = decide(lost, ours("s-1", "available", "order-1"));
        assertThat(decision.deed()).isInstanceOf(Deed.Nothing.class);
        assertThat(decision.notice()).isEmpty();
        assertThat(named(decision)).containsExactly(new SnapshotId("s-1"));
        var page = decision.page().orElseThrow();
        assertThat(page.verdict().reason()).isEqualTo(Reason.Lost);
        assertThat(page.verdict().detail()).contains("s-2", "s-1", "import");
        assertThat(page.seen()).isEmpty();
        assertThat(named(decide(lost.withSurplus("s-1")))).isEmpty();
    }
}
