/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.condition.Reason;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Counts events and snapshots. {@value #EVENTS} counts recorded events by {@code reason}. {@value #ORPHANS} is the number of
 * snapshots with a marker of this installation and no object. {@value #IN_FLIGHT} is the number that the operator waits for.
 * {@value #WATCH_HEALTHY} is 1 while the leader sees changes of requests, otherwise 0.
 */
public final class SnapshotMetrics {
    static final String EVENTS = "evs.events";
    static final String ORPHANS = "evs.snapshots.orphaned";
    static final String IN_FLIGHT = "evs.snapshots.in.flight";
    static final String WATCH_HEALTHY = "evs.watch.healthy";

    private final MeterRegistry meters;
    private final AtomicInteger orphans = new AtomicInteger();

    public SnapshotMetrics(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder(ORPHANS, orphans, AtomicInteger::get).register(meters);
    }

    /** Counts an event. */
    public void eventRecorded(Reason reason) {
        meters.counter(EVENTS, "reason", reason.name()).increment();
    }

    /** Sets the number of orphaned snapshots. */
    public void setOrphaned(int count) {
        orphans.set(count);
    }

    /** Registers the source of whether the leader sees changes of requests. */
    public void registerWatchHealthy(BooleanSupplier healthy) {
        Gauge.builder(WATCH_HEALTHY, healthy, source -> source.getAsBoolean() ? 1 : 0)
                .strongReference(true)
                .register(meters);
    }

    /** Registers the source of the number of snapshots that are being created or deleted. */
    public void registerInFlight(IntSupplier count) {
        Gauge.builder(IN_FLIGHT, count, IntSupplier::getAsInt)
                .strongReference(true)
                .register(meters);
    }
}
