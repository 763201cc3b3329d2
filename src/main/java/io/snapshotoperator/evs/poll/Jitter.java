/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Lengthens delays at random. Without it, the reconciles of thousands of objects would be due at the same instant. */
@FunctionalInterface
public interface Jitter {
    /** Returns the delay to use instead of {@code delay}. */
    Duration spread(Duration delay);

    /** Adds up to ten percent. Subtracts nothing: the cloud may have requested the delay as a minimum. */
    static Jitter upToTenPercent(RandomGenerator random) {
        return delay -> delay.plusNanos((long) (delay.toNanos() * 0.1 * random.nextDouble()));
    }
}
