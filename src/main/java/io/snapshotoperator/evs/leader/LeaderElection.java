/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Who may send orders. One process leads; a second one waits. What a new leader must know of its predecessor, and how an
 * old one leaves, is what keeps a change of leader from making a second snapshot.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaderElection.class);

    /**
     * Settings of the lease.
     *
     * @param enabled without election every process orders, so two of them would order twice: only for one replica that
     *     is stopped before the next one starts
     * @param duration how long a lease holds without renewal
     * @param renewal between two renewals
     */
    public record LeaseSettings(boolean enabled, String namespace, String name, Duration duration, Duration renewal) {}

    private final KubernetesClient kubernetes;
    private final LeaseSettings settings;
    private final DrainAwareLeaseLock lock;
    private final ExecutorService threads;
    private Optional<CompletableFuture<?>> election = Optional.empty();

    public LeaderElection(
            KubernetesClient kubernetes,
            LeaseSettings settings,
            String identity,
            ExecutorService threads,
            InstantSource clock) {
        this.kubernetes = kubernetes;
        this.settings = settings;
        this.threads = threads;
        this.lock =
                new DrainAwareLeaseLock(settings.namespace(), settings.name(), identity, settings.duration(), clock);
    }

    /** What orders ask before they leave. */
    public LeadershipGuard guard() {
        return settings.enabled() ? lock : always -> true;
    }

    /**
     * Strives for the lease until it is had.
     *
     * @param gained called once, on a thread of its own, with who held the lease before
     * @param lost called once when it is lost after that; the process must end, because what it knows is no longer certain
     */
    public void start(Consumer<DrainAwareLeaseLock.Predecessor> gained, Runnable onFatal) {
        if (!settings.enabled()) {
            // Nobody tells whether another process ended cleanly a moment ago.
            threads.execute(() -> gained.accept(DrainAwareLeaseLock.Predecessor.NONE));
            return;
        }
        var callbacks = new LeaderCallbacks(
                () -> threads.execute(() -> gained.accept(lock.predecessor())),
                onFatal,
                leader -> LOG.infof("The lease is held by %s", leader));
        var config = new LeaderElectionConfig(
                lock,
                settings.duration(),
                settings.duration().minus(settings.renewal()),
                settings.renewal(),
                callbacks,
                false,
                settings.name());
        election = Optional.of(new LeaderElector(kubernetes, config, threads).start());
    }

    /**
     * Gives up the lease.
     *
     * @param drained whether nothing of ours is under way any more; only then is it released rather than left to run out
     */
    public void resign(boolean drained) {
        lock.stopClaimingLeadership();
        // First the election, or it would take the released lease back.
        close();
        if (drained && election.isPresent()) {
            release();
        }
    }

    /** A lease that cannot be released runs out by itself; the next holder only waits longer. */
    private void release() {
        try {
            lock.release(kubernetes);
        } catch (KubernetesClientException rejected) {
            // As after helm uninstall, which takes our rights away while we still stop.
            LOG.warnf("The lease could not be released and is left to run out: %s", rejected.getMessage());
        }
    }

    @Override
    public void close() {
        election.ifPresent(future -> future.cancel(true));
    }
}
