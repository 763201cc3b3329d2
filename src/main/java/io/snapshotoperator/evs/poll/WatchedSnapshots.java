/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What each object records of its snapshot, and the updates that their reconciles did not take yet. Several objects can record
 * the same snapshot; each gets its own update. Safe for many threads.
 */
final class WatchedSnapshots {
    private final Map<String, WatchedSnapshot> byUid = new HashMap<>();
    private final Map<SnapshotId, Set<String>> uidsById = new HashMap<>();
    private final Map<String, PollUpdate> updates = new HashMap<>();
    private final Map<String, Instant> lastSeenInCreation = new HashMap<>();

    /**
     * Watches what an object records now, instead of what it recorded before. Does nothing if that is the same. Otherwise drops
     * the update of the older recorded state.
     */
    synchronized void add(WatchedSnapshot snapshot) {
        var previous = byUid.get(snapshot.uid());
        if (previous == null || !previous.recorded().equals(snapshot.recorded())) {
            remove(snapshot.uid());
            byUid.put(snapshot.uid(), snapshot);
            uidsById.merge(snapshot.id(), Set.of(snapshot.uid()), WatchedSnapshots::union);
        }
    }

    /** Stops watching the snapshot of an object, and drops its update. */
    synchronized void remove(String uid) {
        updates.remove(uid);
        lastSeenInCreation.remove(uid);
        var removed = byUid.remove(uid);
        if (removed != null) {
            uidsById.computeIfPresent(removed.id(), (id, uids) -> without(uid, uids));
        }
    }

    /** Keeps the sequence. Nearly every set has one element, and an immutable set of one is small. */
    private static Set<String> union(Set<String> uids, Set<String> added) {
        var all = new LinkedHashSet<>(uids);
        all.addAll(added);
        return all;
    }

    private static Set<String> without(String uid, Set<String> uids) {
        var others = new LinkedHashSet<>(uids);
        others.remove(uid);
        return others.isEmpty() ? null : others;
    }

    synchronized boolean isEmpty() {
        return byUid.isEmpty();
    }

    synchronized List<WatchedSnapshot> matching(Predicate<WatchedSnapshot> predicate) {
        return byUid.values().stream().filter(predicate).toList();
    }

    /** Whether the object is watched with this recorded state, and has no update. */
    synchronized boolean isUnchanged(String uid, WatchedState recorded) {
        return !updates.containsKey(uid) && records(uid, recorded);
    }

    /**
     * Stores an update for the next reconcile of the object. An update of an older recorded state is dropped.
     *
     * @return whether the update was stored
     */
    synchronized boolean putUpdateIfStillRecorded(WatchedSnapshot snapshot, PollUpdate update) {
        if (!snapshot.equals(byUid.get(snapshot.uid()))) {
            return false;
        }
        updates.put(snapshot.uid(), update);
        return true;
    }

    /**
     * Keeps when a snapshot was last seen in creation, until its object records another state. Does nothing if a time is kept
     * already, because the first update shows that the creation ended.
     */
    synchronized void keepLastSeenInCreation(String uid, Instant time) {
        lastSeenInCreation.putIfAbsent(uid, time);
    }

    synchronized Optional<Instant> lastSeenInCreation(String uid) {
        return Optional.ofNullable(lastSeenInCreation.get(uid));
    }

    /**
     * Returns and removes the update of an object; empty if there is none.
     *
     * @param recorded what the reconcile sees. If the object recorded another state since, the update is not for this reconcile
     */
    synchronized Optional<PollUpdate> takeUpdate(String uid, WatchedState recorded) {
        return records(uid, recorded) ? Optional.ofNullable(updates.remove(uid)) : Optional.empty();
    }

    /** Stores an update again that the object did not use. Drops it if there is a newer one, or if the record changed since. */
    synchronized void returnUpdate(String uid, WatchedState recorded, PollUpdate update) {
        if (records(uid, recorded)) {
            updates.putIfAbsent(uid, update);
        }
    }

    private boolean records(String uid, WatchedState recorded) {
        return Optional.ofNullable(byUid.get(uid))
                .filter(snapshot -> snapshot.recorded().equals(recorded))
                .isPresent();
    }

    /**
     * Compares a snapshot that was just read by its id with what all objects record of it. The read supersedes lists that began
     * before, and updates that resulted from them.
     *
     * @param reader the UID of the object that learns of the read in its running reconcile; no object has the empty UID
     * @param unchangedUntil until this time, lists without the snapshot are outdated if the read shows the recorded transient
     *     state. Otherwise each list could cause another read
     * @return the other objects that have news now
     */
    synchronized List<ResourceID> compareWithRead(
            String reader, CloudSnapshot read, Instant now, Instant unchangedUntil) {
        List<ResourceID> withNews = new ArrayList<>();
        for (var uid : uidsById.getOrDefault(read.id(), Set.of())) {
            var snapshot = byUid.get(uid);
            if (!snapshot.differsFrom(read)) {
                byUid.put(uid, snapshot.withListsCountFrom(snapshot.isTransient() ? unchangedUntil : now));
                lastSeenInCreation.remove(uid);
                dropUnlessDuplicated(uid);
                continue;
            }
            byUid.put(uid, snapshot.withListsCountFrom(now));
            var update = new PollUpdate.Changed(read);
            if (!update.equals(updates.put(uid, update)) && !uid.equals(reader)) {
                withNews.add(snapshot.object());
            }
        }
        return withNews;
    }

    /** Drops older updates of the state, if a list that began later shows the recorded state. */
    synchronized void dropUpdateIfUnchanged(CloudSnapshot listed, Instant listStart) {
        for (var uid : uidsById.getOrDefault(listed.id(), Set.of())) {
            var snapshot = byUid.get(uid);
            if (snapshot.isRecordedBefore(listStart) && !snapshot.differsFrom(listed)) {
                lastSeenInCreation.remove(uid);
                dropUnlessDuplicated(uid);
            }
        }
    }

    /** Returns the watched snapshots that record another state than a list shows that began later. */
    synchronized List<WatchedSnapshot> changedBy(CloudSnapshot listed, Instant listStart) {
        return uidsById.getOrDefault(listed.id(), Set.of()).stream()
                .map(byUid::get)
                .filter(snapshot -> snapshot.isRecordedBefore(listStart) && snapshot.differsFrom(listed))
                .toList();
    }

    private void dropUnlessDuplicated(String uid) {
        updates.computeIfPresent(uid, (key, update) -> update instanceof PollUpdate.Duplicated ? update : null);
    }

    /**
     * Lets the other objects that show a snapshot read it.
     *
     * @param reader the UID of the object that needs no update
     * @return the objects that have news now
     */
    synchronized List<ResourceID> requireRead(String reader, SnapshotId id) {
        List<ResourceID> withNews = new ArrayList<>();
        for (var uid : uidsById.getOrDefault(id, Set.of())) {
            var snapshot = byUid.get(uid);
            var update = new PollUpdate.NoLongerListed();
            if (!uid.equals(reader) && !snapshot.recorded().missing() && !update.equals(updates.put(uid, update))) {
                withNews.add(snapshot.object());
            }
        }
        return withNews;
    }

    /** Corrects times that a clock has set that was ahead: no time may be later than {@code maxAhead} after now. */
    synchronized void correctTimes(Instant now, Duration maxAhead) {
        byUid.replaceAll((uid, snapshot) -> snapshot.listsCountFrom().isAfter(now.plus(maxAhead))
                ? WatchedSnapshot.recordedAt(now, snapshot.object(), uid, snapshot.recorded())
                : snapshot);
    }
}
