/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CloudConnection;
import java.util.Optional;

/**
 * What the operator knows about one {@code EvsConnection}.
 *
 * @param established empty if none could be made yet
 * @param hasCredentials whether credentials were read once
 * @param blocked why objects that are not being deleted cannot use it; empty if they can
 */
record RegisteredConnection(
        Optional<Established> established, boolean hasCredentials, Optional<Verdict> blocked, boolean isBeingDeleted) {

    /**
     * A connection to the cloud with its origin.
     *
     * @param basis what it was made from; another basis needs another connection
     */
    record Established(ConnectionBasis basis, CloudConnection connection, SecretData credentials) {}

    Optional<CloudConnection> connection() {
        return established.map(Established::connection);
    }
}
