/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.snapshotoperator.evs.condition.Reason;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Counts what happens to requests and their snapshots. {@value #EVENTS} counts recorded events by {@code reason}, {@value
 * #ADOPTED} counts adopted snapshots. {@value #TIME_TO_READY} and {@value #READINESS_LAG} time how requests become ready.
 * {@value #ORPHANS} is the number of snapshots with a marker of this installation and no object; every process has this meter,
 * and it is 0 in a process that does not lead.
 */
public final class SnapshotMetrics {
    static final String EVENTS = "evs.events";
    static final String ADOPTED = "evs.snapshots.adopted";
    static final String ORPHANS = "evs.snapshots.orphaned";
    static final String TIME_TO_READY = "evs.requests.time.to.ready";
    static final String READINESS_LAG = "evs.requests.readiness.lag";

    /** The limits of the buckets of both timers. */
    private static final Duration[] BUCKETS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1)
    };

    /** What a request makes a snapshot from. The names are the values of the tag {@code source}. */
    public enum RequestSource {
        VOLUME,
        CLAIM,
        SNAPSHOT
    }

    private final MeterRegistry meters;
    private final Counter adopted;
    private final Timer readinessLag;
    private volatile IntSupplier orphans = () -> 0;

    public SnapshotMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.adopted = meters.counter(ADOPTED);
        this.readinessLag =
                Timer.builder(READINESS_LAG).serviceLevelObjectives(BUCKETS).register(meters);
        Gauge.builder(ORPHANS, this, metrics -> metrics.orphans.getAsInt())
                .strongReference(true)
                .register(meters);
    }

    /** Counts an event. */
    public void eventRecorded(Reason reason) {
        meters.counter(EVENTS, "reason", reason.name()).increment();
    }

    /** Counts a snapshot of an earlier create request that a request found and recorded. */
    public void snapshotAdopted() {
        adopted.increment();
    }

    /** @param took from the creation of the request until it was ready for the first time; less than zero counts as zero */
    public void requestReady(RequestSource source, Duration took) {
        Timer.builder(TIME_TO_READY)
                .tag("source", TagValues.of(source))
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(notNegative(took));
    }

    /** @param lag since the snapshot was last seen in creation; less than zero counts as zero */
    public void readinessObserved(Duration lag) {
        readinessLag.record(notNegative(lag));
    }

    /** Sets the source of the number of orphaned snapshots, for the time of one leader term. */
    void countOrphans(IntSupplier source) {
        orphans = source;
    }

    /** The clocks of the API server and of this machine differ. */
    private static Duration notNegative(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }
}
