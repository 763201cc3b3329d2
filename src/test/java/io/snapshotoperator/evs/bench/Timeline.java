/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Samples taken once a second until it is closed. */
final class Timeline implements AutoCloseable {
    /**
     * The state at one time.
     *
     * @param at since the first request was applied
     * @param ready requests that were ready at some time
     * @param cloudCalls calls that the simulator received since it started
     * @param residentBytes of the operator
     */
    record Sample(Duration at, int ready, long cloudCalls, long residentBytes) {}

    private final Instant startedAt = Instant.now();
    private final List<Sample> samples = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** @param ready the number of requests that were ready at some time */
    static Timeline start(Supplier<Integer> ready, SimulatorProcess cloud, long operatorPid) {
        var timeline = new Timeline();
        timeline.timer.scheduleAtFixedRate(
                () -> timeline.add(ready.get(), cloud.callCount(), ProcessUsage.of(operatorPid)),
                0,
                1,
                TimeUnit.SECONDS);
        return timeline;
    }

    private synchronized void add(int ready, long cloudCalls, ProcessUsage usage) {
        samples.add(new Sample(Duration.between(startedAt, Instant.now()), ready, cloudCalls, usage.residentBytes()));
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
