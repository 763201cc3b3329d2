/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock of the simulated cloud. It is either running or stepped. A running clock follows the system clock; a
 * stepped clock stops at an instant. Tests can advance both. Thread-safe.
 */
public final class SimulatorClock implements InstantSource {

    private final InstantSource base;
    private Duration offset = Duration.ZERO;

    private SimulatorClock(InstantSource base) {
        this.base = base;
    }

    /** Returns a clock that runs with the system clock. */
    public static SimulatorClock running() {
        return new SimulatorClock(InstantSource.system());
    }

    /** Returns a clock that stops at {@code start} until a test advances it. */
    public static SimulatorClock steppedFrom(Instant start) {
        return new SimulatorClock(InstantSource.fixed(start));
    }

    @Override
    public synchronized Instant instant() {
        return base.instant().plus(offset);
    }

    /** Advances the time. The next access to the cloud runs the changes that are due then, in order. */
    public synchronized void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("The simulated time cannot go back by " + step.negated() + ".");
        }
        offset = offset.plus(step);
    }
}
