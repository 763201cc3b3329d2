/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Locks whoever fails too often in a row, for a while. Safe for use by several threads. */
final class LoginLockout {

    /** API Gateway: error codes APIGW.0301, "more than five consecutive failures". */
    private static final int FORGIVEN = 5;

    private final InstantSource clock;
    private final Duration lasting;
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Instant> lockedUntil = new HashMap<>();

    LoginLockout(InstantSource clock, Duration lasting) {
        this.clock = clock;
        this.lasting = lasting;
    }

    synchronized boolean isLocked(String who) {
        var until = lockedUntil.get(who);
        if (until != null && !clock.instant().isBefore(until)) {
            lockedUntil.remove(who);
            return false;
        }
        return until != null;
    }

    synchronized void failed(String who) {
        if (failures.merge(who, 1, Integer::sum) > FORGIVEN) {
            failures.remove(who);
            lockedUntil.put(who, clock.instant().plus(lasting));
        }
    }

    synchronized void succeeded(String who) {
        failures.remove(who);
    }
}
