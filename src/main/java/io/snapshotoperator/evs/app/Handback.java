/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.controller.request.RequestLister;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Lists the objects that have the finalizer of the operator, and removes it. */
final class Handback {
    private static final int MAX_CONFLICTS = 20;
    private static final String ROW = "%-24s %-24s %-32s %s%n";

    private final Settings settings;
    private final KubernetesClient kubernetes;
    private final InstantSource clock;
    private final PrintWriter out;
    private int count;

    Handback(Settings settings, KubernetesClient kubernetes, InstantSource clock, PrintWriter out) {
        this.settings = settings;
        this.kubernetes = kubernetes;
        this.clock = clock;
        this.out = out;
    }

    /** Returns why the finalizers must not be removed now: a running operator would add them again. */
    Optional<String> runningOperator() {
        if (!settings.leaderElection().enabled()) {
            return Optional.empty();
        }
        var namespace = OperatorFactory.leaseNamespace(settings, kubernetes);
        var name = settings.leaderElection().leaseName();
        return Optional.ofNullable(kubernetes
                        .leases()
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(lease -> lease.getSpec())
                .filter(this::isHeld)
                .map(lease -> "An operator still runs: " + lease.getHolderIdentity() + " holds the Lease " + name
                        + " in the namespace " + namespace + ". Stop it first, for example with: kubectl scale"
                        + " deployment --replicas=0 -n " + namespace
                        + " -l app.kubernetes.io/component=operator. A process that ended without releasing the Lease"
                        + " holds it for "
                        + settings.leaderElection().leaseDuration().toSeconds() + " seconds.");
    }

    private boolean isHeld(LeaseSpec lease) {
        return lease.getHolderIdentity() != null
                && !lease.getHolderIdentity().isEmpty()
                && lease.getRenewTime() != null
                && lease.getRenewTime()
                        .toInstant()
                        .plus(settings.leaderElection().leaseDuration())
                        .isAfter(clock.instant());
    }

    /** Prints the objects and changes nothing. */
    void list() {
        forEachHeld(object -> {});
        out.printf(
                "%d objects have the finalizer %s. With --yes, the command removes it. All snapshots and volumes stay.%n",
                count, Api.FINALIZER);
        out.flush();
    }

    /** Removes the finalizers. What was done before a failure stays done, and the command can run again. */
    void removeFinalizers() {
        forEachHeld(this::removeFinalizer);
        out.printf("The finalizer was removed from %d objects. All snapshots and volumes stay.%n", count);
        out.flush();
    }

    private void forEachHeld(Consumer<HasMetadata> action) {
        out.printf(ROW, "KIND", "NAMESPACE", "NAME", "SNAPSHOT");
        var namespaces = settings.namespaces().orElse(Set.of());
        RequestLister.ALL.forEach(kubernetes, namespaces, request -> visit(request, snapshotOf(request), action));
        if (settings.restores().enabled()) {
            OperatorFactory.RESTORES.forEach(
                    kubernetes, namespaces, restore -> visit(restore, volumeOf(restore), action));
        }
        if (settings.connections().enabled()) {
            ConnectionLister.objects(kubernetes, namespaces).forEach(connection -> visit(connection, "", action));
        }
    }

    private void visit(HasMetadata object, String snapshot, Consumer<HasMetadata> action) {
        if (!object.hasFinalizer(Api.FINALIZER) && !object.hasFinalizer(Api.CONTENT_FINALIZER)) {
            return;
        }
        var metadata = object.getMetadata();
        var note = object.isMarkedForDeletion() ? snapshot + " (the object is being deleted)" : snapshot;
        out.printf(ROW, object.getKind(), metadata.getNamespace(), metadata.getName(), note);
        count++;
        action.accept(object);
    }

    private static String snapshotOf(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatus::snapshotId)
                .orElse("not recorded");
    }

    private static String volumeOf(VolumeSnapshotRestore restore) {
        return "volume "
                + Optional.ofNullable(restore.getStatus())
                        .map(VolumeSnapshotRestoreStatus::volumeId)
                        .orElse("not recorded");
    }

    private void removeFinalizer(HasMetadata object) {
        for (var conflicts = 0; ; conflicts++) {
            try {
                kubernetes.resource(object).edit(current -> {
                    current.removeFinalizer(Api.FINALIZER);
                    current.removeFinalizer(Api.CONTENT_FINALIZER);
                    return current;
                });
                return;
            } catch (KubernetesClientException rejected) {
                if (rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                    return;
                }
                if (rejected.getCode() != HttpURLConnection.HTTP_CONFLICT || conflicts == MAX_CONFLICTS) {
                    throw rejected;
                }
            }
        }
    }
}
