/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The connections of an operator that has only its own one. */
public final class OwnConnection {
    private static final Set<String> ALL = Set.of(ServedNamespaces.ALL);

    private OwnConnection() {}

    /** Every object of every namespace may use it for everything. */
    public static CloudConnections everywhere(CloudConnection connection) {
        return registry(connection, new ServedNamespaces(ALL, ALL, ALL), Instant::now);
    }

    static ConnectionRegistry registry(CloudConnection connection, ServedNamespaces served, InstantSource clock) {
        return new ConnectionRegistry(Optional.of(connection), served, namespace -> Map.of("team", namespace), clock);
    }
}
