/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.snapshotoperator.evs.app.OperatorApplication;
import io.snapshotoperator.evs.app.OrphansApplication;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import java.util.Arrays;

/**
 * The front door of the artifact: the operator; with {@code orphans} as the first word, a report of snapshots without an
 * object; with {@code simulator}, the cloud's stand-in, which shares nothing with the others but this door.
 */
@QuarkusMain
public final class Main {
    /** Seconds that {@code java.net.http} keeps an idle connection. */
    private static final String KEEP_ALIVE = "jdk.httpclient.keepalive.timeout";

    private Main() {}

    public static void main(String... args) {
        if (args.length > 0 && args[0].equals("simulator")) {
            System.exit(SimulatorCommand.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        if (args.length > 0 && args[0].equals("orphans")) {
            // A report beside a running operator, in the same pod perhaps: it must not want its port, nor mix its log
            // in.
            System.setProperty("quarkus.http.host-enabled", "false");
            System.setProperty("quarkus.log.console.stderr", "true");
            System.setProperty("quarkus.log.level", "WARN");
            Quarkus.run(OrphansApplication.class, Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        // A way through a NAT that was closed silently makes the next create on it time out in doubt; the default of
        // twenty minutes outlives most of them. Only a system property sets it.
        if (System.getProperty(KEEP_ALIVE) == null) {
            System.setProperty(KEEP_ALIVE, "30");
        }
        Quarkus.run(OperatorApplication.class, args);
    }
}
