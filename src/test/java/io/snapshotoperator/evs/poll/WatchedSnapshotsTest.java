/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchedSnapshotsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final PollUpdate UPDATE = new PollUpdate.NoLongerListed();
    private static final SnapshotId ID = new SnapshotId("a");

    private final WatchedSnapshots watched = new WatchedSnapshots();

    @Test
    void keepsTimeOfFirstRecordWhenStateIsUnchanged() {
        watched.add(snapshot("uid-1", "creating", NOON));

        watched.add(snapshot("uid-1", "creating", NOON.plusSeconds(1)));

        assertThat(watched.matching(any -> true)).containsExactly(snapshot("uid-1", "creating", NOON));
    }

    @Test
    void replacesRecordWhenStateChanges() {
        watched.add(snapshot("uid-1", "creating", NOON));

        watched.add(snapshot("uid-1", "available", NOON.plusSeconds(1)));

        assertThat(watched.matching(any -> true)).containsExactly(snapshot("uid-1", "available", NOON.plusSeconds(1)));
    }

    @Test
    void replacesRecordWhenObjectRecordsAnotherId() {
        var replaced = snapshot("uid-1", "error", NOON);
        watched.add(replaced);
        watched.putUpdateIfStillRecorded(replaced, UPDATE);
        var other = new WatchedState(new SnapshotId("b"), "creating", Optional.of("a"), false);

        watched.add(WatchedSnapshot.recordedAt(NOON, object("uid-1"), "uid-1", other));

        assertThat(watched.matching(any -> true))
                .extracting(WatchedSnapshot::id)
                .containsExactly(new SnapshotId("b"));
        assertThat(watched.takeUpdate("uid-1", other)).isEmpty();
        assertThat(read("uid-2", "available")).isEmpty();
    }

    @Test
    void returnsUpdateOnce() {
        watched.add(snapshot("uid-1", "creating", NOON));

        assertThat(watched.putUpdateIfStillRecorded(snapshot("uid-1", "creating", NOON), UPDATE))
                .isTrue();

        assertThat(watched.takeUpdate("uid-1", state("creating"))).contains(UPDATE);
        assertThat(watched.takeUpdate("uid-1", state("creating"))).isEmpty();
    }

    @Test
    void returnsUpdateToEachObjectThatShowsSnapshot() {
        var first = snapshot("uid-1", "creating", NOON);
        var second = snapshot("uid-2", "creating", NOON);
        watched.add(first);
        watched.add(second);
        watched.putUpdateIfStillRecorded(first, UPDATE);
        watched.putUpdateIfStillRecorded(second, UPDATE);

        assertThat(watched.takeUpdate("uid-1", state("creating"))).contains(UPDATE);
        assertThat(watched.takeUpdate("uid-2", state("creating"))).contains(UPDATE);
    }

    @Test
    void keepsUpdateForReconcileThatSeesRecordedState() {
        var newer = snapshot("uid-1", "available", NOON);
        watched.add(newer);
        watched.putUpdateIfStillRecorded(newer, UPDATE);

        assertThat(watched.takeUpdate("uid-1", state("creating"))).isEmpty();
        assertThat(watched.takeUpdate("uid-1", state("available"))).contains(UPDATE);
    }

    @Test
    void keepsReturnedUpdateUnlessThereIsNewerOne() {
        watched.add(snapshot("uid-1", "available", NOON));
        watched.returnUpdate("uid-1", state("creating"), UPDATE);
        assertThat(watched.isUnchanged("uid-1", state("available"))).isTrue();
        watched.returnUpdate("uid-1", state("available"), UPDATE);
        assertThat(watched.takeUpdate("uid-1", state("available"))).contains(UPDATE);

        read("uid-2", "error");
        watched.returnUpdate("uid-1", state("available"), UPDATE);

        assertThat(watched.takeUpdate("uid-1", state("available"))).get().isInstanceOf(PollUpdate.Changed.class);
    }

    @Test
    void dropsUpdateOfOlderRecordedState() {
        var older = snapshot("uid-1", "creating", NOON);
        watched.add(older);
        watched.add(snapshot("uid-1", "available", NOON.plusSeconds(1)));

        assertThat(watched.putUpdateIfStillRecorded(older, UPDATE)).isFalse();

        assertThat(watched.takeUpdate("uid-1", state("available"))).isEmpty();
    }

    @Test
    void dropsUpdateOfRemovedObject() {
        var removed = snapshot("uid-1", "creating", NOON);
        watched.add(removed);
        watched.putUpdateIfStillRecorded(removed, UPDATE);
        watched.remove("uid-1");

        assertThat(watched.putUpdateIfStillRecorded(removed, UPDATE)).isFalse();
        assertThat(watched.isEmpty()).isTrue();
        watched.add(removed);
        assertThat(watched.takeUpdate("uid-1", state("creating"))).isEmpty();
    }

    @Test
    void triggersOnlyOtherObjectsWhoseRecordDiffersFromRead() {
        watched.add(snapshot("reader", "creating", NOON));
        watched.add(snapshot("same", "available", NOON));
        watched.add(snapshot("other", "creating", NOON));

        assertThat(read("reader", "available")).containsExactly(object("other"));
        assertThat(read("reader", "available")).isEmpty();
        assertThat(watched.takeUpdate("other", state("creating"))).get().isInstanceOf(PollUpdate.Changed.class);
        assertThat(watched.takeUpdate("same", state("available"))).isEmpty();
    }

    @Test
    void triggersOtherObjectsOnceWhenSnapshotIsGone() {
        watched.add(snapshot("reader", "available", NOON));
        watched.add(snapshot("other", "available", NOON));
        watched.add(WatchedSnapshot.recordedAt(
                NOON, object("knows"), "knows", new WatchedState(ID, "available", Optional.of("a"), true)));

        assertThat(watched.requireRead("reader", ID)).containsExactly(object("other"));
        assertThat(watched.requireRead("reader", ID)).isEmpty();
        assertThat(watched.takeUpdate("other", state("available"))).contains(UPDATE);
    }

    @Test
    void ignoresListsThatBeganBeforeRead() {
        watched.add(snapshot("uid-1", "available", NOON));

        read("uid-1", "available");

        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(5))))
                .isEmpty();
        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(6))))
                .hasSize(1);
    }

    @Test
    void ignoresListsOfOneIntervalAfterReadOfTransientState() {
        watched.add(snapshot("uid-1", "backing-up", NOON));

        read("uid-1", "backing-up");

        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(15))))
                .isEmpty();
        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(16))))
                .hasSize(1);
    }

    @Test
    void dropsNoUpdateBecauseOfListThatBeganBeforeIt() {
        watched.add(snapshot("uid-1", "available", NOON));
        read("uid-2", "error");

        watched.dropUpdateIfUnchanged(FakeCloud.snapshot("a", "available", Map.of()), NOON.plusSeconds(5));
        assertThat(watched.isUnchanged("uid-1", state("available"))).isFalse();

        watched.dropUpdateIfUnchanged(FakeCloud.snapshot("a", "available", Map.of()), NOON.plusSeconds(6));
        assertThat(watched.isUnchanged("uid-1", state("available"))).isTrue();
    }

    @Test
    void doesNotWatchSnapshotThatIsOnlyRead() {
        read("uid-1", "creating");

        assertThat(watched.isEmpty()).isTrue();
    }

    @Test
    void correctsTimesOfClockThatWasAhead() {
        watched.add(snapshot("uid-1", "creating", NOON.plusSeconds(1_000_000)));
        watched.add(snapshot("uid-2", "creating", NOON.plusSeconds(20)));

        watched.correctTimes(NOON, Duration.ofSeconds(20));

        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(1))))
                .extracting(WatchedSnapshot::uid)
                .containsExactly("uid-1");
    }

    private List<ResourceID> read(String reader, String word) {
        return watched.compareWithRead(
                reader, FakeCloud.snapshot("a", word, Map.of()), NOON.plusSeconds(5), NOON.plusSeconds(15));
    }

    private static WatchedSnapshot snapshot(String uid, String word, Instant since) {
        return WatchedSnapshot.recordedAt(since, object(uid), uid, state(word));
    }

    private static WatchedState state(String word) {
        return new WatchedState(ID, word, Optional.of("a"), false);
    }

    private static ResourceID object(String uid) {
        return new ResourceID(uid, "default");
    }
}
