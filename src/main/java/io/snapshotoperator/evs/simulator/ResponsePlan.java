/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;

/**
 * A response and how the simulator sends it.
 *
 * @param delay the real time to wait before sending
 */
record ResponsePlan(SimulatedResponse response, Delivery delivery, Duration delay) {

    enum Delivery {
        WHOLE,
        /** The body ends in the middle, then the connection closes. */
        TRUNCATED,
        /** The connection closes without a response. */
        NONE
    }

    static ResponsePlan whole(SimulatedResponse response, Duration delay) {
        return new ResponsePlan(response, Delivery.WHOLE, delay);
    }

    static ResponsePlan none(SimulatedResponse response, Duration delay) {
        return new ResponsePlan(response, Delivery.NONE, delay);
    }

    boolean isSent() {
        return delivery != Delivery.NONE;
    }
}
