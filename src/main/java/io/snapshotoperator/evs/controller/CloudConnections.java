/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;

/**
 * Finds the connection of each object. Connections can come and go, so a reconcile resolves its connection each time and
 * keeps none.
 */
public interface CloudConnections {

    /** The result of resolving a reference. */
    sealed interface ConnectionResolution {
        /**
         * The object can use this connection.
         *
         * @param policy what the object may do over it
         */
        record Resolved(CloudConnection connection, ConnectionPolicy policy) implements ConnectionResolution {}

        /**
         * There is no connection that the object can use.
         *
         * @param verdict what to report
         */
        record Unresolved(Verdict verdict) implements ConnectionResolution {}

        /**
         * The connection was not examined yet, as after a start, or may follow within seconds. The reconcile reports nothing and
         * comes back soon.
         */
        record NotKnownYet() implements ConnectionResolution {}
    }

    /**
     * Resolves the reference of an object.
     *
     * @param object a request or another object that needs the cloud
     * @param reference null for the connection {@code default} of its namespace, or else the operator's own one
     */
    ConnectionResolution resolve(HasMetadata object, ConnectionRef reference);

    /** Removes what the connections remember about an object that is gone. */
    void removeObject(String uid);
}
