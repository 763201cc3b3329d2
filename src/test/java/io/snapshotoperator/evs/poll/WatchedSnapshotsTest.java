/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchedSnapshotsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final PollUpdate UPDATE = new PollUpdate.NoLongerListed();
    private static final SnapshotId ID = new SnapshotId("a");

    private final WatchedSnapshots watched = new WatchedSnapshots();

    @Test
    void keepsTimeOfFirstRecordWhenStateIsUnchanged() {
        watched.add(snapshot("creating", NOON));

        watched.add(snapshot("creating", NOON.plusSeconds(1)));

        assertThat(watched.matching(any -> true)).containsExactly(snapshot("creating", NOON));
    }

    @Test
    void replacesRecordWhenStateChanges() {
        watched.add(snapshot("creating", NOON));

        watched.add(snapshot("available", NOON.plusSeconds(1)));

        assertThat(watched.matching(any -> true)).containsExactly(snapshot("available", NOON.plusSeconds(1)));
    }

    @Test
    void returnsUpdateOnce() {
        watched.add(snapshot("creating", NOON));

        assertThat(watched.putUpdateIfStillRecorded(snapshot("creating", NOON), UPDATE))
                .isTrue();

        assertThat(watched.takeUpdate(ID)).contains(UPDATE);
        assertThat(watched.takeUpdate(ID)).isEmpty();
    }

    @Test
    void dropsUpdateOfOlderRecordedState() {
        var older = snapshot("creating", NOON);
        watched.add(older);
        watched.add(snapshot("available", NOON.plusSeconds(1)));

        assertThat(watched.putUpdateIfStillRecorded(older, UPDATE)).isFalse();

        assertThat(watched.takeUpdate(ID)).isEmpty();
    }

    @Test
    void dropsUpdateOfRemovedObject() {
        var removed = snapshot("creating", NOON);
        watched.add(removed);
        watched.remove("uid-a");

        assertThat(watched.putUpdateIfStillRecorded(removed, UPDATE)).isFalse();

        assertThat(watched.isEmpty()).isTrue();
    }

    @Test
    void movesTimeFromWhichListsCount() {
        watched.add(snapshot("creating", NOON));

        watched.ignoreListsBefore(NOON.plusSeconds(10), ID);

        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(10))))
                .isEmpty();
        assertThat(watched.matching(entry -> entry.isRecordedBefore(NOON.plusSeconds(11))))
                .hasSize(1);
    }

    @Test
    void doesNotWatchSnapshotThatIsOnlyRead() {
        watched.ignoreListsBefore(NOON, ID);

        assertThat(watched.isEmpty()).isTrue();
    }

    private static WatchedSnapshot snapshot(String word, Instant since) {
        return new WatchedSnapshot(
                new ResourceID("a", "default"), "uid-a", new WatchedState(ID, word, Optional.of("a")), since);
    }
}
