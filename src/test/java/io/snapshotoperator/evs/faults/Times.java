/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.util.Map;

/** The operator's times, scaled down together. A Lease counts whole seconds, which bounds what can be had. */
final class Times {
    static final Duration TIMEOUT = Duration.ofMillis(800);
    static final Duration LEASE = Duration.ofSeconds(3);
    static final Duration RENEWAL = Duration.ofMillis(600);
    static final Duration SKEW = Duration.ofMillis(200);
    static final Duration SETTLE = Duration.ofMillis(2400);
    static final Duration RESYNC = Duration.ofMillis(1500);

    /** By how long a list may lag behind: a sixth of {@code settle}, as in production. */
    static final Duration LIST_LAG = SETTLE.dividedBy(6);

    private Times() {}

    static void put(Map<String, String> settings) {
        settings.put("evs.connection.timeout", TIMEOUT.toMillis() + "ms");
        settings.put("evs.connection.connect-timeout", "400ms");
        settings.put("evs.lease.duration", LEASE.toMillis() + "ms");
        settings.put("evs.lease.renewal", RENEWAL.toMillis() + "ms");
        settings.put("evs.lease.clock-skew", SKEW.toMillis() + "ms");
        settings.put("evs.settle", SETTLE.toMillis() + "ms");
        settings.put("evs.sweep", "200ms");
        settings.put("evs.resync", RESYNC.toMillis() + "ms");
        settings.put("evs.retry", "200ms");
        settings.put("evs.rare-retry", "1s");
        settings.put("evs.claim-retry", "300ms");
    }
}
