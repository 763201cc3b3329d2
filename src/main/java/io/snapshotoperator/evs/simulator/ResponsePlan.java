/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;

/**
 * How an answer reaches the caller, if it does.
 *
 * @param delay real time to wait before
 */
record ResponsePlan(SimulatedResponse response, Manner manner, Duration delay) {

    enum Manner {
        WHOLE,
        /** The body ends in the middle, then the connection closes. */
        CUT,
        /** The connection closes without an answer. */
        NONE
    }

    static ResponsePlan whole(SimulatedResponse response, Duration delay) {
        return new ResponsePlan(response, Manner.WHOLE, delay);
    }

    static ResponsePlan none(SimulatedResponse response, Duration delay) {
        return new ResponsePlan(response, Manner.NONE, delay);
    }

    boolean reachesTheCaller() {
        return manner != Manner.NONE;
    }
}
