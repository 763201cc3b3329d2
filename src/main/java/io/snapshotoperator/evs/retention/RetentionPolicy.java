/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which snapshots of a source are kept. A snapshot is kept if one of the rules keeps it. A policy without any rule keeps everything.
 *
 * @param last the number of newest snapshots to keep; 0 means no such rule
 * @param within snapshots with a slot within this time are kept
 * @param tiers for each tier, the number of hours, days and so on for which the last snapshot is kept. Only periods that have a
 *     snapshot count
 * @param failed the number of newest failed snapshots to keep once a newer good one exists
 * @param zone where a day, week, month or year begins
 */
@RecordBuilder
public record RetentionPolicy(int last, Optional<Duration> within, Map<Tier, Integer> tiers, int failed, ZoneId zone) {
    public RetentionPolicy {
        if (last < 0 || failed < 0 || tiers.values().stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("a number of snapshots to keep is negative");
        }
        var sorted = new EnumMap<Tier, Integer>(Tier.class);
        tiers.forEach((tier, count) -> {
            if (count > 0) {
                sorted.put(tier, count);
            }
        });
        tiers = Map.copyOf(sorted);
    }

    /** Whether no rule limits the number of snapshots. */
    public boolean keepsEverything() {
        return last == 0 && within.isEmpty() && tiers.isEmpty();
    }
}
