/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Runs the operator until SIGTERM, or until it loses its Lease. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the operator. This is the default.")
public final class RunCommand implements Callable<Integer> {
    /** Seconds for which {@code java.net.http} keeps an idle connection. Only a system property sets it. */
    private static final String KEEP_ALIVE = "jdk.httpclient.keepalive.timeout";

    @Override
    public Integer call() {
        // Quarkus reports unusable values with a stack trace, and only after a part of the start.
        SettingsCheck.requireValid(SettingsReader.read());
        // A NAT that closed the connection silently makes the next create request on it ambiguous. Most of them keep a
        // connection for less than twenty minutes, which is the default of the client.
        if (System.getProperty(KEEP_ALIVE) == null) {
            System.setProperty(KEEP_ALIVE, "30");
        }
        Quarkus.run(OperatorApplication.class);
        return ExitCode.OK;
    }
}
