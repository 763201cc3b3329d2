/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.condition.Reason;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * What is counted of the snapshots themselves: {@value #NOTICES} counts what was announced, by {@code reason};
 * {@value #ORPHANS} tells how many carry our marker and have no object; {@value #IN_FLIGHT} how many are waited for.
 */
public final class SnapshotMetrics {
    static final String EVENTS = "evs.events";
    static final String ORPHANS = "evs.snapshots.orphaned";
    static final String IN_FLIGHT = "evs.snapshots.in.flight";

    private final MeterRegistry meters;
    private final AtomicInteger orphans = new AtomicInteger();

    public SnapshotMetrics(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder(ORPHANS, orphans, AtomicInteger::get).register(meters);
    }

    /** A change was announced. {@code reason} is from a closed list. */
    public void eventRecorded(Reason reason) {
        meters.counter(EVENTS, "reason", reason.name()).increment();
    }

    public void setOrphaned(int count) {
        orphans.set(count);
    }

    /** From here on the number is asked for whenever someone reads the meters. */
    public void registerInFlight(IntSupplier count) {
        Gauge.builder(IN_FLIGHT, count, IntSupplier::getAsInt)
                .strongReference(true)
                .register(meters);
    }
}
