/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.BaseConfigurationService;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CallBudget;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.snapshot.CreateGuard;
import io.snapshotoperator.evs.snapshot.RetryPolicy;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
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
     * @param claimDrivers CSI drivers beside the known ones whose volume handle is a disk's id
     * @param leaseEnabled whether one of several processes is elected to order
     * @param leaseDuration longer than {@code longestCall}, {@code leaseRenewal} and {@code clockSkew} together
     * @param longestCall the HTTP timeout
     * @param clockSkew by how much the clocks of two nodes may differ
     * @param sweep between two shared looks while something is in flight
     * @param resync between two looks at everything
     * @param claimRetry between two tries to resolve a claim that is not bound
     */
    public record OperatorSettings(
            String installation,
            Set<String> namespaces,
            Set<String> claimDrivers,
            boolean leaseEnabled,
            String leaseNamespace,
            String leaseName,
            Duration leaseDuration,
            Duration leaseRenewal,
            Duration longestCall,
            Duration clockSkew,
            Duration sweep,
            Duration resync,
            Duration claimRetry,
            RetryPolicy patience) {
        public OperatorSettings {
            namespaces = Set.copyOf(namespaces);
            claimDrivers = Set.copyOf(claimDrivers);
            if (leaseEnabled && longestCall.plus(leaseRenewal).plus(clockSkew).compareTo(leaseDuration) >= 0) {
                throw new IllegalArgumentException("evs.lease.duration (" + leaseDuration
                        + ") must be longer than evs.connection.timeout (" + longestCall + "), evs.lease.renewal ("
                        + leaseRenewal + ") and evs.lease.clock-skew (" + clockSkew
                        + ") together, or an order could outlive the lease under which it was sent");
            }
            if (patience.settle().compareTo(longestCall) <= 0) {
                throw new IllegalArgumentException("evs.settle (" + patience.settle()
                        + ") must be longer than evs.connection.timeout (" + longestCall
                        + "), or an order under way could be taken for one that never was");
            }
        }
    }

    private final Operator josdk;
    private final KubernetesClient kubernetes;
    private final SnapshotClient cloud;
    private final CallBudget budget;
    private final SnapshotMetrics meters;
    private final OperatorSettings terms;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LeaderElection leadership;
    private final ExecutorService threads;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Runnable lost;
    private volatile Optional<LeaderTerm> reign = Optional.empty();

    /** What exists only while we lead. */
    private record LeaderTerm(CreateGuard book, CloudActuator hands, SnapshotPoller shared) {}

    /**
     * @param josdk not started yet, and without a reconciler of ours
     * @param lost called when the lease is lost, or the operator cannot be started: the process must end
     */
    public SnapshotOperator(
            Operator josdk,
            KubernetesClient kubernetes,
            SnapshotClient cloud,
            CallBudget budget,
            SnapshotMetrics meters,
            OperatorSettings terms,
            InstantSource clock,
            RandomGenerator random,
            Runnable lost) {
        this.josdk = josdk;
        this.kubernetes = kubernetes;
        this.cloud = cloud;
        this.budget = budget;
        this.meters = meters;
        this.terms = terms;
        this.clock = clock;
        this.random = random;
        this.lost = lost;
        this.threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "evs-leadership");
            thread.setDaemon(true);
            return thread;
        });
        this.leadership = new LeaderElection(
                kubernetes,
                new LeaderElection.LeaseSettings(
                        terms.leaseEnabled(),
                        terms.leaseNamespace(),
                        terms.leaseName(),
                        terms.leaseDuration(),
                        terms.leaseRenewal()),
                UUID.randomUUID().toString(),
                threads,
                clock);
    }

    public void start() {
        leadership.start(this::onLeadershipAcquired, this::onLeadershipLost);
    }

    /** Whether this process reconciles. */
    public boolean isLeader() {
        return reign.isPresent();
    }

    private void onLeadershipLost() {
        if (!closing.get()) {
            LOG.warn("This process leads no longer, or cannot; it ends");
            lost.run();
        }
    }

    private void onLeadershipAcquired(DrainAwareLeaseLock.Predecessor predecessor) {
        try {
            var accession = listPreexisting(predecessor);
            LOG.infof(
                    "Leading; the predecessor was %s, %d requests found%s",
                    predecessor,
                    accession.found().size(),
                    accession.clean()
                            ? ""
                            : "; orders of theirs may be under way for "
                                    + terms.patience().settle());
            startControllers(accession);
        } catch (RuntimeException cannot) {
            LOG.error("The operator cannot be started", cannot);
            onLeadershipLost();
        }
    }

    /** A consistent list, not an informer's: that one may begin with what some API server happens to have cached. */
    private CreateGuard.LeaderTermStart listPreexisting(DrainAwareLeaseLock.Predecessor predecessor) {
        var now = clock.instant();
        var all = listRequests(kubernetes, terms.namespaces());
        Set<String> found = new HashSet<>();
        all.forEach(request -> found.add(request.getMetadata().getUid()));
        var clean =
                switch (predecessor) {
                    case DRAINED -> true;
                    case NONE -> all.stream().noneMatch(SnapshotOperator::hasOperatorState);
                    case UNCLEAN -> false;
                };
        return new CreateGuard.LeaderTermStart(now, clean, found);
    }

    /** Every request of the watched namespaces; empty means all. */
    static List<VolumeSnapshotRequest> listRequests(KubernetesClient kubernetes, Set<String> namespaces) {
        var requests = kubernetes.resources(VolumeSnapshotRequest.class);
        if (namespaces.isEmpty()) {
            return requests.inAnyNamespace().list().getItems();
        }
        return namespaces.stream()
                .flatMap(name -> requests.inNamespace(name).list().getItems().stream())
                .toList();
    }

    private static boolean hasOperatorState(VolumeSnapshotRequest request) {
        return request.hasFinalizer(Api.FINALIZER)
                || StatusMapper.recordedId(request).isPresent()
                || CreateIntentJson.textOn(request).isPresent();
    }

    private synchronized void startControllers(CreateGuard.LeaderTermStart accession) {
        if (closing.get()) {
            return;
        }
        var jitter = Jitter.upToTenPercent(random);
        var connection =
                new CloudConnection(cloud, budget, terms.patience().rare().dividedBy(10), clock);
        var book = new CreateGuard(accession, terms.patience().settle());
        var wakeups = new PollerEventSource();
        var timer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "evs-shared-looks");
            thread.setDaemon(true);
            return thread;
        });
        var rhythm = new SnapshotPoller.PollIntervals(
                terms.sweep(), terms.resync(), terms.sweep().multipliedBy(3));
        var shared = new SnapshotPoller(
                connection, clock, rhythm, jitter, wakeups::propagateEvent, orphanWatch(wakeups), timer);
        meters.registerInFlight(shared::inFlight);
        var hands = new CloudActuator(
                connection, book, leadership.guard(), clock, terms.longestCall().plus(terms.clockSkew()));
        var reconciler = new VolumeSnapshotRequestReconciler(
                new CloudObserver(connection, shared, clock),
                hands,
                new ClaimVolumeResolver(kubernetes, terms.claimDrivers(), terms.claimRetry()),
                new EventRecorder(kubernetes, meters),
                connection,
                shared,
                book,
                wakeups,
                terms.installation(),
                terms.patience(),
                clock,
                jitter);
        register(reconciler);
        josdk.start();
        shared.start();
        reign = Optional.of(new LeaderTerm(book, hands, shared));
    }

    private OrphanMonitor orphanWatch(PollerEventSource wakeups) {
        return new OrphanMonitor(
                terms.installation(),
                namespace -> terms.namespaces().isEmpty() || terms.namespaces().contains(namespace),
                wakeups::existingUids,
                meters);
    }

    private void register(VolumeSnapshotRequestReconciler reconciler) {
        var defaults = new BaseConfigurationService().getConfigurationFor(reconciler);
        var configuration = ControllerConfigurationOverrider.override(defaults)
                .withName("volumesnapshotrequest")
                .withFinalizer(Api.FINALIZER)
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true)
                // What escapes a pass is a bug or trouble with the Kubernetes API: tried again for ever, and slower.
                .withRetry(new GenericRetry()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setIntervalMultiplier(2)
                        .setMaxInterval(Duration.ofMinutes(1).toMillis())
                        .withoutMaxAttempts());
        if (!terms.namespaces().isEmpty()) {
            configuration.settingNamespaces(terms.namespaces());
        }
        josdk.register(reconciler, configuration.build());
    }

    /** The framework's stop fails when it is told to stop twice at once; the lease must be left properly all the same. */
    private void stopReconciling() {
        try {
            josdk.stop();
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
            reign.ifPresent(it -> {
                it.hands().close();
                it.shared().close();
            });
            if (reign.isPresent()) {
                stopReconciling();
            }
            var drained = reign.map(it -> it.book().isDrained(clock.instant())).orElse(true);
            LOG.infof("Stopped; the lease is %s", drained ? "released" : "left to run out, an order may be under way");
            leadership.resign(drained);
            threads.shutdown();
        }
    }
}
