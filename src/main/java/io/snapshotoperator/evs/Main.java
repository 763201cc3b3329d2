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
    private Main() {}

    public static void main(String... args) {
        if (args.length > 0 && args[0].equals("simulator")) {
            System.exit(SimulatorCommand.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        Quarkus.run(OperatorApplication.class, args);
    }
}
