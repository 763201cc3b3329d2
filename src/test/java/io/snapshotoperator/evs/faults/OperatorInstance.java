/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.snapshotoperator.evs.testing.OperatorProcess;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A place where one operator process runs, with its two roads. Whatever ends the process, another one is started, as a
 * kubelet would. Safe for use by several threads.
 */
final class OperatorInstance implements FaultActions, AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    /** What happens outside of the process. */
    interface World {
        void byHand(FaultType what, Optional<String> object);

        /** @param earliest before which the process cannot have sent the order */
        void intentIsKnown(String createId, Instant earliest);

        void broke(String rule);
    }

    private final ScheduledExecutorService timer;
    private final World world;
    private final FaultInjectingProxy kubernetes;
    private final FaultInjectingProxy cloud;
    private Supplier<OperatorProcess> recipe = () -> {
        throw new IllegalStateException("nothing is to be started yet");
    };
    private Optional<OperatorProcess> process = Optional.empty();
    private final PendingIdWrites unwritten = new PendingIdWrites();
    private Instant pausedUntil = Instant.MIN;
    private boolean runs;

    /** @param cloudPort 0 for any free one */
    OperatorInstance(
            InetAddress address,
            int cloudPort,
            FaultInjectingProxy.Upstream apiServer,
            FaultInjectingProxy.Upstream simulator,
            FaultInjector conductor,
            ScheduledExecutorService timer,
            World world) {
        this.timer = timer;
        this.world = world;
        this.kubernetes = FaultInjectingProxy.open(Link.KUBERNETES, address, 0, apiServer, conductor, this);
        this.cloud = FaultInjectingProxy.open(Link.CLOUD, address, cloudPort, simulator, conductor, this);
    }

    int port(Link link) {
        return link == Link.KUBERNETES ? kubernetes.port() : cloud.port();
    }

    /** Starts a process, and from now on another one whenever it has ended. */
    synchronized void run(Supplier<OperatorProcess> how) {
        recipe = how;
        runs = true;
        process = Optional.of(how.get());
        timer.scheduleWithFixedDelay(
                this::revive, POLL_INTERVAL.toMillis(), POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void revive() {
        if (runs && process.filter(OperatorProcess::isAlive).isEmpty()) {
            unwritten.begin();
            process = Optional.of(recipe.get());
            pausedUntil = Instant.MIN;
        }
    }

    synchronized boolean leads() {
        return process.filter(running -> running.isAlive() && running.leads()).isPresent();
    }

    /** Whether its process was stopped and not woken yet. */
    synchronized boolean stands() {
        return !pausedUntil.equals(Instant.MIN);
    }

    synchronized Optional<OperatorProcess> process() {
        return process;
    }

    boolean hasOrdersUnderWay() {
        return kubernetes.hasOrdersUnderWay() || cloud.hasOrdersUnderWay();
    }

    /** No road is cut and no process stands still any more. */
    void heal() {
        kubernetes.heal();
        cloud.heal();
        resume();
    }

    @Override
    public synchronized void kill() {
        process.ifPresent(OperatorProcess::kill);
    }

    @Override
    public void terminate() {
        later(
                Duration.ZERO,
                () -> process().filter(OperatorProcess::isAlive).ifPresent(running -> running.terminate(MAX_WAIT)));
    }

    private static final Duration MAX_WAIT = Duration.ofSeconds(40);

    @Override
    public synchronized void pause(Duration time) {
        process.filter(OperatorProcess::isAlive).ifPresent(running -> {
            running.pause();
            pausedUntil = Instant.now().plus(time);
            later(time, this::resume);
        });
    }

    private synchronized void resume() {
        if (!pausedUntil.equals(Instant.MIN)) {
            pausedUntil = Instant.MIN;
            process.filter(OperatorProcess::isAlive).ifPresent(OperatorProcess::resume);
        }
    }

    @Override
    public void cut(Link link, Duration time) {
        (link == Link.KUBERNETES ? kubernetes : cloud).cut(time);
    }

    @Override
    public void byHand(FaultType what, Optional<String> object) {
        world.byHand(what, object);
    }

    @Override
    public void intentIsKnown(String createId) {
        Instant wakes;
        synchronized (this) {
            wakes = pausedUntil;
        }
        var now = Instant.now();
        world.intentIsKnown(createId, wakes.isAfter(now) ? wakes : now);
    }

    @Override
    public int asker() {
        return unwritten.process();
    }

    @Override
    public void idIsKnown(String object, int asker) {
        if (!stands()) {
            unwritten.learn(object, asker);
        }
    }

    /**
     * Nothing that can fail stands between the cloud's answer and the note of the id. A process that says that the order
     * failed had stopped waiting before the answer reached it.
     */
    @Override
    public void speaks(Boundary where, String object, boolean failed) {
        if (unwritten.take(object) && where != Boundary.STATUS_ID && !failed) {
            world.broke(
                    "the id of the snapshot of " + object + " was known, and the next thing said of it was " + where);
        }
    }

    private void later(Duration time, Runnable what) {
        try {
            timer.schedule(what, time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException over) {
            // The site is being closed, and the process with it.
        }
    }

    /** The process and its roads end; nothing is started any more. */
    @Override
    public void close() {
        synchronized (this) {
            runs = false;
            process.ifPresent(OperatorProcess::close);
        }
        kubernetes.close();
        cloud.close();
    }
}
