/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The gauges of the schedules of one leader term. They are computed when they are read, so a schedule that recovers is no longer
 * overdue. {@value #OVERDUE} is the number of schedules with a source that should have another good snapshot by now. {@value
 * #LAST_GOOD_AGE} is the age of the last good snapshot of the source that is furthest behind in all schedules; 0 without schedules.
 */
public final class ScheduleMetrics implements AutoCloseable {
    static final String OVERDUE = "evs.schedules.overdue";
    static final String LAST_GOOD_AGE = "evs.schedules.last.good.age";

    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Map<String, Times> schedules = new ConcurrentHashMap<>();
    private final List<Meter> registered;

    private record Times(Instant lastGood, Instant due) {}

    public ScheduleMetrics(MeterRegistry meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
        this.registered = List.of(
                Gauge.builder(OVERDUE, this, ScheduleMetrics::overdue).register(meters),
                Gauge.builder(LAST_GOOD_AGE, this, ScheduleMetrics::lastGoodAge)
                        .baseUnit("seconds")
                        .register(meters));
    }

    private double overdue() {
        var now = clock.instant();
        return schedules.values().stream()
                .filter(times -> times.due().isBefore(now))
                .count();
    }

    private double lastGoodAge() {
        var now = clock.instant();
        return schedules.values().stream()
                .mapToDouble(times ->
                        Math.max(0, Duration.between(times.lastGood(), now).toSeconds()))
                .max()
                .orElse(0);
    }

    /**
     * Sets the times of a schedule.
     *
     * @param uid of the schedule
     * @param lastGood the slot of the last good snapshot of the source that is furthest behind, or when the source was first selected
     * @param due when this source must have another good one
     */
    public void update(String uid, Instant lastGood, Instant due) {
        schedules.put(uid, new Times(lastGood, due));
    }

    /** Removes the times of a schedule that is gone, suspended or without sources. */
    public void remove(String uid) {
        schedules.remove(uid);
    }

    /** Removes the gauges. */
    @Override
    public void close() {
        registered.forEach(meters::remove);
    }
}
