/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** How much later than the cloud the requests showed that their snapshots are available. */
record Lag(Duration median, Duration p95, Duration p99, Duration max) {

    static Lag of(Collection<Duration> all) {
        var sorted = all.stream().sorted().toList();
        return new Lag(percentile(sorted, 50), percentile(sorted, 95), percentile(sorted, 99), percentile(sorted, 100));
    }

    /** The nearest-rank method: the smallest value that is not less than so many percent of all. */
    private static Duration percentile(List<Duration> sorted, int percent) {
        if (sorted.isEmpty()) {
            return Duration.ZERO;
        }
        var rank = (sorted.size() * percent + 99) / 100;
        return sorted.get(Math.max(0, rank - 1));
    }
}
