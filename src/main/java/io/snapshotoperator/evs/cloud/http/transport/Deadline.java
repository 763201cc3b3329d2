/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.time.Duration;

/** The end of one call, by a clock that nobody sets. */
public record Deadline(long atNanos, Duration whole) {

    public static Deadline in(Duration whole) {
        return new Deadline(System.nanoTime() + whole.toNanos(), whole);
    }

    /** What is left; zero when nothing is. */
    public Duration left() {
        var nanos = atNanos - System.nanoTime();
        return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(nanos);
    }

    /** An earlier end, for what may be given up so that the rest still fits in. */
    public Deadline half() {
        return in(left().dividedBy(2));
    }

    /** Whether enough is left to hope for an answer. An order sent with less would most likely end in doubt. */
    public boolean leavesTimeForAnOrder() {
        return left().compareTo(whole.dividedBy(4)) >= 0;
    }
}
