/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The snapshots that objects record, and the updates that their reconciles did not take yet. Safe for many threads. */
final class WatchedSnapshots {
    private final Map<SnapshotId, WatchedSnapshot> watched = new HashMap<>();
    private final Map<SnapshotId, PollUpdate> updates = new HashMap<>();

    /**
     * Watches a snapshot. Does nothing if the same recorded state of its id is already watched. Otherwise drops the update of
     * the older recorded state.
     */
    synchronized void add(WatchedSnapshot snapshot) {
        var previous = watched.get(snapshot.id());
        if (previous == null || !previous.recorded().equals(snapshot.recorded())) {
            watched.put(snapshot.id(), snapshot);
            updates.remove(snapshot.id());
        }
    }

    /** Makes lists that begin before {@code time} prove nothing about the snapshot. */
    synchronized void ignoreListsBefore(Instant time, SnapshotId id) {
        watched.computeIfPresent(id, (key, snapshot) -> snapshot.withSince(time));
    }

    /** Drops an older update of the state, if a newer observation shows the recorded state again. */
    synchronized void dropUpdateIfUnchanged(CloudSnapshot observed) {
        var snapshot = watched.get(observed.id());
        if (snapshot != null && !snapshot.differsFrom(observed)) {
            updates.computeIfPresent(
                    observed.id(), (id, update) -> update instanceof PollUpdate.Duplicated ? update : null);
        }
    }

    /** Stops watching the snapshots of an object. */
    synchronized void remove(String uid) {
        watched.values().removeIf(snapshot -> snapshot.uid().equals(uid));
    }

    synchronized boolean isEmpty() {
        return watched.isEmpty();
    }

    synchronized List<WatchedSnapshot> matching(Predicate<WatchedSnapshot> predicate) {
        return watched.values().stream().filter(predicate).toList();
    }

    /**
     * Stores an update for the next reconcile of the object. An update of an older recorded state is dropped.
     *
     * @return whether the update was stored
     */
    synchronized boolean putUpdateIfStillRecorded(WatchedSnapshot snapshot, PollUpdate update) {
        if (!snapshot.equals(watched.get(snapshot.id()))) {
            return false;
        }
        updates.put(snapshot.id(), update);
        return true;
    }

    /** Returns and removes the update of a snapshot; empty if there is none. */
    synchronized Optional<PollUpdate> takeUpdate(SnapshotId id) {
        return Optional.ofNullable(updates.remove(id));
    }
}
