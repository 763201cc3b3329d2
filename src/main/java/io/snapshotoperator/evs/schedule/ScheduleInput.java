/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that a decision about a schedule depends on.
 *
 * @param sources those that the spec selects now, each key once
 * @param children all requests with the UID of the schedule
 * @param obstacle why nothing may be deleted now, for example because a list is incomplete
 */
@RecordBuilder
public record ScheduleInput(
        DesiredSchedule desired,
        RecordedSchedule recorded,
        List<ScheduleSource> sources,
        List<Child> children,
        Optional<String> obstacle,
        Instant now) {
    /** So much may the clocks of two leaders differ. */
    private static final Duration MAX_AHEAD = Duration.ofHours(1);

    public ScheduleInput {
        sources = List.copyOf(sources);
        children = List.copyOf(children);
    }

    /**
     * Whether a time of the past can have been recorded. A clock that was ahead recorded one of the future, which would silence the
     * schedule until then. A user can write one into a request.
     */
    boolean mayBeRecorded(Instant time) {
        return time.isBefore(now.plus(MAX_AHEAD));
    }

    Stream<Child> childrenOf(String source) {
        return children.stream().filter(child -> child.source().equals(source));
    }

    Set<String> sourceKeys() {
        return sources.stream().map(ScheduleSource::key).collect(Collectors.toUnmodifiableSet());
    }

    /** Since when the rule of the spec applies. */
    Instant ruleSince() {
        return recorded.ruleSince()
                .filter(since -> recorded.ruleText().equals(Optional.of(desired.ruleText())))
                // A schedule that is seen for the first time applies since its creation.
                .orElseGet(() -> recorded.ruleText().isEmpty() ? recorded.createdAt() : wholeSecond());
    }

    private Instant wholeSecond() {
        return now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Since when the retention policy of the spec applies. */
    Instant retentionSince() {
        return recorded.retentionSince()
                .filter(since -> recorded.retentionText().equals(Optional.of(desired.retentionText())))
                .orElseGet(() -> recorded.retentionText().isEmpty() ? recorded.createdAt() : wholeSecond());
    }
}
