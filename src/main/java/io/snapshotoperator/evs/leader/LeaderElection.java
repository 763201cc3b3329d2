/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Elects one of several processes with fabric8's {@link LeaderElector} and a {@link DrainAwareLeaseLock}. From the lock, the
 * new leader learns how the last one left, so that a leader change does not make a second snapshot.
 */
public final class LeaderElection implements LeaderRole {
    private static final Logger LOG = Logger.getLogger(LeaderElection.class);

    /**
     * Settings of the Lease.
     *
     * @param enabled false: every process is a leader at once. Only for one replica that ends before the next one starts
     * @param duration how long the Lease is valid without renewal
     * @param renewal time between two renewals
     */
    public record LeaseSettings(boolean enabled, String namespace, String name, Duration duration, Duration renewal) {}

    private final KubernetesClient kubernetes;
    private final LeaseSettings settings;
    private final DrainAwareLeaseLock lock;
    private final ExecutorService threads;
    private Optional<CompletableFuture<?>> election = Optional.empty();

    /** @param identity random for each process: a restarted container is another holder */
    public LeaderElection(
            KubernetesClient kubernetes,
            LeaseSettings settings,
            String identity,
            ExecutorService threads,
            InstantSource clock) {
        this.kubernetes = kubernetes;
        this.settings = settings;
        this.threads = threads;
        this.lock = new DrainAwareLeaseLock(
                settings.namespace(), settings.name(), identity, settings.duration(), clock, System::nanoTime);
    }

    /** Returns the guard of mutating calls. It is always open if leader election is disabled. */
    public LeadershipGuard guard() {
        return settings.enabled() ? lock : always -> true;
    }

    @Override
    public void start(Consumer<Predecessor> onAcquired, Runnable onLost) {
        if (!settings.enabled()) {
            // Without a Lease it is unknown how the last process ended. NONE lets the requests tell it.
            threads.execute(() -> onAcquired.accept(Predecessor.NONE));
            return;
        }
        var callbacks = new LeaderCallbacks(
                () -> threads.execute(() -> {
                    logHolder("Lease acquired", lock.identity());
                    onAcquired.accept(lock.predecessor());
                }),
                onLost,
                holder -> {
                    // A Lease that was released has an empty holder.
                    if (!holder.isEmpty() && !holder.equals(lock.identity())) {
                        logHolder("Lease is held by another process", holder);
                    }
                });
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

    private void logHolder(String message, String holder) {
        LogEvent.info(LOG, message)
                .with(LogEvent.NAMESPACE, settings.namespace())
                .with(LogEvent.NAME, settings.name())
                .with(LogEvent.HOLDER, holder)
                .log();
    }

    @Override
    public Predecessor predecessor() {
        return lock.predecessor();
    }

    @Override
    public void resign(boolean drained) {
        lock.stopClaimingLeadership();
        // First the election, because it would acquire the released Lease again.
        election.ifPresent(future -> future.cancel(true));
        if (drained && election.isPresent()) {
            release();
        }
    }

    /** If the release fails, the Lease expires; the next holder only waits longer. */
    private void release() {
        try {
            lock.release(kubernetes);
        } catch (KubernetesClientException rejected) {
            // For example after helm uninstall, which removes the rights of the operator before the process ends.
            LogEvent.warn(LOG, "Lease release rejected; the Lease expires instead")
                    .with(LogEvent.NAMESPACE, settings.namespace())
                    .with(LogEvent.NAME, settings.name())
                    .with(LogEvent.REASON, rejected.getMessage())
                    .log();
        }
    }
}
