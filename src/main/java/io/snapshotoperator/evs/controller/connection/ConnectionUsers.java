/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;

/** Finds the objects that use a connection. Their own specs say so; nothing else is counted. */
public interface ConnectionUsers {
    /**
     * An object that uses the connection.
     *
     * @param needsCloud whether the operator may have to delete or release something in the cloud before the object can go
     */
    record User(ResourceID id, boolean needsCloud) {}

    /** Returns the objects that use a connection; empty if they are not known yet, as after a start. */
    Optional<List<User>> of(ResourceID connection);

    /** Lets an object be reconciled soon. */
    void trigger(ResourceID user);
}
