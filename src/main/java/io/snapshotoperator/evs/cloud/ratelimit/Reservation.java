/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The result of {@link CallBudget#reserve}: whether the caller may make one call. */
public sealed interface Reservation {

    /** The caller may make one call now. */
    record Granted() implements Reservation {}

    /**
     * The caller must not make the call now.
     *
     * @param retryAfter the least time after which the caller may ask again; more than zero
     * @param until when the pause or suspension ends; empty if the rate of calls is the only limit
     */
    record Denied(Duration retryAfter, Cause cause, Optional<Instant> until) implements Reservation {
        /** Why there is no permit. */
        public enum Cause {
            /** The configured rate of calls is used up. */
            RATE,
            /** The cloud asked the whole connection to send no call for some time. */
            PAUSED_BY_CLOUD,
            /** The cloud does not respond, and another call finds out whether it does again. */
            CLOUD_UNAVAILABLE,
            /** The cloud reported a used-up quota of the volume or the project to another create request. */
            QUOTA_USED_UP
        }

        /** The rate of calls is the only limit. */
        public Denied(Duration retryAfter) {
            this(retryAfter, Cause.RATE, Optional.empty());
        }
    }
}
