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
 * One operator process with its two links. If the process ends for any reason, this class starts another one, as a kubelet
 * does. Safe for use by several threads.
 */
final class OperatorInstance implements FaultActions, AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    /** The world outside the process: the objects of users, and the records of the run. */
    interface Environment {
        void actAsUser(FaultType action, Optional<String> object);

        /** @param earliest the process cannot have sent the create request earlier */
        void intentIsWritten(String createId, Instant earliest);

        void reportViolation(String sentence);
    }

    private final ScheduledExecutorService timer;
    private final Environment environment;
    private final FaultInjectingProxy kubernetes;
    private final FaultInjectingProxy cloud;
    private Supplier<OperatorProcess> starter = () -> {
        throw new IllegalStateException("no process is to be started yet");
    };
    private Optional<OperatorProcess> process = Optional.empty();
    private final PendingIdWrites pendingIds = new PendingIdWrites();
    private Instant pausedUntil = Instant.MIN;
    private boolean runs;

    /** @param cloudPort 0 for any free port */
    OperatorInstance(
            InetAddress address,
            int cloudPort,
            FaultInjectingProxy.Upstream apiServer,
            FaultInjectingProxy.Upstream simulator,
            FaultInjector injector,
            ScheduledExecutorService timer,
            Environment environment) {
        this.timer = timer;
        this.environment = environment;
        this.kubernetes = FaultInjectingProxy.open(Link.KUBERNETES, address, 0, apiServer, injector, this);
        this.cloud = FaultInjectingProxy.open(Link.CLOUD, address, cloudPort, simulator, injector, this);
    }

    int port(Link link) {
        return link == Link.KUBERNETES ? kubernetes.port() : cloud.port();
    }

    /** Starts a process, and from now on another one whenever it has ended. */
    synchronized void run(Supplier<OperatorProcess> how) {
        starter = how;
        runs = true;
        process = Optional.of(how.get());
        timer.scheduleWithFixedDelay(
                this::restartIfEnded, POLL_INTERVAL.toMillis(), POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void restartIfEnded() {
        if (runs && process.filter(OperatorProcess::isAlive).isEmpty()) {
            pendingIds.processStarted();
            process = Optional.of(starter.get());
            pausedUntil = Instant.MIN;
        }
    }

    synchronized boolean isLeader() {
        return process.filter(running -> running.isAlive() && running.leads()).isPresent();
    }

    /** Whether its process received SIGSTOP and no SIGCONT yet. */
    synchronized boolean isPaused() {
        return !pausedUntil.equals(Instant.MIN);
    }

    synchronized Optional<OperatorProcess> process() {
        return process;
    }

    boolean hasMutatingCallsInFlight() {
        return kubernetes.hasMutatingCallsInFlight() || cloud.hasMutatingCallsInFlight();
    }

    /** Restores both links and resumes the process. */
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
        if (link == Link.KUBERNETES) {
            pendingIds.linkCut();
        }
    }

    @Override
    public void actAsUser(FaultType action, Optional<String> object) {
        environment.actAsUser(action, object);
    }

    @Override
    public void intentIsWritten(String createId) {
        Instant resumedAt;
        synchronized (this) {
            resumedAt = pausedUntil;
        }
        var now = Instant.now();
        environment.intentIsWritten(createId, resumedAt.isAfter(now) ? resumedAt : now);
    }

    @Override
    public int processNumber() {
        return pendingIds.process();
    }

    @Override
    public void idIsKnown(String object, int receiver) {
        if (!isPaused() && !kubernetes.isCut()) {
            pendingIds.idReceived(object, receiver);
        }
    }

    /**
     * Checks that nothing that can fail runs between the response of the cloud and the record of the id. A process that
     * records a failed attempt had stopped waiting before the response arrived.
     */
    @Override
    public void requestSent(Boundary where, String object, boolean failed) {
        if (pendingIds.take(object) && !where.recordsCreated() && !failed) {
            environment.reportViolation("the process knew the id of what it created for " + object
                    + ", but its next request about this object was " + where);
        }
    }

    private void later(Duration time, Runnable action) {
        try {
            timer.schedule(action, time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            // The test bed is being closed, and the process with it.
        }
    }

    /** Ends the process and its links, and starts no further process. */
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
