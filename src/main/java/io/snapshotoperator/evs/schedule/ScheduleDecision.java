/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.condition.Verdict;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to do for a schedule, and what to record.
 *
 * @param creates the children to create now
 * @param deletes the children to delete now
 * @param expired all children that no rule keeps, oldest first; if deleting is held, with the reason
 * @param held why expired children are not deleted now
 * @param lastSlot the last slot that is completed or given up, once the creates are done
 * @param sources the state of each source
 * @param skipped sources for which the last slot was given up, with the reason. Reported once
 * @param next the next slot
 * @param wakeAt when to decide again, if nothing changes before
 */
@RecordBuilder
public record ScheduleDecision(
        List<NewChild> creates,
        List<Child> deletes,
        List<Child> expired,
        Optional<String> held,
        Instant ruleSince,
        Instant retentionSince,
        Optional<Instant> lastSlot,
        List<SourceState> sources,
        Map<String, String> skipped,
        Optional<Instant> next,
        Verdict verdict,
        Optional<Instant> wakeAt) {

    public ScheduleDecision {
        creates = List.copyOf(creates);
        deletes = List.copyOf(deletes);
        expired = List.copyOf(expired);
        sources = List.copyOf(sources);
        skipped = Map.copyOf(skipped);
    }

    /** A request to create. */
    public record NewChild(String name, ScheduleSource source, Instant slot) {}

    /**
     * The state of one source.
     *
     * @param since when the schedule first selected it
     * @param lastSlot the last slot for which a child was created, or is created now
     * @param lastGood the newest child whose snapshot can be restored
     * @param selected whether the spec still selects it
     * @param problem why no snapshot of it can be taken now
     */
    @RecordBuilder
    public record SourceState(
            String key,
            Instant since,
            Optional<Instant> lastSlot,
            Optional<Child> lastGood,
            boolean selected,
            Optional<String> problem) {}
}
