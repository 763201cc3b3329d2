/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The gauges of one leader term. They exist only while the process leads, because another process would show what it knows
 * instead of what is true. {@value #REQUESTS}, {@value #CONNECTIONS}, {@value #SCHEDULES} and {@value #RESTORES} count objects by {@code state} and {@code reason}.
 * {@value #DUPLICATES} is the number of duplicates that requests list. {@value #IN_FLIGHT} is the number of snapshots that the
 * operator waits for. {@value #WATCH_HEALTHY} is 1 while the leader sees changes of requests, otherwise 0.
 */
public final class LeaderMetrics implements AutoCloseable {
    static final String REQUESTS = "evs.requests";
    static final String CONNECTIONS = "evs.connections";
    static final String SCHEDULES = "evs.schedules";
    static final String RESTORES = "evs.restores";
    static final String DUPLICATES = "evs.snapshots.duplicated";
    static final String IN_FLIGHT = "evs.snapshots.in.flight";
    static final String WATCH_HEALTHY = "evs.watch.healthy";

    /** State and reason of an object without a condition, or with a reason that this version does not know. */
    static final String UNKNOWN = "unknown";

    private final MeterRegistry meters;
    private final SnapshotMetrics snapshots;
    private final Collection<Meter> registered = new ConcurrentLinkedQueue<>();

    /** @param snapshots the meter of orphaned snapshots, which exists also in a process that does not lead */
    public LeaderMetrics(MeterRegistry meters, SnapshotMetrics snapshots) {
        this.meters = meters;
        this.snapshots = snapshots;
    }

    /**
     * Registers the source of the reasons of all requests.
     *
     * @param known the reasons that a request can have; each of them is one time series
     * @param current returns the reason of each request; empty for a request without a condition
     */
    public void registerRequests(Collection<Reason> known, Supplier<Stream<Optional<String>>> current) {
        registerReasons(REQUESTS, known, current);
    }

    /** Registers the source of the reasons of all connections of users, as {@link #registerRequests}. */
    public void registerConnections(Collection<Reason> known, Supplier<Stream<Optional<String>>> current) {
        registerReasons(CONNECTIONS, known, current);
    }

    /** Registers the source of the reasons of all schedules, as {@link #registerRequests}. */
    public void registerSchedules(Collection<Reason> known, Supplier<Stream<Optional<String>>> current) {
        registerReasons(SCHEDULES, known, current);
    }

    /** Registers the source of the reasons of all restores, as {@link #registerRequests}. */
    public void registerRestores(Collection<Reason> known, Supplier<Stream<Optional<String>>> current) {
        registerReasons(RESTORES, known, current);
    }

    /** Registers the source of the number of duplicates. */
    public void registerDuplicates(IntSupplier count) {
        register(Gauge.builder(DUPLICATES, count, IntSupplier::getAsInt));
    }

    /** Registers the source of the number of orphaned snapshots. */
    public void registerOrphans(IntSupplier count) {
        snapshots.countOrphans(count);
    }

    /** Registers the source of the number of snapshots that are being created or deleted. */
    public void registerInFlight(IntSupplier count) {
        register(Gauge.builder(IN_FLIGHT, count, IntSupplier::getAsInt));
    }

    /** Registers the source of whether the leader sees changes of requests. */
    public void registerWatchHealthy(BooleanSupplier healthy) {
        register(Gauge.builder(WATCH_HEALTHY, healthy, source -> source.getAsBoolean() ? 1 : 0));
    }

    private void registerReasons(String meter, Collection<Reason> known, Supplier<Stream<Optional<String>>> current) {
        var names = known.stream().map(Reason::name).toList();
        var counts = new ReasonCounts(names, current, System::nanoTime);
        known.forEach(reason -> registerReason(
                meter, counts, state(reason.phase()), reason.name(), source -> source.of(reason.name())));
        registerReason(meter, counts, UNKNOWN, UNKNOWN, ReasonCounts::ofUnknown);
    }

    private void registerReason(
            String meter, ReasonCounts counts, String state, String reason, ToDoubleFunction<ReasonCounts> value) {
        register(Gauge.builder(meter, counts, value).tag("state", state).tag("reason", reason));
    }

    /** Returns the name of the condition that the reason makes true, in lower case. */
    private static String state(Phase phase) {
        return switch (phase) {
            case READY -> "ready";
            case PROGRESSING, PAUSED -> "reconciling";
            case STALLED -> "stalled";
        };
    }

    private void register(Gauge.Builder<?> gauge) {
        registered.add(gauge.strongReference(true).register(meters));
    }

    /** Removes the gauges. Can be called again. */
    @Override
    public void close() {
        snapshots.countOrphans(() -> 0);
        registered.forEach(meters::remove);
        registered.clear();
    }
}
