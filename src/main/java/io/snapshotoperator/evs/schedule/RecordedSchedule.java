/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the status of a schedule recorded.
 *
 * @param createdAt the creation time of the object; no slot before it counts
 * @param ruleText the rule at the last reconcile
 * @param ruleSince when this rule was first seen
 * @param retentionText the retention policy at the last reconcile
 * @param retentionSince when this policy was first seen
 * @param lastSlot the last slot that was completed or given up
 * @param sourceSlots for each source, the last slot for which a child was created
 * @param sourceProblems for each source that had one, why no child could be created
 * @param sourcesSince for each source, when the schedule first selected it
 */
@RecordBuilder
public record RecordedSchedule(
        ObjectIdentity identity,
        Instant createdAt,
        Optional<String> ruleText,
        Optional<Instant> ruleSince,
        Optional<String> retentionText,
        Optional<Instant> retentionSince,
        Optional<Instant> lastSlot,
        Map<String, Instant> sourceSlots,
        Map<String, String> sourceProblems,
        Map<String, Instant> sourcesSince) {
    public RecordedSchedule {
        sourceSlots = Map.copyOf(sourceSlots);
        sourceProblems = Map.copyOf(sourceProblems);
        sourcesSince = Map.copyOf(sourcesSince);
    }
}
