/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The simulated cloud's time: either the machine's, which can be pushed forward, or stepped, which stands still until it
 * is advanced. Safe for use by several threads.
 */
public final class SimulatorClock implements InstantSource {

    private final InstantSource base;
    private Duration ahead = Duration.ZERO;

    private SimulatorClock(InstantSource base) {
        this.base = base;
    }

    /** Time that passes by itself. */
    public static SimulatorClock running() {
        return new SimulatorClock(InstantSource.system());
    }

    /** Time that stands at {@code start} until it is advanced. */
    public static SimulatorClock steppedFrom(Instant start) {
        return new SimulatorClock(InstantSource.fixed(start));
    }

    @Override
    public synchronized Instant instant() {
        return base.instant().plus(ahead);
    }

    /** Moves the time forward; whatever falls due on the way is carried out, in order, when the cloud is next looked at. */
    public synchronized void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("The simulated time only moves forward, not by " + step);
        }
        ahead = ahead.plus(step);
    }
}
