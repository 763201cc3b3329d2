/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.retention.Candidate;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.retention.RetentionRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides which children of a schedule are expired, and which of them may be deleted now. */
final class PruneRules {
    /** So long a changed policy only reports what it would delete, so that a mistake can be undone. */
    static final Duration HOLD_AFTER_CHANGE = Duration.ofMinutes(10);

    /** At most so many children are deleted in one reconcile. */
    static final int MAX_DELETIONS = 5;

    /** With so many missing snapshots, or more, it is likely that something is wrong with the cloud or the project. */
    private static final int MANY_MISSING = 3;

    private PruneRules() {}

    /**
     * What to delete.
     *
     * @param expired oldest first
     * @param deletes what to delete now, a part of the expired ones
     * @param held why expired children are not deleted now
     */
    record Pruning(List<Child> expired, List<Child> deletes, Optional<String> held) {}

    static Pruning decide(ScheduleInput input) {
        var expired = usable(input)
                .flatMap(source -> expired(input, source.key()).stream())
                .sorted(Comparator.comparing(child -> child.candidate().slot()))
                .toList();
        var held = expired.isEmpty() ? Optional.<String>empty() : obstacle(input);
        var deletes = held.isPresent()
                ? List.<Child>of()
                : expired.stream().limit(MAX_DELETIONS).toList();
        return new Pruning(expired, deletes, held);
    }

    /** Nothing replaces the snapshots of a source that is gone. */
    private static Stream<ScheduleSource> usable(ScheduleInput input) {
        return input.sources().stream().filter(source -> source.problem().isEmpty());
    }

    private static List<Child> expired(ScheduleInput input, String source) {
        Map<Candidate, Child> children =
                input.childrenOf(source).collect(Collectors.toMap(Child::candidate, Function.identity()));
        var expired =
                RetentionRules.decide(children.keySet(), input.desired().retention(), input.now()).expired().stream()
                        .map(children::get)
                        .toList();
        return Stream.concat(expired.stream(), makeRoom(input, source, expired)).toList();
    }

    /** Returns the failed snapshots that must go so that a full volume has room for the next one. They restore nothing. */
    private static Stream<Child> makeRoom(ScheduleInput input, String source, List<Child> expired) {
        var remaining = input.childrenOf(source)
                .filter(Child::hasSnapshot)
                .filter(child -> !expired.contains(child))
                .toList();
        // Snapshots of others count for the cloud too.
        var limit = input.childrenOf(source).anyMatch(Child::rejectedAsFull)
                ? Math.min(remaining.size(), input.desired().snapshotsPerVolume())
                : input.desired().snapshotsPerVolume();
        var tooMany = remaining.size() - limit + 1;
        return remaining.stream()
                .filter(child -> child.isIn(State.FAILED)
                        && !child.candidate().held()
                        && !child.candidate().inUse())
                .sorted(Comparator.comparing(child -> child.candidate().slot()))
                .limit(Math.max(0, tooMany));
    }

    private static Optional<String> obstacle(ScheduleInput input) {
        if (input.desired().dryRun()) {
            return Optional.of("spec.retention.dryRun is true.");
        }
        if (input.obstacle().isPresent()) {
            return input.obstacle();
        }
        // The snapshots of a source that is gone can be missing because the cloud deleted them with the volume.
        var children =
                usable(input).flatMap(source -> input.childrenOf(source.key())).toList();
        var missing = children.stream().filter(Child::missing).count();
        if (missing >= MANY_MISSING && missing * 2 > children.size()) {
            return Optional.of(
                    missing + " of " + children.size() + " snapshots are missing in the cloud. Check the project of the"
                            + " connection. If they were deleted there, delete their requests.");
        }
        var until = heldUntil(input);
        return input.now().isBefore(until)
                ? Optional.of("The retention policy has changed. Deleting begins at " + until + ".")
                : Optional.empty();
    }

    /** The first policy of a schedule is no change. */
    static Instant heldUntil(ScheduleInput input) {
        return input.retentionSince().isAfter(input.recorded().createdAt())
                ? input.retentionSince().plus(HOLD_AFTER_CHANGE)
                : input.now();
    }
}
