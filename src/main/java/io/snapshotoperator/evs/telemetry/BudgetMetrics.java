/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import java.time.Duration;

/**
 * Counts how the call budgets of all connections delay calls. {@value #WAITS} counts the denied permits by {@code lane} and
 * {@code cause}, and sums up the waits that they cause. {@value #THROTTLED_TIME} sums up the time in which the rate of a
 * connection is reduced because the cloud throttled it.
 */
public final class BudgetMetrics {
    static final String WAITS = "evs.budget.waits";
    static final String THROTTLED_TIME = "evs.cloud.throttled.time";

    private static final double NANOS_PER_SECOND = 1e9;

    private final MeterRegistry meters;
    private final Counter throttledTime;

    public BudgetMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.throttledTime = Counter.builder(THROTTLED_TIME).baseUnit("seconds").register(meters);
    }

    /** Counts a denied permit. */
    public void denied(Lane lane, Reservation.Denied denied) {
        meters.timer(WAITS, "lane", TagValues.of(lane), "cause", TagValues.of(denied.cause()))
                .record(denied.retryAfter());
    }

    /** Adds time in which the rate of a connection was reduced. */
    public void throttled(Duration time) {
        throttledTime.increment(time.toNanos() / NANOS_PER_SECOND);
    }
}
