/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the permit of an object for a delete request until the read that must precede the request is done. Without it, an object
 * could get a permit for the read only, and would have to read again when the delete request may be sent. Safe for use by many
 * threads.
 */
public final class KeptPermits {
    /** An older permit is not used. The budget has counted a call then that is not sent. */
    private static final Duration MAX_AGE = Duration.ofSeconds(30);

    private final Map<String, Instant> byUid = new ConcurrentHashMap<>();

    public void keep(String uid, Instant now) {
        byUid.put(uid, now);
    }

    public boolean isKept(String uid, Instant now) {
        var at = byUid.get(uid);
        return at != null && !at.isAfter(now) && at.plus(MAX_AGE).isAfter(now);
    }

    /** Returns whether a permit is kept for the object, which then sends one call with it. */
    public boolean take(String uid, Instant now) {
        var kept = isKept(uid, now);
        remove(uid);
        return kept;
    }

    public void remove(String uid) {
        byUid.remove(uid);
    }
}
