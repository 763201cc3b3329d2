/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
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
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.NoRateLimit;
import io.snapshotoperator.evs.controller.ObjectLister;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.connection.ConnectionRegistry;
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

/**
 * Wires what exists only while this process leads: the controllers with what they share, and their meters. For one term, and then
 * not again.
 */
final class LeaderTermWiring {
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);

    /** The requests of a slot change at about the same time. */
    private static final Duration SCHEDULE_DELAY = Duration.ofSeconds(2);

    private final Settings settings;
    private final Operator operator;
    private final KubernetesClient kubernetes;
    private final InstantSource clock;
    private final InstantSource scheduleClock;
    private final MeterRegistry meters;
    private final SnapshotMetrics metrics;
    private final Set<String> namespaces;

    private final ReconcileSettings shared;
    private final CreateGuard guard;
    private final MutatingCalls calls;
    private final EventRecorder events;
    private final PollerEventSource<VolumeSnapshotRequest> eventSource = new PollerEventSource<>();
    private final LeaderMetrics gauges;
    private final ConnectionWiring cloud;
    private final Optional<CloudConnection> ownConnection;
    private final ConnectionRegistry connections;

    /** Empty if restores are disabled. */
    private final Optional<SourceRequests> restored;

    private final RequestUse use;
    private final ScheduleTriggers triggers = new ScheduleTriggers(SCHEDULE_DELAY);
    private final RequestIndex index;
    private final List<RequestListener> listeners = new ArrayList<>();
    private final List<Runnable> removeMeters = new ArrayList<>();

    LeaderTermWiring(OperatorFactory.Parts parts, LeaderTermStart start, LeadershipGuard lease, String installation) {
        settings = parts.settings();
        operator = parts.operator();
        kubernetes = parts.kubernetes();
        clock = parts.clock();
        scheduleClock = parts.scheduleClock();
        meters = parts.meters();
        metrics = parts.metrics();
        namespaces = parts.namespaces();
        shared = new ReconcileSettings(
                installation, retryPolicy(), clock, Jitter.upToTenPercent(parts.random()), () -> UUID.randomUUID()
                        .toString());
        guard = new CreateGuard(start, shared.retryPolicy().settleTime());
        calls = new MutatingCalls(
                guard,
                lease,
                clock,
                settings.connection().timeout().plus(settings.leaderElection().maxClockSkew()));
        events = new EventRecorder(kubernetes, metrics);
        gauges = new LeaderMetrics(meters, metrics);
        cloud = new ConnectionWiring(
                settings, eventSource, meters, clock, shared.jitter(), installation, parts::watches);
        ownConnection = cloud.own();
        connections = new ConnectionRegistry(
                ownConnection, servedNamespaces(), new NamespaceLabelCache(kubernetes, clock), clock);
        restored = settings.restores().enabled() ? Optional.of(new SourceRequests()) : Optional.empty();
        use = restored.<RequestUse>map(requests -> requests).orElse(RequestUse.NONE);
        index = new RequestIndex(triggers, use);
    }

    /** Registers the controllers and the meters. Starts nothing. */
    LeaderTerm wire() {
        registerGauges();
        if (settings.connections().enabled()) {
            registerConnections();
        }
        if (settings.schedules().enabled()) {
            registerSchedules();
        }
        restored.ifPresent(this::registerRestores);
        var terminatingClaims = new TerminatingClaims(eventSource::propagateEvent);
        registerRequests(terminatingClaims);
        var claimWatch = ClaimWatch.of(
                kubernetes,
                namespaces,
                terminatingClaims::seen,
                clock,
                shared.retryPolicy().maxBackoff());
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

    private void registerGauges() {
        removeMeters.add(gauges::close);
        gauges.registerInFlight(connections::inFlight);
        gauges.registerOrphans(connections::orphaned);
        gauges.registerRequests(
                SnapshotReason.all(), () -> eventSource.allObjects().map(StatusMapper::reportedReason));
        gauges.registerDuplicates(() ->
                eventSource.allObjects().mapToInt(StatusMapper::duplicateCount).sum());
    }

    private void registerConnections() {
        connections.expect(ConnectionLister.list(kubernetes, namespaces));
        var reconciler = new EvsConnectionReconciler(
                kubernetes,
                connections,
                cloud,
                new RequestUsers(eventSource, restored),
                events,
                new EvsConnectionReconciler.Timings(
                        settings.retry().initialBackoff(),
                        settings.retry().maxBackoff(),
                        settings.poll().resyncInterval()),
                () -> ClusterUser.of(kubernetes),
                clock,
                shared.jitter());
        cloud.onTroubleChanged(reconciler::onTroubleChanged);
        operator.register(reconciler, configuration -> configure(configuration, "evsconnection"));
        gauges.registerConnections(ConnectionReason.all(), reconciler::reasons);
    }

    private void registerSchedules() {
        listeners.add(index);
        var scheduleMetrics = new ScheduleMetrics(meters, scheduleClock);
        removeMeters.add(scheduleMetrics::close);
        var reconciler = new VolumeSnapshotScheduleReconciler(
                kubernetes,
                connections,
                index,
                triggers,
                events,
                scheduleMetrics,
                settings.schedules().snapshotsPerVolume(),
                scheduleClock);
        gauges.registerSchedules(ScheduleReason.all(), reconciler::reasons);
        operator.register(reconciler, configuration -> configure(configuration, "volumesnapshotschedule"));
    }

    private void registerRestores(SourceRequests requests) {
        listeners.add(requests);
        var reconciler = new VolumeSnapshotRestoreReconciler(
                calls,
                events,
                connections,
                guard,
                requests,
                new ClaimCreator(kubernetes, settings.restores().createClaims(), csiDrivers()),
                new VolumeSnapshotRestoreReconciler.Timings(
                        settings.poll().interval(), settings.poll().resyncInterval()),
                shared);
        gauges.registerRestores(RestoreReason.all(), reconciler::reasons);
        operator.register(reconciler, configuration -> configure(configuration, "volumesnapshotrestore"));
    }

    private void registerRequests(TerminatingClaims terminatingClaims) {
        var claims = new ClaimVolumeResolver(
                kubernetes, csiDrivers(), settings.claim().retryInterval());
        var reconciler = new VolumeSnapshotRequestReconciler(
                new CloudActuator(calls, use),
                claims,
                events,
                metrics,
                connections,
                guard,
                eventSource,
                shared,
                RequestListener.all(listeners),
                use,
                ReconcileExtension.all(List.of(
                        contentExtension(claims),
                        new SourceRiskReporter(
                                kubernetes,
                                terminatingClaims,
                                shared.retryPolicy().maxBackoff()))));
        operator.register(reconciler, configuration -> configure(configuration, "volumesnapshotrequest"));
    }

    private SnapshotContentExtension contentExtension(ClaimVolumeResolver claims) {
        var contents = settings.volumeSnapshotContents();
        return new SnapshotContentExtension(
                kubernetes,
                claims,
                new ContentPermission(
                        contents.enabled(), contents.rawIdNamespaces().orElse(Set.of()), this::driverLocation),
                contents.checkInterval());
    }

    private Set<String> csiDrivers() {
        return settings.claim().csiDrivers().orElse(Set.of());
    }

    /** Returns where the CSI drivers of the cluster have their volumes: as set, or where the operator's own connection leads. */
    private DriverLocation driverLocation() {
        var contents = settings.volumeSnapshotContents();
        if (contents.endpoint().isPresent() && contents.projectId().isPresent()) {
            // The location of a connection has no slash at its end.
            return new DriverLocation.At(new CloudLocation(
                    contents.endpoint().get().replaceFirst("/+$", ""),
                    contents.projectId().get()));
        }
        if (ownConnection.isEmpty()) {
            return new DriverLocation.Nowhere();
        }
        return ownConnection
                .get()
                .checkAccess()
                .<DriverLocation>map(access -> access instanceof CloudAccess.Available available
                        ? new DriverLocation.At(available.here())
                        : new DriverLocation.Unavailable())
                .orElseGet(DriverLocation.NotKnownYet::new);
    }

    private ServedNamespaces servedNamespaces() {
        return new ServedNamespaces(
                settings.connection().namespaces().orElse(Set.of()),
                settings.connection().rawIdNamespaces().orElse(Set.of()),
                settings.connection().importDeletionNamespaces().orElse(Set.of()));
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
}
