/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what a read by id returned while the second call of the same observation waits. Without it, an observation of two calls
 * would spend each permit on the first one and never make the second. Safe for use by many threads.
 *
 * @param <I> the ids of what is read
 * @param <T> what is read
 */
public final class RecentReads<I, T> {
    /**
     * A read by id.
     *
     * @param value empty if the cloud responded with 404
     */
    public record Read<I, T>(I id, Optional<T> value, Instant at) {
        private boolean isRecent(Instant now, Duration maxAge) {
            return !at.isAfter(now) && at.plus(maxAge).isAfter(now);
        }
    }

    private final Duration maxAge;
    private final Map<String, Read<I, T>> byUid = new ConcurrentHashMap<>();

    /** @param maxAge an older read is not used */
    public RecentReads(Duration maxAge) {
        this.maxAge = maxAge;
    }

    /**
     * Keeps a read of one object. A recent read of the same id stays, with its time. Drops the reads of all objects that
     * are no longer recent.
     *
     * @param value empty if the cloud responded with 404
     */
    public void keep(String uid, I id, Optional<T> value, Instant now) {
        byUid.values().removeIf(read -> !read.isRecent(now, maxAge));
        byUid.merge(uid, new Read<>(id, value, now), (kept, read) -> kept.id().equals(id) ? kept : read);
    }

    /** Returns the read of this id for this object; empty if there is no recent one. */
    public Optional<Read<I, T>> find(String uid, I id, Instant now) {
        return Optional.ofNullable(byUid.get(uid)).filter(read -> read.id().equals(id) && read.isRecent(now, maxAge));
    }

    public void remove(String uid) {
        byUid.remove(uid);
    }
}
