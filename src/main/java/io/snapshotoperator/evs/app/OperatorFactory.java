/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.NoRateLimit;
import io.snapshotoperator.evs.controller.ObjectLister;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.connection.ConnectionRegistry;
import io.snapshotoperator.evs.controller.connection.ConnectionUsers;
import io.snapshotoperator.evs.controller.connection.EvsConnectionReconciler;
import io.snapshotoperator.evs.controller.csi.ContentPermission;
import io.snapshotoperator.evs.controller.csi.SnapshotContentExtension;
import io.snapshotoperator.evs.controller.request.ClaimWatch;
import io.snapshotoperator.evs.controller.request.CloudActuator;
import io.snapshotoperator.evs.controller.request.RequestListener;
import io.snapshotoperator.evs.controller.request.RequestLister;
import io.snapshotoperator.evs.controller.request.SourceRiskReporter;
import io.snapshotoperator.evs.controller.request.StatusMapper;
import io.snapshotoperator.evs.controller.request.TerminatingClaims;
import io.snapshotoperator.evs.controller.request.VolumeSnapshotRequestReconciler;
import io.snapshotoperator.evs.controller.restore.ClaimCreator;
import io.snapshotoperator.evs.controller.restore.RestoreStatusMapper;
import io.snapshotoperator.evs.controller.restore.SourceRequests;
import io.snapshotoperator.evs.controller.restore.VolumeSnapshotRestoreReconciler;
import io.snapshotoperator.evs.controller.schedule.RequestIndex;
import io.snapshotoperator.evs.controller.schedule.ScheduleTriggers;
import io.snapshotoperator.evs.controller.schedule.VolumeSnapshotScheduleReconciler;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.csi.ContentAdmission.DriverLocation;
import io.snapshotoperator.evs.leader.LeaderElection;
import io.snapshotoperator.evs.leader.LeadershipGuard;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.telemetry.LeaderMetrics;
import io.snapshotoperator.evs.telemetry.ScheduleMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** Wires the operator from its settings. Tests and the demo use it too, without Quarkus. */
public final class OperatorFactory {
    /** Lists restores from the API server itself. */
    static final ObjectLister<VolumeSnapshotRestore> RESTORES =
            new ObjectLister<>(VolumeSnapshotRestore.class, RestoreStatusMapper::hasOperatorState);

    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);

    /** The requests of a slot change at about the same time. */
    private static final Duration SCHEDULE_DELAY = Duration.ofSeconds(2);

    private final Settings settings;
    private final Operator operator;
    private final KubernetesClient kubernetes;
    private final MeterRegistry meters;
    private final SnapshotMetrics metrics;
    private final InstantSource clock;
    private final InstantSource scheduleClock;
    private final RandomGenerator random;
    private final Set<String> namespaces;

    /** Returns a new client for an operator without Quarkus. It reads requests as the client of the process does. */
    public static KubernetesClient kubernetesClient(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(ReducedMetadata.serialization())
                .build();
    }

    /** @param operator not started, and without a reconciler */
    public OperatorFactory(
            Settings settings,
            Operator operator,
            KubernetesClient kubernetes,
            MeterRegistry meters,
            InstantSource clock,
            RandomGenerator random) {
        this(settings, operator, kubernetes, meters, clock, clock, random);
    }

    /**
     * @param operator not started, and without a reconciler
     * @param scheduleClock decides which slots of schedules are due. The demo sets it forward by a day
     */
    public OperatorFactory(
            Settings settings,
            Operator operator,
            KubernetesClient kubernetes,
            MeterRegistry meters,
            InstantSource clock,
            InstantSource scheduleClock,
            RandomGenerator random) {
        this.settings = settings;
        this.operator = operator;
        this.kubernetes = kubernetes;
        this.meters = meters;
        this.metrics = new SnapshotMetrics(meters);
        this.clock = clock;
        this.scheduleClock = scheduleClock;
        this.random = random;
        this.namespaces = settings.namespaces().orElse(Set.of());
    }

    /**
     * Creates the operator and starts nothing.
     *
     * @param exit ends the process with an {@link ExitCode}; does not wait for the end
     * @throws IllegalArgumentException naming the keys of settings that cannot be used
     * @throws KubernetesClientException if the API server does not return the identity of the installation
     */
    public OperatorLifecycle lifecycle(IntConsumer exit) {
        SettingsCheck.requireValid(settings);
        EncryptionCheck.warnIfUnencrypted(settings.connection());
        var installation = Installation.of(settings, kubernetes);
        var election = election();
        var guard = election.guard();
        return new OperatorLifecycle(
                election, this::listObjects, start -> leaderTerm(start, guard, installation), clock, exit);
    }

    /** Lists everything for which an earlier leader can have sent a create request. */
    private ObjectLister.Listed listObjects() {
        var requests = RequestLister.ALL.list(kubernetes, namespaces);
        return settings.restores().enabled() ? requests.and(RESTORES.list(kubernetes, namespaces)) : requests;
    }

    private LeaderElection election() {
        var election = settings.leaderElection();
        var lease = new LeaderElection.LeaseSettings(
                election.enabled(),
                leaseNamespace(settings, kubernetes),
                election.leaseName(),
                election.leaseDuration(),
                election.retryPeriod());
        return new LeaderElection(
                kubernetes,
                lease,
                UUID.randomUUID().toString(),
                Executors.newCachedThreadPool(OperatorFactory::electionThread),
                clock);
    }

    /** Returns the namespace of the Lease: as set, or that of the pod or the kubeconfig. */
    static String leaseNamespace(Settings settings, KubernetesClient kubernetes) {
        return settings.leaderElection()
                .leaseNamespace()
                .or(() -> Optional.ofNullable(kubernetes.getNamespace()))
                .orElse("default");
    }

    private LeaderTerm leaderTerm(LeaderTermStart start, LeadershipGuard lease, String installation) {
        var jitter = Jitter.upToTenPercent(random);
        var retryPolicy = retryPolicy();
        var guard = new CreateGuard(start, retryPolicy.settleTime());
        var eventSource = new PollerEventSource<VolumeSnapshotRequest>();
        var cloud = new ConnectionWiring(settings, eventSource, meters, clock, jitter, installation, this::watches);
        var ownConnection = cloud.own();
        var connections = new ConnectionRegistry(
                ownConnection, servedNamespaces(), new NamespaceLabelCache(kubernetes, clock), clock);
        var gauges = new LeaderMetrics(meters, metrics);
        gauges.registerInFlight(connections::inFlight);
        gauges.registerOrphans(connections::orphaned);
        gauges.registerRequests(
                SnapshotReason.all(), () -> eventSource.allObjects().map(StatusMapper::reportedReason));
        gauges.registerDuplicates(() ->
                eventSource.allObjects().mapToInt(StatusMapper::duplicateCount).sum());
        var calls = new MutatingCalls(
                guard,
                lease,
                clock,
                settings.connection().timeout().plus(settings.leaderElection().maxClockSkew()));
        var events = new EventRecorder(kubernetes, metrics);
        var restored =
                settings.restores().enabled() ? Optional.of(new SourceRequests()) : Optional.<SourceRequests>empty();
        var use = restored.<RequestUse>map(requests -> requests).orElse(RequestUse.NONE);
        if (settings.connections().enabled()) {
            var reconciler =
                    connectionReconciler(connections, cloud, new RequestUsers(eventSource, restored), events, jitter);
            gauges.registerConnections(ConnectionReason.all(), reconciler::reasons);
        }
        var triggers = new ScheduleTriggers(SCHEDULE_DELAY);
        var index = new RequestIndex(triggers, use);
        var removeMeters = new ArrayList<Runnable>(List.of(gauges::close));
        var listeners = new ArrayList<RequestListener>();
        if (settings.schedules().enabled()) {
            listeners.add(index);
            var scheduleMetrics = new ScheduleMetrics(meters, scheduleClock);
            removeMeters.add(scheduleMetrics::close);
            var schedules = new VolumeSnapshotScheduleReconciler(
                    kubernetes,
                    connections,
                    index,
                    triggers,
                    events,
                    scheduleMetrics,
                    settings.schedules().snapshotsPerVolume(),
                    scheduleClock);
            gauges.registerSchedules(ScheduleReason.all(), schedules::reasons);
            operator.register(schedules, configuration -> configure(configuration, "volumesnapshotschedule"));
        }
        if (restored.isPresent()) {
            listeners.add(restored.get());
            var restores = new VolumeSnapshotRestoreReconciler(
                    calls,
                    events,
                    connections,
                    guard,
                    restored.get(),
                    new ClaimCreator(
                            kubernetes,
                            settings.restores().createClaims(),
                            settings.claim().csiDrivers().orElse(Set.of())),
                    new VolumeSnapshotRestoreReconciler.Timings(
                            retryPolicy,
                            settings.poll().interval(),
                            settings.poll().resyncInterval()),
                    installation,
                    clock,
                    jitter,
                    () -> UUID.randomUUID().toString());
            gauges.registerRestores(RestoreReason.all(), restores::reasons);
            operator.register(restores, configuration -> configure(configuration, "volumesnapshotrestore"));
        }
        var claims = new ClaimVolumeResolver(
                kubernetes,
                settings.claim().csiDrivers().orElse(Set.of()),
                settings.claim().retryInterval());
        var terminatingClaims = new TerminatingClaims(eventSource::propagateEvent);
        register(new VolumeSnapshotRequestReconciler(
                new CloudActuator(calls, use),
                claims,
                events,
                metrics,
                connections,
                guard,
                eventSource,
                installation,
                retryPolicy,
                clock,
                jitter,
                () -> UUID.randomUUID().toString(),
                RequestListener.all(listeners),
                use,
                new SnapshotContentExtension(
                        kubernetes,
                        claims,
                        new ContentPermission(
                                settings.volumeSnapshotContents().enabled(),
                                settings.volumeSnapshotContents()
                                        .rawIdNamespaces()
                                        .orElse(Set.of()),
                                () -> driverLocation(ownConnection)),
                        settings.volumeSnapshotContents().checkInterval()),
                new SourceRiskReporter(kubernetes, terminatingClaims, retryPolicy.maxBackoff())));
        var claimWatch =
                ClaimWatch.of(kubernetes, namespaces, terminatingClaims::seen, clock, retryPolicy.maxBackoff());
        var monitor = new WatchMonitor(
                this::listOnce, this::isWatching, clock, settings.watch().checkInterval());
        gauges.registerWatchHealthy(monitor::isHealthy);
        return new LeaderTerm(
                guard,
                () -> {
                    operator.start();
                    index.open();
                    restored.ifPresent(SourceRequests::open);
                    connections.start();
                    monitor.start();
                    // The cache of the requests is complete now, so no claim that is being deleted already is
                    // overlooked.
                    claimWatch.start();
                },
                // The calls first: then no new call starts while the operator waits for the open ones.
                List.of(
                        calls::close,
                        connections::close,
                        claimWatch::close,
                        operator::stop,
                        triggers::close,
                        monitor::close),
                monitor::isHealthy,
                () -> removeMeters.forEach(Runnable::run));
    }

    /** Returns where the CSI drivers of the cluster have their volumes: as set, or where the operator's own connection leads. */
    private DriverLocation driverLocation(Optional<CloudConnection> own) {
        var contents = settings.volumeSnapshotContents();
        if (contents.endpoint().isPresent() && contents.projectId().isPresent()) {
            return new DriverLocation.At(new CloudLocation(
                    contents.endpoint().get(), contents.projectId().get()));
        }
        if (own.isEmpty()) {
            return new DriverLocation.Nowhere();
        }
        return own.get().checkAccess().orElse(null) instanceof CloudAccess.Available available
                ? new DriverLocation.At(available.here())
                : new DriverLocation.NotKnownYet();
    }

    private ServedNamespaces servedNamespaces() {
        return new ServedNamespaces(
                settings.connection().namespaces().orElse(Set.of()),
                settings.connection().rawIdNamespaces().orElse(Set.of()),
                settings.connection().importDeletionNamespaces().orElse(Set.of()));
    }

    private EvsConnectionReconciler connectionReconciler(
            ConnectionRegistry registry,
            ConnectionWiring cloud,
            ConnectionUsers users,
            EventRecorder events,
            Jitter jitter) {
        registry.expect(ConnectionLister.list(kubernetes, namespaces));
        var reconciler = new EvsConnectionReconciler(
                kubernetes,
                registry,
                cloud,
                users,
                events,
                new EvsConnectionReconciler.Timings(
                        settings.retry().initialBackoff(),
                        settings.retry().maxBackoff(),
                        settings.poll().resyncInterval()),
                () -> ClusterUser.of(kubernetes),
                clock,
                jitter);
        cloud.onTroubleChanged(reconciler::onTroubleChanged);
        operator.register(reconciler, configuration -> configure(configuration, "evsconnection"));
        return reconciler;
    }

    /** Without the retries of the client: two failed checks must take less than two minutes. */
    private void listOnce() {
        var once = new RequestConfigBuilder(kubernetes.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout((int) CHECK_TIMEOUT.toMillis())
                .build();
        kubernetes
                .adapt(NamespacedKubernetesClient.class)
                .withRequestConfig(once)
                .<Void>call(client -> {
                    RequestLister.ALL.listOne(client, namespaces);
                    return null;
                });
    }

    private boolean isWatching() {
        for (RegisteredController<?> controller : operator.getRuntimeInfo().getRegisteredControllers()) {
            var health = controller.getControllerHealthInfo();
            for (InformerWrappingEventSourceHealthIndicator<?> source :
                    health.informerEventSourceHealthIndicators().values()) {
                if (!source.informerHealthIndicators().values().stream()
                        .allMatch(InformerHealthIndicator::isWatching)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean watches(String namespace) {
        return namespaces.isEmpty() || namespaces.contains(namespace);
    }

    private void register(VolumeSnapshotRequestReconciler reconciler) {
        operator.register(reconciler, configuration -> configure(configuration, "volumesnapshotrequest"));
    }

    private void configure(ControllerConfigurationOverrider<?> configuration, String name) {
        configuration
                .withName(name)
                .withFinalizer(Api.FINALIZER)
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true)
                .withInformerListLimit(ObjectLister.PAGE_SIZE)
                .withRateLimiter(new NoRateLimit())
                // An exception that escapes a reconcile is a bug or a failure of the Kubernetes API.
                .withRetry(new GenericRetry()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setIntervalMultiplier(2)
                        .setMaxInterval(Duration.ofMinutes(1).toMillis())
                        .withoutMaxAttempts());
        if (!namespaces.isEmpty()) {
            configuration.settingNamespaces(namespaces);
        }
    }

    private RetryPolicy retryPolicy() {
        return new RetryPolicy(
                settings.create().settleTime(),
                settings.create().outcomeProvableFor(),
                settings.retry().initialBackoff(),
                settings.retry().maxBackoff());
    }

    private static Thread electionThread(Runnable task) {
        var thread = new Thread(task, "evs-leader-election");
        thread.setDaemon(true);
        return thread;
    }
}
