/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.controller.ObjectLister.Listed;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.leader.LeaderRole;
import io.snapshotoperator.evs.leader.Predecessor;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The life of one process: it waits for leadership, starts one leader term, and resigns when it is closed. A process that
 * loses leadership ends.
 */
public final class OperatorLifecycle implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(OperatorLifecycle.class);

    private final LeaderRole leadership;
    private final Supplier<Listed> objects;
    private final Function<LeaderTermStart, LeaderTerm> terms;
    private final InstantSource clock;
    private final IntConsumer exit;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Optional<LeaderTerm> term = Optional.empty();

    /**
     * @param objects lists all requests and restores from the API server; an informer can start with a stale list
     * @param terms creates a term that is not started
     * @param exit ends the process with an {@link ExitCode}; does not wait for the end
     */
    OperatorLifecycle(
            LeaderRole leadership,
            Supplier<Listed> objects,
            Function<LeaderTermStart, LeaderTerm> terms,
            InstantSource clock,
            IntConsumer exit) {
        this.leadership = leadership;
        this.objects = objects;
        this.terms = terms;
        this.clock = clock;
        this.exit = exit;
    }

    /** Starts to wait for leadership, and returns at once. */
    public void start() {
        leadership.start(this::onLeadershipAcquired, this::onLeadershipLost);
    }

    /** Returns whether this process leads and its controllers run. */
    public boolean isLeader() {
        return term.filter(LeaderTerm::isStarted).isPresent();
    }

    /** Returns whether this process leads and is informed of changes of the requests. */
    public boolean seesChanges() {
        return term.filter(LeaderTerm::isStarted)
                .filter(LeaderTerm::seesChanges)
                .isPresent();
    }

    private void onLeadershipLost() {
        if (!closing.get()) {
            term.ifPresent(LeaderTerm::removeMeters);
            LogEvent.warn(LOG, "Leadership lost; the process ends").log();
            exit.accept(ExitCode.LEASE_LOST);
        }
    }

    private void onLeadershipAcquired(Predecessor predecessor) {
        try {
            startTerm(termStart(predecessor), predecessor);
        } catch (KubernetesClientException rejected) {
            LOG.errorf("The operator ends. %s", ClusterFailure.describe(rejected));
            exit.accept(ExitCode.CLUSTER_UNUSABLE);
        } catch (RuntimeException | Error failure) {
            // Also an Error: the election would renew the Lease without an end, and no process would work.
            LOG.error("The leader term failed to start; the process ends", failure);
            exit.accept(ExitCode.FAILED);
        }
    }

    private LeaderTermStart termStart(Predecessor predecessor) {
        var now = clock.instant();
        var preexisting = objects.get();
        var drained =
                switch (predecessor) {
                    case DRAINED -> true;
                    case NONE -> !preexisting.anyHasOperatorState();
                    case UNCLEAN -> false;
                };
        return new LeaderTermStart(now, drained, preexisting.uids());
    }

    private synchronized void startTerm(LeaderTermStart start, Predecessor predecessor) {
        if (closing.get()) {
            return;
        }
        var created = terms.apply(start);
        term = Optional.of(created);
        created.start();
        LogEvent.info(LOG, "Leader term started")
                .with(LogEvent.PREDECESSOR, predecessor)
                .with(LogEvent.PREDECESSOR_DRAINED, start.predecessorDrained())
                .with(LogEvent.PREEXISTING_REQUESTS, start.preexistingUids().size())
                .log();
    }

    /**
     * Ends the term and resigns. It takes at most as long as the longest cloud call and a few seconds to record its result.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        synchronized (this) {
            term.ifPresent(LeaderTerm::close);
            var drained = isDrained();
            leadership.resign(drained);
            LogEvent.info(LOG, "Leadership resigned")
                    .with(LogEvent.DRAINED, drained)
                    .log();
        }
    }

    /**
     * Without a term, this process has sent nothing, so it reports what its predecessor left. A missing Lease does not prove
     * that the predecessor was drained.
     */
    private boolean isDrained() {
        return term.map(current -> current.isDrained(clock.instant()))
                .orElseGet(() -> leadership.predecessor() == Predecessor.DRAINED);
    }
}
