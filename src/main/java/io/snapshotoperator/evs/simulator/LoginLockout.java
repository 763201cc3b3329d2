/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Locks a user or key for some time after too many consecutive failures. Thread-safe. */
final class LoginLockout {

    /** API Gateway: error codes APIGW.0301, "more than five consecutive failures". */
    private static final int MAX_FAILURES = 5;

    private final InstantSource clock;
    private final Duration duration;
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Instant> lockedUntil = new HashMap<>();

    LoginLockout(InstantSource clock, Duration duration) {
        this.clock = clock;
        this.duration = duration;
    }

    synchronized boolean isLocked(String name) {
        var until = lockedUntil.get(name);
        if (until != null && !clock.instant().isBefore(until)) {
            lockedUntil.remove(name);
            return false;
        }
        return until != null;
    }

    synchronized void failed(String name) {
        if (failures.merge(name, 1, Integer::sum) > MAX_FAILURES) {
            failures.remove(name);
            lockedUntil.put(name, clock.instant().plus(duration));
        }
    }

    synchronized void succeeded(String name) {
        failures.remove(name);
    }
}
