/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * The scheduled changes of the cloud. Nothing happens in the background: each access to the cloud first calls
 * {@link #runDue()}, which runs all due changes in order, each at its own instant. So no thread waits for a snapshot,
 * and stepped time behaves like running time. Not thread-safe; the owner holds a lock.
 */
final class EventQueue {

    private record Event(Instant due, long sequence, Consumer<Instant> action) {}

    private final InstantSource clock;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::due).thenComparing(Event::sequence));
    private long sequence;
    private Instant runningAt;

    EventQueue(InstantSource clock) {
        this.clock = clock;
    }

    /** Runs all due events and returns the current instant. During an event it returns the instant of that event. */
    Instant runDue() {
        if (runningAt != null) {
            return runningAt;
        }
        var now = clock.instant();
        while (!events.isEmpty() && !events.peek().due().isAfter(now)) {
            run(events.poll());
        }
        return now;
    }

    /** Runs the due events and schedules {@code action} for the time {@code delay} after the current instant. */
    void schedule(Duration delay, Consumer<Instant> action) {
        events.add(new Event(runDue().plus(delay), sequence++, action));
    }

    private void run(Event event) {
        runningAt = event.due();
        try {
            event.action().accept(event.due());
        } finally {
            runningAt = null;
        }
    }
}
