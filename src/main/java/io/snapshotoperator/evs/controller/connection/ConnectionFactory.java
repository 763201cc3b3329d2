/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.controller.CloudConnection;
import java.util.Optional;

/** Makes a connection to the cloud. The wiring implements it, because only the wiring knows the HTTP client. */
public interface ConnectionFactory {
    /**
     * Returns a connection whose poller is not started.
     *
     * @throws InvalidConnectionException if the spec is not usable or not allowed
     */
    CloudConnection create(ResourceID id, ConnectionBasis basis, SecretData credentials);

    /** Returns what is wrong with the keys of a Secret that was read; empty if they are credentials. */
    Optional<String> problemOf(SecretData credentials);
}
