/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.snapshotoperator.evs.config.OperatorApplication;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import java.util.Arrays;

/**
 * The front door of the artifact: the operator, or, with {@code simulator} as the first word, the cloud's stand-in. The
 * two share nothing but this door; the simulator starts without any of the operator's settings.
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
        // A way through a NAT that was closed silently makes the next create on it time out in doubt; the default of
        // twenty minutes outlives most of them. Only a system property sets it.
        if (System.getProperty(KEEP_ALIVE) == null) {
            System.setProperty(KEEP_ALIVE, "30");
        }
        Quarkus.run(OperatorApplication.class, args);
    }
}
