/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.condition.Verdict;

/**
 * Finds the connection of each object. Connections can come and go, so a reconcile resolves its connection each time and
 * keeps none.
 */
public interface CloudConnections {

    /** The result of resolving a reference. */
    sealed interface ConnectionResolution {
        /** The reference names this connection. */
        record Resolved(CloudConnection connection) implements ConnectionResolution {}

        /**
         * The reference names no connection that can be used.
         *
         * @param verdict what to report
         */
        record Unresolved(Verdict verdict) implements ConnectionResolution {}
    }

    /**
     * Resolves the reference of an object.
     *
     * @param namespace the namespace of the object
     * @param reference null for the default connection
     */
    ConnectionResolution resolve(String namespace, ConnectionRef reference);

    /** Removes what the connections remember about an object that is gone. */
    void removeObject(String uid);
}
