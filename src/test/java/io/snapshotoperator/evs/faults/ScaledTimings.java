/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.util.Map;

/** The operator's times, scaled down together. A Lease counts whole seconds, which bounds what can be had. */
final class ScaledTimings {
    /** For a machine that is busy with other things, on which calls take longer than they should. */
    private static final int SLOWNESS = Integer.getInteger("faults.slowness", 1);

    static final Duration TIMEOUT = scaled(800);
    static final Duration LEASE = scaled(3000);
    static final Duration RENEWAL = scaled(600);
    static final Duration SKEW = scaled(200);
    static final Duration SETTLE_TIME = scaled(2400);
    static final Duration RESYNC = scaled(1500);

    /** By how long a list may lag behind: a sixth of {@code settle}, as in production. */
    static final Duration LIST_LAG = SETTLE_TIME.dividedBy(6);

    private ScaledTimings() {}

    /** A length that was chosen for a machine that has nothing else to do. */
    static Duration scaled(long millis) {
        return Duration.ofMillis(millis * SLOWNESS);
    }

    static void put(Map<String, String> settings) {
        settings.put("evs.connection.timeout", TIMEOUT.toMillis() + "ms");
        settings.put("evs.connection.connect-timeout", scaled(400).toMillis() + "ms");
        settings.put("evs.leader-election.lease-duration", LEASE.toMillis() + "ms");
        settings.put("evs.leader-election.retry-period", RENEWAL.toMillis() + "ms");
        settings.put("evs.leader-election.max-clock-skew", SKEW.toMillis() + "ms");
        settings.put("evs.create.settle-time", SETTLE_TIME.toMillis() + "ms");
        settings.put("evs.poll.interval", "200ms");
        settings.put("evs.poll.resync-interval", RESYNC.toMillis() + "ms");
        settings.put("evs.retry.initial-backoff", "200ms");
        settings.put("evs.retry.max-backoff", "1s");
        settings.put("evs.claim.retry-interval", "300ms");
    }
}
