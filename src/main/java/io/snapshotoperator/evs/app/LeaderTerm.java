/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** What exists only while this process leads. It is created once, started once, and closed with the term. */
final class LeaderTerm implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaderTerm.class);

    private final CreateGuard guard;
    private final Runnable start;
    private final List<Runnable> stops;
    private final BooleanSupplier seesChanges;
    private final Runnable removeMeters;
    private volatile boolean started;

    /**
     * @param guard remembers the create requests of this term
     * @param start starts the controllers
     * @param stops run in this order by {@link #close()}, also if one of them fails. After them no cloud call runs
     * @param seesChanges whether the controllers are informed of changes of their objects
     * @param removeMeters removes the meters that only a leader has
     */
    LeaderTerm(
            CreateGuard guard,
            Runnable start,
            List<Runnable> stops,
            BooleanSupplier seesChanges,
            Runnable removeMeters) {
        this.guard = guard;
        this.start = start;
        this.stops = List.copyOf(stops);
        this.seesChanges = seesChanges;
        this.removeMeters = removeMeters;
    }

    void start() {
        start.run();
        started = true;
    }

    /** Returns whether the controllers run. */
    boolean isStarted() {
        return started;
    }

    /** Returns whether the controllers are informed of changes of their objects. */
    boolean seesChanges() {
        return seesChanges.getAsBoolean();
    }

    /** Returns whether no create request of this term or of its predecessors can still reach the cloud. */
    boolean isDrained(Instant now) {
        return guard.isDrained(now);
    }

    /** Removes the meters that only a leader has, before the term is closed: another process can lead meanwhile. */
    void removeMeters() {
        runLoggingFailure(removeMeters);
    }

    /** Prevents new cloud calls, waits for the open ones, and stops the controllers. */
    @Override
    public void close() {
        started = false;
        removeMeters();
        stops.forEach(LeaderTerm::runLoggingFailure);
    }

    /** A part that fails to stop must not keep the process from resigning. */
    private static void runLoggingFailure(Runnable stop) {
        try {
            stop.run();
        } catch (RuntimeException failure) {
            LogEvent.warn(LOG, "Part of the leader term did not stop cleanly")
                    .with(LogEvent.REASON, failure)
                    .log();
        }
    }
}
