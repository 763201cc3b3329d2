/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what a read by id returned while the second call of the same observation waits. Without it, an observation of two calls
 * would spend each permit on the first one and never make the second. Safe for use by many threads.
 */
public final class RecentReads {
    /** An older read is not used. */
    private static final Duration MAX_AGE = Duration.ofSeconds(30);

    /**
     * A read by id.
     *
     * @param snapshot empty if the cloud responded with 404
     */
    public record Read(SnapshotId id, Optional<CloudSnapshot> snapshot, Instant at) {
        private boolean isRecent(Instant now) {
            return !at.isAfter(now) && at.plus(MAX_AGE).isAfter(now);
        }
    }

    private final Map<String, Read> byUid = new ConcurrentHashMap<>();

    /**
     * Keeps a read of one object. A recent read of the same snapshot stays, with its time. Drops the reads of all objects that
     * are no longer recent.
     *
     * @param snapshot empty if the cloud responded with 404
     */
    public void keep(String uid, SnapshotId id, Optional<CloudSnapshot> snapshot, Instant now) {
        byUid.values().removeIf(read -> !read.isRecent(now));
        byUid.merge(uid, new Read(id, snapshot, now), (kept, read) -> kept.id().equals(id) ? kept : read);
    }

    /** Returns the read of this snapshot for this object; empty if there is no recent one. */
    public Optional<Read> find(String uid, SnapshotId id, Instant now) {
        return Optional.ofNullable(byUid.get(uid)).filter(read -> read.id().equals(id) && read.isRecent(now));
    }

    public void remove(String uid) {
        byUid.remove(uid);
    }
}
