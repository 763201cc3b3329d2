/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Spreads what would otherwise happen at the same instant for ten thousand objects. */
@FunctionalInterface
public interface Jitter {
    Duration spread(Duration wait);

    /** Up to a tenth later, never earlier: a delay that someone asked for is kept. */
    static Jitter upToTenPercent(RandomGenerator random) {
        return wait -> wait.plusNanos((long) (wait.toNanos() * 0.1 * random.nextDouble()));
    }
}
