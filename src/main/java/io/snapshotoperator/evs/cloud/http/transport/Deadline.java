/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.time.Duration;

/** The time at which one call must end, measured by the monotonic clock. */
public record Deadline(long atNanos, Duration whole) {

    public static Deadline in(Duration whole) {
        return new Deadline(System.nanoTime() + whole.toNanos(), whole);
    }

    /** Returns the remaining time, at least zero. */
    public Duration remaining() {
        var nanos = atNanos - System.nanoTime();
        return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(nanos);
    }

    /** Returns a deadline after half of the remaining time, for an optional step before the call. */
    public Deadline half() {
        return in(remaining().dividedBy(2));
    }

    /**
     * Returns whether at least a quarter of the whole time is left. A mutating call with less time would probably end with an
     * ambiguous result.
     */
    public boolean leavesTimeForMutatingCall() {
        return remaining().compareTo(whole.dividedBy(4)) >= 0;
    }
}
