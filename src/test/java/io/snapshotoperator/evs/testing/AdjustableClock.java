/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that runs, and that a test can set forward. Safe for use by many threads. */
public final class AdjustableClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    /** Sets the clock forward to this time. It never goes back. */
    public void setForwardTo(Instant time) {
        var needed = Duration.between(Instant.now(), time);
        if (needed.compareTo(ahead) > 0) {
            ahead = needed;
        }
    }
}
