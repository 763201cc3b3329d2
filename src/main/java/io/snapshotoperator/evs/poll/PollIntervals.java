/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;

/**
 * The intervals of the poller.
 *
 * @param poll time between two polls while a young snapshot is in flight
 * @param resync time between two inventories
 */
public record PollIntervals(Duration poll, Duration resync) {
    /** Returns the minimum time between two inventories that searches share. */
    Duration search() {
        return poll.multipliedBy(3);
    }
}
