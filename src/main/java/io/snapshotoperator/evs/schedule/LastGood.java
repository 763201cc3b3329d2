/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.schedule.ScheduleDecision.SourceState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The last good snapshot of the source of a schedule that is furthest behind. It is computed again each time, so nothing has to be
 * reset when a schedule recovers. Sources that do not exist do not count.
 *
 * @param slot of the snapshot; when the schedule first selected the source if it has none yet
 * @param due when the source must have another good snapshot. One failed slot is no trouble yet, so this is some time after the second
 *     slot
 */
public record LastGood(Instant slot, Instant due) {
    /**
     * Returns empty if the schedule is suspended, or if no source exists.
     *
     * @param readyWithin the time within which a snapshot should become available
     */
    public static Optional<LastGood> of(ScheduleInput input, ScheduleDecision decision, Duration readyWithin) {
        if (input.desired().suspended()) {
            return Optional.empty();
        }
        var usable = input.sources().stream()
                .filter(source -> source.problem().isEmpty())
                .map(ScheduleSource::key)
                .collect(Collectors.toSet());
        return decision.sources().stream()
                .filter(source -> usable.contains(source.key()))
                .map(source -> of(input, decision, source, readyWithin))
                .min(Comparator.comparing(LastGood::due));
    }

    private static LastGood of(
            ScheduleInput input, ScheduleDecision decision, SourceState source, Duration readyWithin) {
        var slot = source.lastGood().map(child -> child.candidate().slot()).orElse(source.since());
        // What an earlier rule made counts by the new rule from its begin on.
        var from = Stream.of(slot, decision.ruleSince())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        var desired = input.desired();
        var due = desired.rule()
                .nextAfter(from)
                .flatMap(desired.rule()::nextAfter)
                .map(second -> second.plus(desired.spread())
                        .plus(desired.startingDeadline())
                        .plus(readyWithin))
                .orElse(Instant.MAX);
        return new LastGood(slot, due);
    }
}
