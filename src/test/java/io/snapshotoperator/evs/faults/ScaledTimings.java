/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.util.Map;

/** The times of the operator, scaled down together. A Lease counts whole seconds, which limits the scale. */
final class ScaledTimings {
    /** A factor for a machine with other load, on which calls take longer. */
    private static final int SLOWNESS = Integer.getInteger("faults.slowness", 1);

    static final Duration TIMEOUT = scaled(800);
    static final Duration LEASE = scaled(3000);
    static final Duration RETRY_PERIOD = scaled(600);
    static final Duration CLOCK_SKEW = scaled(200);
    static final Duration SETTLE_TIME = scaled(2400);

    /** As in production, longer than the lease and two failed starts. Runs with a failed handover need that. */
    static final Duration LONG_SETTLE_TIME = scaled(7000);

    static final Duration RESYNC = scaled(1500);

    /** How far a list can lag: a sixth of the settle time, as in production. */
    static final Duration LIST_LAG = SETTLE_TIME.dividedBy(6);

    private ScaledTimings() {}

    /** Scales a duration that was chosen for a machine without other load. */
    static Duration scaled(long millis) {
        return Duration.ofMillis(millis * SLOWNESS);
    }

    static void put(Map<String, String> settings, Duration settleTime) {
        settings.put("evs.connection.timeout", TIMEOUT.toMillis() + "ms");
        settings.put("evs.connection.connect-timeout", scaled(400).toMillis() + "ms");
        settings.put("evs.leader-election.lease-duration", LEASE.toMillis() + "ms");
        settings.put("evs.leader-election.retry-period", RETRY_PERIOD.toMillis() + "ms");
        settings.put("evs.leader-election.max-clock-skew", CLOCK_SKEW.toMillis() + "ms");
        settings.put("evs.create.settle-time", settleTime.toMillis() + "ms");
        settings.put("evs.poll.interval", "200ms");
        settings.put("evs.poll.resync-interval", RESYNC.toMillis() + "ms");
        settings.put("evs.retry.initial-backoff", "200ms");
        settings.put("evs.retry.max-backoff", "1s");
        settings.put("evs.claim.retry-interval", "300ms");
    }
}
