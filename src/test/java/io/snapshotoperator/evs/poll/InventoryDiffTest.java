/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static io.snapshotoperator.evs.poll.FakeCloud.markerOf;
import static io.snapshotoperator.evs.poll.FakeCloud.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.poll.InventoryDiff.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InventoryDiffTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void findsNothingWhenListEqualsRecordedStates() {
        var diff = diff(inventory(snapshot("a", "available", markerOf("uid-a"))), watched("a", "available"));

        assertThat(diff).isEqualTo(new InventoryDiff(List.of(), Set.of(), false));
    }

    @Test
    void findsChangedStatusWord() {
        var listed = snapshot("a", "error", Map.of());
        var watched = watched("a", "available");

        assertThat(diff(inventory(listed), watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Changed(listed)));
    }

    @Test
    void findsChangedName() {
        var listed = snapshot("a", "available", Map.of());
        var watched = WatchedSnapshot.recordedAt(
                NOON.minusSeconds(1),
                object("a"),
                "uid-a",
                new WatchedState(new SnapshotId("a"), "available", Optional.of("previous name"), false));

        assertThat(diff(inventory(listed), watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Changed(listed)));
    }

    @Test
    void findsDuplicateByMarker() {
        var watched = watched("a", "available");
        var inventory =
                inventory(snapshot("a", "available", markerOf("uid-a")), snapshot("b", "available", markerOf("uid-a")));

        assertThat(diff(inventory, watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Duplicated()));
    }

    @Test
    void findsDuplicateBesideRecordedSnapshotWithoutMarker() {
        var watched = watched("a", "available");
        var inventory = inventory(snapshot("a", "available", Map.of()), snapshot("b", "available", markerOf("uid-a")));

        assertThat(diff(inventory, watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Duplicated()));
    }

    @Test
    void reportsChangeBeforeDuplicate() {
        var watched = watched("a", "creating");
        var inventory =
                inventory(snapshot("a", "available", markerOf("uid-a")), snapshot("b", "available", markerOf("uid-a")));

        assertThat(diff(inventory, watched).findings())
                .extracting(Finding::update)
                .containsExactly(new PollUpdate.Changed(snapshot("a", "available", markerOf("uid-a"))));
    }

    @Test
    void reportsFiveMissingOfFive() {
        var diff = diff(inventory(), all(5, "available"));

        assertThat(diff.suspicious()).isFalse();
        assertThat(diff.findings()).hasSize(5);
        assertThat(diff.missing()).hasSize(5);
    }

    @Test
    void reportsSixMissingOfTwelve() {
        var diff = diff(inventory(listed(6, 12)), all(12, "available"));

        assertThat(diff.suspicious()).isFalse();
        assertThat(diff.findings()).hasSize(6);
    }

    @Test
    void reportsNothingWhenSixOfElevenAreMissing() {
        var diff = diff(inventory(listed(6, 11)), all(11, "available"));

        assertThat(diff.suspicious()).isTrue();
        assertThat(diff.findings()).isEmpty();
        assertThat(diff.missing()).hasSize(6);
    }

    @Test
    void reportsOnlySnapshotsThatTwoInventoriesDoNotListWhenSuspicious() {
        var diff = InventoryDiff.of(inventory(), List.of(all(6, "available")), Set.of(new SnapshotId("s-2")));

        assertThat(diff.suspicious()).isTrue();
        assertThat(diff.findings())
                .containsExactly(new Finding(watched("s-2", "available"), new PollUpdate.NoLongerListed()));
    }

    @Test
    void reportsMissingSnapshotsBeingCreatedEvenWhenSuspicious() {
        var diff = diff(inventory(), all(6, "creating"));

        assertThat(diff.suspicious()).isTrue();
        assertThat(diff.findings()).hasSize(6).allMatch(finding -> finding.update()
                .equals(new PollUpdate.NoLongerListed()));
    }

    @Test
    void reportsMissingSnapshotInDeletionAsDeleted() {
        var watched = watched("a", "deleting");

        assertThat(diff(inventory(), watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Deleted()));
    }

    @Test
    void reportsManyDeletedSnapshotsWhenTwoInventoriesDoNotListThem() {
        var watched = List.of(all(6, "deleting"));

        var first = InventoryDiff.of(inventory(), watched, Set.of());
        var second = InventoryDiff.of(inventory(), watched, first.missing());

        assertThat(first.findings()).isEmpty();
        assertThat(second.findings()).hasSize(6).allMatch(finding -> finding.update()
                .equals(new PollUpdate.Deleted()));
    }

    @Test
    void reportsChangeToEachObjectThatShowsSnapshot() {
        var listed = snapshot("a", "error", Map.of());
        var first = watched("a", "uid-1", "available", false);
        var second = watched("a", "uid-2", "creating", false);

        assertThat(diff(inventory(listed), first, second).findings())
                .containsExactly(
                        new Finding(first, new PollUpdate.Changed(listed)),
                        new Finding(second, new PollUpdate.Changed(listed)));
    }

    @Test
    void reportsOneMissingSnapshotOfManyObjectsAtOnce() {
        var watched = IntStream.range(0, 8)
                .mapToObj(number -> watched("a", "uid-" + number, "available", false))
                .toArray(WatchedSnapshot[]::new);

        var diff = diff(inventory(), watched);

        assertThat(diff.suspicious()).isFalse();
        assertThat(diff.findings()).hasSize(8);
    }

    @Test
    void reportsMissingSnapshotOnlyWhenItIsListedAgain() {
        var listed = snapshot("a", "deleting", Map.of());
        var watched = watched("a", "uid-a", "deleting", true);

        assertThat(diff(inventory(), watched)).isEqualTo(new InventoryDiff(List.of(), Set.of(), false));
        assertThat(diff(inventory(listed), watched).findings())
                .containsExactly(new Finding(watched, new PollUpdate.Changed(listed)));
    }

    @Test
    void findsSnapshotWithMarkerOfObjectWhoseOwnIsMissing() {
        var watched = watched("a", "uid-a", "available", true);

        assertThat(diff(inventory(snapshot("b", "available", markerOf("uid-a"))), watched)
                        .findings())
                .containsExactly(new Finding(watched, new PollUpdate.Duplicated()));
    }

    @Test
    void rejectsInventoryOfIncompleteList() {
        var incomplete = new Listing<CloudSnapshot>(List.of(), false);

        assertThatThrownBy(() -> Inventory.of(NOON, incomplete)).isInstanceOf(IllegalArgumentException.class);
    }

    private static InventoryDiff diff(Inventory inventory, WatchedSnapshot... watched) {
        return InventoryDiff.of(inventory, List.of(watched), Set.of());
    }

    private static Inventory inventory(CloudSnapshot... snapshots) {
        return Inventory.of(NOON, new Listing<>(List.of(snapshots), true));
    }

    private static CloudSnapshot[] listed(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> snapshot("s-" + number, "available", Map.of()))
                .toArray(CloudSnapshot[]::new);
    }

    private static WatchedSnapshot[] all(int count, String word) {
        return Stream.iterate(0, number -> number + 1)
                .limit(count)
                .map(number -> watched("s-" + number, word))
                .toArray(WatchedSnapshot[]::new);
    }

    private static WatchedSnapshot watched(String name, String word) {
        return watched(name, "uid-" + name, word, false);
    }

    private static WatchedSnapshot watched(String name, String uid, String word, boolean missing) {
        return WatchedSnapshot.recordedAt(
                NOON.minusSeconds(1),
                object(uid),
                uid,
                new WatchedState(new SnapshotId(name), word, Optional.of(name), missing));
    }

    private static ResourceID object(String name) {
        return new ResourceID(name, "default");
    }
}
