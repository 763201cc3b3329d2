/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Calls a poller again and again from a thread that does nothing else. */
public final class PollerThread implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PollerThread.class);
    private static final Duration MIN_DELAY = Duration.ofMillis(50);

    private final SnapshotPoller poller;
    private final InstantSource clock;
    private final Duration delay;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(PollerThread::newThread);

    public PollerThread(SnapshotPoller poller, InstantSource clock, PollIntervals intervals) {
        this.poller = poller;
        this.clock = clock;
        var quarter = intervals.poll().dividedBy(4);
        this.delay = quarter.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : quarter;
    }

    private static Thread newThread(Runnable task) {
        var thread = new Thread(task, "evs-snapshot-poller");
        thread.setDaemon(true);
        return thread;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::tick, delay.toMillis(), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Survives errors too, because the timer would stop silently. After an {@link OutOfMemoryError} the JVM option
     * {@code -XX:+ExitOnOutOfMemoryError} of the chart ends the process; without it the poller continues.
     */
    private void tick() {
        try {
            poller.tick(clock.instant());
        } catch (Throwable error) {
            LOG.error("The poller failed with an error, the next list is postponed", error);
            poller.postpone();
        }
    }

    /** Stops the thread. Interrupts a wait for a permit. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
