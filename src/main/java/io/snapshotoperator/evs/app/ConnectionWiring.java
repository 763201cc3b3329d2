/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.connection.CallLimits;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.WorkerPlaces;
import io.snapshotoperator.evs.controller.connection.ConnectionBasis;
import io.snapshotoperator.evs.controller.connection.ConnectionFactory;
import io.snapshotoperator.evs.controller.connection.SecretData;
import io.snapshotoperator.evs.controller.request.OrphanMonitor;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.poll.ReadPermits;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.telemetry.CloudCallMetrics;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Wires connections to the cloud, each with a client, a call budget and a poller of its own. */
final class ConnectionWiring implements ConnectionFactory {
    /** The name of the operator's own connection in logs. Those of users have a slash in their names. */
    static final String OWN = "operator";

    private final Settings settings;
    private final PollerEventSource<VolumeSnapshotRequest> eventSource;
    private final CloudCallMetrics calls;
    private final BudgetMetrics budgets;
    private final InstantSource clock;
    private final Jitter jitter;
    private final String installation;
    private final Predicate<String> watched;
    private final UserConnections users;
    private final WorkerPlaces workers = new WorkerPlaces();
    private volatile Consumer<ResourceID> troubleListener = connection -> {};

    /** @param watched whether a namespace is watched */
    ConnectionWiring(
            Settings settings,
            PollerEventSource<VolumeSnapshotRequest> eventSource,
            MeterRegistry meters,
            InstantSource clock,
            Jitter jitter,
            String installation,
            Predicate<String> watched) {
        this.settings = settings;
        this.eventSource = eventSource;
        this.calls = new CloudCallMetrics(meters);
        this.budgets = new BudgetMetrics(meters);
        this.clock = clock;
        this.jitter = jitter;
        this.installation = installation;
        this.watched = watched;
        this.users = new UserConnections(settings, clock);
    }

    /** Calls the listener with the connection of a user when its calls begin to fail, and when they work again. */
    void onTroubleChanged(Consumer<ResourceID> listener) {
        troubleListener = listener;
    }

    /** Returns the operator's own connection; empty if the settings contain none. */
    Optional<CloudConnection> own() {
        return CloudClients.isConfigured(settings.connection())
                ? Optional.of(connection(
                        OWN,
                        CloudClients.create(settings.connection(), calls, clock),
                        new CallBudget(
                                settings.budget().callsPerSecond(),
                                settings.budget().burst()),
                        () -> {}))
                : Optional.empty();
    }

    @Override
    public Optional<String> problemOf(SecretData credentials) {
        return UserConnections.problemOf(credentials);
    }

    @Override
    public CloudConnection create(ResourceID id, ConnectionBasis basis, SecretData credentials) {
        var limits = Optional.ofNullable(basis.spec().budget());
        var budget = new CallBudget(
                limits.map(CallLimits::callsPerSecond)
                        .map(Integer::doubleValue)
                        .orElse(settings.budget().callsPerSecond()),
                limits.map(CallLimits::burst).orElse(settings.budget().burst()));
        return connection(
                id.getNamespace().orElseThrow() + "/" + id.getName(),
                users.client(basis, credentials, calls),
                budget,
                () -> troubleListener.accept(id));
    }

    private CloudConnection connection(String name, CloudClient client, CallBudget budget, Runnable onTroubleChanged) {
        var intervals =
                new PollIntervals(settings.poll().interval(), settings.poll().resyncInterval());
        var orphans = new OrphanMonitor(name, installation, watched, eventSource::existingUids);
        var pause = settings.retry().maxBackoff().dividedBy(10);
        return new CloudConnection(
                name,
                client,
                budget,
                new CloudConnection.Timings(pause, pause, intervals),
                clock,
                budgets,
                workers,
                onTroubleChanged,
                reads -> new SnapshotPoller(
                        reads,
                        ReadPermits.waiting(reads),
                        clock,
                        intervals,
                        jitter,
                        eventSource::propagateEvent,
                        orphans),
                orphans::orphans);
    }
}
