/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.controller.ObjectLister;
import io.snapshotoperator.evs.controller.request.RequestLister;
import io.snapshotoperator.evs.controller.restore.RestoreStatusMapper;
import io.snapshotoperator.evs.leader.LeaderElection;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.InstantSource;
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

    private final Parts parts;

    /**
     * What the operator is made of.
     *
     * @param operator not started, and without a reconciler
     * @param scheduleClock decides which slots of schedules are due
     */
    record Parts(
            Settings settings,
            Operator operator,
            KubernetesClient kubernetes,
            MeterRegistry meters,
            SnapshotMetrics metrics,
            InstantSource clock,
            InstantSource scheduleClock,
            RandomGenerator random) {
        /** Returns the namespaces of the objects; empty if the operator works in all of them. */
        Set<String> namespaces() {
            return settings.namespaces().orElse(Set.of());
        }

        boolean watches(String namespace) {
            return namespaces().isEmpty() || namespaces().contains(namespace);
        }
    }

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
        this.parts = new Parts(
                settings, operator, kubernetes, meters, new SnapshotMetrics(meters), clock, scheduleClock, random);
    }

    /**
     * Creates the operator and starts nothing.
     *
     * @param exit ends the process with an {@link ExitCode}; does not wait for the end
     * @throws IllegalArgumentException naming the keys of settings that cannot be used
     * @throws KubernetesClientException if the API server does not return the identity of the installation
     */
    public OperatorLifecycle lifecycle(IntConsumer exit) {
        SettingsCheck.requireValid(parts.settings());
        EncryptionCheck.warnIfUnencrypted(parts.settings().connection());
        var installation = Installation.of(parts.settings(), parts.kubernetes());
        var election = election();
        var lease = election.guard();
        return new OperatorLifecycle(
                election,
                this::listObjects,
                start -> new LeaderTermWiring(parts, start, lease, installation).wire(),
                parts.clock(),
                exit);
    }

    /** Lists everything for which an earlier leader can have sent a create request. */
    private ObjectLister.Listed listObjects() {
        var requests = RequestLister.ALL.list(parts.kubernetes(), parts.namespaces());
        return parts.settings().restores().enabled()
                ? requests.and(RESTORES.list(parts.kubernetes(), parts.namespaces()))
                : requests;
    }

    private LeaderElection election() {
        var election = parts.settings().leaderElection();
        var lease = new LeaderElection.LeaseSettings(
                election.enabled(),
                leaseNamespace(parts.settings(), parts.kubernetes()),
                election.leaseName(),
                election.leaseDuration(),
                election.retryPeriod());
        return new LeaderElection(
                parts.kubernetes(),
                lease,
                UUID.randomUUID().toString(),
                Executors.newCachedThreadPool(OperatorFactory::electionThread),
                parts.clock());
    }

    /** Returns the namespace of the Lease: as set, or that of the pod or the kubeconfig. */
    static String leaseNamespace(Settings settings, KubernetesClient kubernetes) {
        return settings.leaderElection()
                .leaseNamespace()
                .or(() -> Optional.ofNullable(kubernetes.getNamespace()))
                .orElse("default");
    }

    private static Thread electionThread(Runnable task) {
        var thread = new Thread(task, "evs-leader-election");
        thread.setDaemon(true);
        return thread;
    }
}
