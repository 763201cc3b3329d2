/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;

/**
 * How an answer reaches the caller, if it does.
 *
 * @param delay real time to wait before
 */
record Delivery(Answer answer, Manner manner, Duration delay) {

    enum Manner {
        WHOLE,
        /** The body ends in the middle, then the connection closes. */
        CUT,
        /** The connection closes without an answer. */
        NONE
    }

    static Delivery whole(Answer answer, Duration delay) {
        return new Delivery(answer, Manner.WHOLE, delay);
    }

    static Delivery none(Answer lost, Duration delay) {
        return new Delivery(lost, Manner.NONE, delay);
    }

    boolean reachesTheCaller() {
        return manner != Manner.NONE;
    }
}
