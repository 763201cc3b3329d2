/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether the cloud does not respond at all. Several calls in sequence without a response start an outage, and the first response
 * ends it. Meanwhile one call at a time probes the cloud, usually a read: each create request without a response has an unknown
 * outcome, which after a long outage only a user can resolve. Not safe for use by several threads.
 */
final class Outage {
    /** Fewer can be failures of single calls. */
    private static final int MIN_FAILURES = 5;

    /** The time between two probes. */
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

    /** The time after which a mutating call is the probe, because no object has anything to read. */
    private static final Duration MUTATING_PROBE_INTERVAL = Duration.ofSeconds(30);

    private int failures;
    private Instant lastCall = Instant.MIN;

    /** Records that a call got no response. */
    void onNoResponse(Instant now) {
        failures = Math.min(failures + 1, MIN_FAILURES);
        lastCall = now;
    }

    /** Records that a call got a response. */
    void onResponse() {
        failures = 0;
    }

    boolean isActive() {
        return failures >= MIN_FAILURES;
    }

    /** Records that a call gets a permit. */
    void onPermit(Instant now) {
        lastCall = now;
    }

    /** Returns whether a call of this lane may be sent now: there is no outage, or the call probes the cloud. */
    boolean permits(Lane lane, Instant now) {
        var interval = lane.isMutating() ? MUTATING_PROBE_INTERVAL : PROBE_INTERVAL;
        return !isActive() || !now.isBefore(lastCall.plus(interval));
    }

    /** Returns when a denied caller can ask again: at the next probe, or one interval later if another call can be the probe. */
    Instant nextProbe(Instant now) {
        var next = lastCall.plus(PROBE_INTERVAL);
        return next.isAfter(now) ? next : now.plus(PROBE_INTERVAL);
    }

    /** Moves all times, after the clock was set back. */
    void shift(Duration by) {
        lastCall = lastCall.equals(Instant.MIN) ? lastCall : lastCall.plus(by);
    }
}
