/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnectionRegistry;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.request.CloudActuator;
import io.snapshotoperator.evs.controller.request.OrphanMonitor;
import io.snapshotoperator.evs.controller.request.RequestLister;
import io.snapshotoperator.evs.controller.request.VolumeSnapshotRequestReconciler;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.leader.DrainAwareLeaseLock;
import io.snapshotoperator.evs.leader.LeaderElection;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.poll.ReadPermits;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * The operator as a whole: strives for the lease, takes stock when it has it, reconciles until it is closed, and then
 * leaves so that the next one need not wait. Started once; a process that lost its lease ends.
 */
public final class SnapshotOperator implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SnapshotOperator.class);

    /**
     * Everything that an administrator may set, once it was checked.
     *
     * @param installation identity by which this installation knows its snapshots; never random
     * @param namespaces watched namespaces; empty means all
     * @param csiDrivers CSI drivers beside the known ones whose volume handle is a disk's id
     * @param electionEnabled whether one of several processes is elected to order
     * @param leaseDuration longer than {@code longestCall}, {@code leaseRenewal} and {@code clockSkew} together
     * @param maxCallDuration the HTTP timeout
     * @param maxClockSkew by how much the clocks of two nodes may differ
     * @param pollInterval between two shared looks while something is in flight
     * @param resyncInterval between two looks at everything
     * @param claimRetryInterval between two tries to resolve a claim that is not bound
     */
    public record OperatorSettings(
            String installation,
            Set<String> namespaces,
            Set<String> csiDrivers,
            boolean electionEnabled,
            String leaseNamespace,
            String leaseName,
            Duration leaseDuration,
            Duration retryPeriod,
            Duration maxCallDuration,
            Duration maxClockSkew,
            Duration pollInterval,
            Duration resyncInterval,
            Duration claimRetryInterval,
            RetryPolicy retryPolicy) {
        public OperatorSettings {
            namespaces = Set.copyOf(namespaces);
            csiDrivers = Set.copyOf(csiDrivers);
            if (electionEnabled
                    && maxCallDuration.plus(retryPeriod).plus(maxClockSkew).compareTo(leaseDuration) >= 0) {
                throw new IllegalArgumentException("evs.leader-election.lease-duration (" + leaseDuration
                        + ") must be longer than evs.connection.timeout (" + maxCallDuration
                        + "), evs.leader-election.retry-period ("
                        + retryPeriod + ") and evs.leader-election.max-clock-skew (" + maxClockSkew
                        + ") together, or an order could outlive the lease under which it was sent");
            }
            if (retryPolicy.settleTime().compareTo(maxCallDuration) <= 0) {
                throw new IllegalArgumentException("evs.create.settle-time (" + retryPolicy.settleTime()
                        + ") must be longer than evs.connection.timeout (" + maxCallDuration
                        + "), or an order under way could be taken for one that never was");
            }
        }
    }

    private final Operator operator;
    private final KubernetesClient kubernetes;
    private final SnapshotClient cloud;
    private final CallBudget budget;
    private final SnapshotMetrics metrics;
    private final OperatorSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LeaderElection leadership;
    private final ExecutorService threads;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Runnable onFatal;
    private volatile Optional<LeaderTerm> term = Optional.empty();

    /** What exists only while we lead. */
    private record LeaderTerm(CreateGuard guard, CloudActuator actuator, CloudConnectionRegistry connections) {}

    /**
     * @param operator not started yet, and without a reconciler of ours
     * @param onFatal called when the lease is lost, or the operator cannot be started: the process must end
     */
    public SnapshotOperator(
            Operator operator,
            KubernetesClient kubernetes,
            SnapshotClient cloud,
            CallBudget budget,
            SnapshotMetrics metrics,
            OperatorSettings settings,
            InstantSource clock,
            RandomGenerator random,
            Runnable onFatal) {
        this.operator = operator;
        this.kubernetes = kubernetes;
        this.cloud = cloud;
        this.budget = budget;
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.onFatal = onFatal;
        this.threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "evs-leader-election");
            thread.setDaemon(true);
            return thread;
        });
        this.leadership = new LeaderElection(
                kubernetes,
                new LeaderElection.LeaseSettings(
                        settings.electionEnabled(),
                        settings.leaseNamespace(),
                        settings.leaseName(),
                        settings.leaseDuration(),
                        settings.retryPeriod()),
                UUID.randomUUID().toString(),
                threads,
                clock);
    }

    public void start() {
        leadership.start(this::onLeadershipAcquired, this::onLeadershipLost);
    }

    /** Whether this process reconciles. */
    public boolean isLeader() {
        return term.isPresent();
    }

    private void onLeadershipLost() {
        if (!closing.get()) {
            LOG.warn("This process leads no longer, or cannot; it ends");
            onFatal.run();
        }
    }

    private void onLeadershipAcquired(DrainAwareLeaseLock.Predecessor predecessor) {
        try {
            var termStart = listPreexisting(predecessor);
            LOG.infof(
                    "Leading; the predecessor was %s, %d requests found%s",
                    predecessor,
                    termStart.preexistingUids().size(),
                    termStart.predecessorDrained()
                            ? ""
                            : "; orders of theirs may be under way for "
                                    + settings.retryPolicy().settleTime());
            startControllers(termStart);
        } catch (RuntimeException failure) {
            LOG.error("The operator cannot be started", failure);
            onLeadershipLost();
        }
    }

    /** A consistent list, not an informer's: that one may begin with what some API server happens to have cached. */
    private CreateGuard.LeaderTermStart listPreexisting(DrainAwareLeaseLock.Predecessor predecessor) {
        var now = clock.instant();
        var all = RequestLister.list(kubernetes, settings.namespaces());
        Set<String> found = new HashSet<>();
        all.forEach(request -> found.add(request.getMetadata().getUid()));
        var clean =
                switch (predecessor) {
                    case DRAINED -> true;
                    case NONE -> all.stream().noneMatch(RequestLister::hasOperatorState);
                    case UNCLEAN -> false;
                };
        return new CreateGuard.LeaderTermStart(now, clean, found);
    }

    private synchronized void startControllers(CreateGuard.LeaderTermStart termStart) {
        if (closing.get()) {
            return;
        }
        var jitter = Jitter.upToTenPercent(random);
        var guard = new CreateGuard(termStart, settings.retryPolicy().settleTime());
        var eventSource = new PollerEventSource<VolumeSnapshotRequest>();
        var intervals = new PollIntervals(settings.pollInterval(), settings.resyncInterval());
        var connections = new CloudConnectionRegistry(new CloudConnection(
                cloud,
                budget,
                settings.retryPolicy().maxBackoff().dividedBy(10),
                clock,
                intervals,
                reads -> new SnapshotPoller(
                        reads,
                        ReadPermits.waiting(reads),
                        clock,
                        intervals,
                        jitter,
                        eventSource::propagateEvent,
                        orphanWatch(eventSource))));
        metrics.registerInFlight(connections::inFlight);
        var actuator = new CloudActuator(
                guard, leadership.guard(), clock, settings.maxCallDuration().plus(settings.maxClockSkew()));
        var reconciler = new VolumeSnapshotRequestReconciler(
                actuator,
                new ClaimVolumeResolver(kubernetes, settings.csiDrivers(), settings.claimRetryInterval()),
                new EventRecorder(kubernetes, metrics),
                connections,
                guard,
                eventSource,
                settings.installation(),
                settings.retryPolicy(),
                clock,
                jitter);
        register(reconciler);
        operator.start();
        connections.start();
        term = Optional.of(new LeaderTerm(guard, actuator, connections));
    }

    private OrphanMonitor orphanWatch(PollerEventSource<VolumeSnapshotRequest> eventSource) {
        return new OrphanMonitor(
                settings.installation(),
                namespace ->
                        settings.namespaces().isEmpty() || settings.namespaces().contains(namespace),
                eventSource::existingUids,
                metrics);
    }

    private void register(VolumeSnapshotRequestReconciler reconciler) {
        operator.register(reconciler, configuration -> {
            configuration
                    .withName("volumesnapshotrequest")
                    .withFinalizer(Api.FINALIZER)
                    .withGenerationAware(false)
                    .withTriggerReconcilerOnAllEvents(true)
                    // An exception that escapes a reconcile is a bug or a failure of the Kubernetes API.
                    .withRetry(new GenericRetry()
                            .setInitialInterval(Duration.ofSeconds(1))
                            .setIntervalMultiplier(2)
                            .setMaxInterval(Duration.ofMinutes(1).toMillis())
                            .withoutMaxAttempts());
            if (!settings.namespaces().isEmpty()) {
                configuration.settingNamespaces(settings.namespaces());
            }
        });
    }

    /** The framework's stop fails when it is told to stop twice at once; the lease must be left properly all the same. */
    private void stopReconciling() {
        try {
            operator.stop();
        } catch (RuntimeException already) {
            LOG.warnf("The framework did not stop cleanly: %s", already.getMessage());
        }
    }

    /**
     * Stops: no new order leaves, those under way are answered, and the lease is released if nothing of ours can arrive
     * any more. Takes as long as the longest call at most.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        synchronized (this) {
            term.ifPresent(current -> {
                current.actuator().close();
                current.connections().close();
            });
            if (term.isPresent()) {
                stopReconciling();
            }
            var drained = term.map(current -> current.guard().isDrained(clock.instant()))
                    .orElse(true);
            LOG.infof("Stopped; the lease is %s", drained ? "released" : "left to run out, an order may be under way");
            leadership.resign(drained);
            threads.shutdown();
        }
    }
}
