/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import java.util.Collection;
import java.util.List;

/**
 * Owns all connections. Today this is the default connection of the operator's settings; a reference to another one is not
 * supported yet.
 */
public final class CloudConnectionRegistry implements CloudConnections, AutoCloseable {
    private final CloudConnection defaultConnection;

    public CloudConnectionRegistry(CloudConnection defaultConnection) {
        this.defaultConnection = defaultConnection;
    }

    @Override
    public ConnectionResolution resolve(String namespace, ConnectionRef reference) {
        return reference == null
                ? new ConnectionResolution.Resolved(defaultConnection.forNamespace(namespace))
                : new ConnectionResolution.Unresolved(Verdict.of(CommonReason.ConnectionNotSupported));
    }

    @Override
    public void removeObject(String uid) {
        connections().forEach(connection -> connection.removeObject(uid));
    }

    /** Starts the pollers of all connections. */
    public void start() {
        connections().forEach(CloudConnection::start);
    }

    /** Returns how many snapshots of all connections are being created or deleted. */
    public int inFlight() {
        return connections().stream()
                .mapToInt(connection -> connection.poller().inFlightCount())
                .sum();
    }

    /** Stops the pollers of all connections. */
    @Override
    public void close() {
        connections().forEach(CloudConnection::close);
    }

    private Collection<CloudConnection> connections() {
        return List.of(defaultConnection);
    }
}
