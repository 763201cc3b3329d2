/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnections;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Owns all connections: the operator's own one, and one for each {@code EvsConnection}. Safe for use by many threads.
 *
 * <p>An object without a reference gets the connection {@code default} of its namespace. If there is none, it gets the operator's
 * own connection, but only if the administrator lists its namespace.
 */
public final class ConnectionRegistry implements CloudConnections, AutoCloseable {
    /**
     * A request and the first connection of its namespace can be applied together, and the request can be seen first. A tool that
     * judges the request, such as Flux, would fail at once if it were reported as stalled.
     */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Optional<CloudConnection> own;
    private final ServedNamespaces served;
    private final NamespaceLabels namespaceLabels;
    private final InstantSource clock;
    private final Map<ResourceID, RegisteredConnection> connections = new ConcurrentHashMap<>();
    private final Set<ResourceID> notExamined = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** Returns the labels of a namespace. */
    @FunctionalInterface
    public interface NamespaceLabels {
        Map<String, String> of(String namespace);
    }

    /**
     * @param own the operator's own connection, if it has one
     * @param served the namespaces that may use the own connection
     */
    public ConnectionRegistry(
            Optional<CloudConnection> own,
            ServedNamespaces served,
            NamespaceLabels namespaceLabels,
            InstantSource clock) {
        this.own = own;
        this.served = served;
        this.namespaceLabels = namespaceLabels;
        this.clock = clock;
    }

    /** Says which connections exist. Until each of them is examined, its objects wait instead of reporting that it is missing. */
    public void expect(Collection<ResourceID> existing) {
        notExamined.addAll(existing);
    }

    @Override
    public ConnectionResolution resolve(HasMetadata object, ConnectionRef reference) {
        var namespace = object.getMetadata().getNamespace();
        var id = new ResourceID(reference == null ? EvsConnection.DEFAULT_NAME : reference.name(), namespace);
        var registered = connections.get(id);
        if (registered != null) {
            return resolve(object, id, registered);
        }
        if (notExamined.contains(id)) {
            return new ConnectionResolution.NotKnownYet();
        }
        return reference == null
                ? resolveOwn(object, namespace)
                : notFound(id, "There is no EvsConnection " + id.getName() + ".");
    }

    private static ConnectionResolution resolve(HasMetadata object, ResourceID id, RegisteredConnection registered) {
        if (registered.connection().isEmpty()) {
            return notReady(id, registered);
        }
        if (registered.isBeingDeleted() && !object.hasFinalizer(Api.FINALIZER)) {
            return notFound(id, "EvsConnection " + id.getName() + " is being deleted.");
        }
        // The deletion of an object may still use the credentials that the operator read last.
        var deletes = object.isMarkedForDeletion() && registered.hasCredentials();
        if (registered.blocked().isPresent() && !deletes) {
            return notReady(id, registered);
        }
        return new ConnectionResolution.Resolved(
                registered.connection().get().forNamespace(id.getNamespace().orElseThrow()), ConnectionPolicy.ALL);
    }

    private static ConnectionResolution notFound(ResourceID id, String detail) {
        return new ConnectionResolution.Unresolved(Verdict.of(CommonReason.ConnectionNotFound, detail));
    }

    private static ConnectionResolution notReady(ResourceID id, RegisteredConnection registered) {
        return new ConnectionResolution.Unresolved(Verdict.of(
                CommonReason.ConnectionNotReady,
                "EvsConnection " + id.getName() + " reports: "
                        + registered.blocked().map(Verdict::message).orElse("not examined yet.")));
    }

    private ConnectionResolution resolveOwn(HasMetadata object, String namespace) {
        return own.flatMap(connection -> served.policyFor(namespace, () -> namespaceLabels.of(namespace))
                        .<ConnectionResolution>map(policy ->
                                new ConnectionResolution.Resolved(connection.forNamespace(namespace), policy)))
                .orElseGet(() -> isNew(object)
                        ? new ConnectionResolution.NotKnownYet()
                        : new ConnectionResolution.Unresolved(Verdict.of(CommonReason.NamespaceNotServed)));
    }

    private boolean isNew(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getCreationTimestamp())
                .map(Instant::parse)
                .filter(created -> clock.instant().isBefore(created.plus(GRACE)))
                .isPresent();
    }

    @Override
    public void removeObject(String uid) {
        all().forEach(connection -> connection.removeObject(uid));
    }

    /** Returns what is registered for an {@code EvsConnection}. */
    Optional<RegisteredConnection> find(ResourceID id) {
        return Optional.ofNullable(connections.get(id));
    }

    /**
     * Registers what the last reconcile of an {@code EvsConnection} found. Starts a new connection, and closes the one that it
     * replaces. After {@link #close()} it starts none: a reconcile can end later.
     *
     * @return whether objects of the connection can get another result from {@link #resolve} now
     */
    synchronized boolean update(ResourceID id, RegisteredConnection next) {
        var before = Optional.ofNullable(connections.put(id, next));
        notExamined.remove(id);
        var replaced = before.flatMap(RegisteredConnection::connection);
        if (!replaced.equals(next.connection())) {
            next.connection().ifPresent(closed ? CloudConnection::close : CloudConnection::start);
            replaced.ifPresent(CloudConnection::close);
        }
        return !before.equals(Optional.of(next));
    }

    /** Says that a connection does not exist any more. */
    synchronized void remove(ResourceID id) {
        notExamined.remove(id);
        Optional.ofNullable(connections.remove(id))
                .flatMap(RegisteredConnection::connection)
                .ifPresent(CloudConnection::close);
    }

    /** Starts the poller of the operator's own connection. */
    public void start() {
        own.ifPresent(CloudConnection::start);
    }

    /** Returns how many snapshots of all connections are being created or deleted. */
    public int inFlight() {
        return all().mapToInt(connection -> connection.poller().inFlightCount()).sum();
    }

    /** Returns how many orphaned snapshots the last inventories of all connections show. Several can show the same one. */
    public int orphaned() {
        return (int) all().flatMap(connection -> connection.orphans().stream())
                .distinct()
                .count();
    }

    /** Stops the pollers of all connections. No other one starts after it. */
    @Override
    public synchronized void close() {
        closed = true;
        all().forEach(CloudConnection::close);
    }

    private Stream<CloudConnection> all() {
        return Stream.concat(
                own.stream(),
                connections.values().stream()
                        .map(RegisteredConnection::connection)
                        .flatMap(Optional::stream));
    }
}
