/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Warns at the start if credentials cross the network without encryption. */
final class EncryptionCheck {
    private static final Logger LOG = Logger.getLogger(EncryptionCheck.class);

    private EncryptionCheck() {}

    /** Writes one line if an endpoint on another machine has plain HTTP, and the settings do not call it the simulator. */
    static void warnIfUnencrypted(Settings.Connection connection) {
        if (connection.simulator() || !CloudClients.isConfigured(connection)) {
            return;
        }
        var settings = CloudClients.settings(connection, ApiFamily.NATIVE);
        var keys = settings.unencryptedEndpoints().stream().map(settings::key).collect(Collectors.joining(" and "));
        if (!keys.isEmpty()) {
            LogEvent.warn(LOG, "Credentials are sent unencrypted")
                    .with(
                            LogEvent.DETAIL,
                            "Set " + keys + " to an https:// address, or set evs.connection.simulator=true if it is the"
                                    + " simulator.")
                    .log();
        }
    }
}
