/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.schedule.ScheduleDecision.NewChild;
import io.snapshotoperator.evs.schedule.ScheduleDecision.SourceState;
import io.snapshotoperator.evs.schedule.SlotRules.Slots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what a schedule does now: which children to create for the slot that is due, which expired ones to delete, and what to
 * report. The trouble of one source never keeps the others from their children.
 */
public final class ScheduleRules {
    /** How soon a slot is tried again for a source that could not be used. */
    static final Duration RETRY = Duration.ofMinutes(1);

    /** So many names are shown in a message. */
    private static final int MAX_SHOWN = 5;

    private ScheduleRules() {}

    public static ScheduleDecision decide(ScheduleInput input) {
        var pruning = PruneRules.decide(input);
        var slots = slots(input);
        var open = new OpenSlot(input, slots.due());
        var skipped = slots.missed().map(slot -> skipped(input, slot)).orElse(Map.of());
        var lastSlot = slots.missed().or(open::completed).or(input.recorded()::lastSlot);
        return new ScheduleDecision(
                open.creates,
                pruning.deletes(),
                pruning.expired(),
                pruning.held(),
                input.ruleSince(),
                input.retentionSince(),
                lastSlot,
                sources(input, open),
                skipped,
                slots.next(),
                verdict(input),
                wakeAt(input, slots, open, pruning));
    }

    /**
     * Returns the decision after its creates were tried. A source whose request was rejected is tried again until the deadline of
     * the slot, so the slot is not completed.
     *
     * @param rejected why the API server rejected the request, by the key of the source
     */
    public static ScheduleDecision afterCreates(
            ScheduleInput input, ScheduleDecision decision, Map<String, String> rejected) {
        if (rejected.isEmpty()) {
            return decision;
        }
        var retry = input.now().plus(RETRY);
        return ScheduleDecisionBuilder.builder(decision)
                .creates(decision.creates().stream()
                        .filter(child -> !rejected.containsKey(child.source().key()))
                        .toList())
                .lastSlot(input.recorded().lastSlot())
                .sources(decision.sources().stream()
                        .map(source -> rejected.containsKey(source.key())
                                ? ScheduleDecisionSourceStateBuilder.builder(source)
                                        .lastSlot(lastSlot(input, source.key()))
                                        .problem(Optional.of(rejected.get(source.key())))
                                        .build()
                                : source)
                        .toList())
                .wakeAt(decision.wakeAt().filter(retry::isAfter).or(() -> Optional.of(retry)))
                .build();
    }

    private static Slots slots(ScheduleInput input) {
        var desired = input.desired();
        var after = Stream.of(
                        Optional.of(input.recorded().createdAt()),
                        Optional.of(input.ruleSince()),
                        input.recorded().lastSlot())
                .flatMap(Optional::stream)
                .filter(input::mayBeRecorded)
                .max(Comparator.naturalOrder())
                .orElse(input.now());
        return SlotRules.decide(new SlotRules.Input(
                desired.rule(), after, delay(input), desired.startingDeadline(), desired.suspended(), input.now()));
    }

    private static Duration delay(ScheduleInput input) {
        return Spread.of(input.recorded().identity().uid(), input.desired().spread());
    }

    /** What is left to do for the slot that is due. */
    private static final class OpenSlot {
        final List<NewChild> creates = new ArrayList<>();
        final Map<String, String> waiting = new TreeMap<>();
        private final Optional<Instant> slot;

        OpenSlot(ScheduleInput input, Optional<Instant> slot) {
            this.slot = slot;
            slot.ifPresent(due -> input.sources().stream()
                    .filter(source -> !hasChild(input, source.key(), due))
                    .forEach(source -> obstacle(input, source)
                            .ifPresentOrElse(
                                    why -> waiting.put(source.key(), why),
                                    () -> creates.add(newChild(input, source, due)))));
        }

        /** The slot, if nothing more is to be done for it after the creates. */
        Optional<Instant> completed() {
            return slot.filter(due -> waiting.isEmpty());
        }
    }

    private static boolean hasChild(ScheduleInput input, String source, Instant slot) {
        return Optional.ofNullable(input.recorded().sourceSlots().get(source))
                        .filter(input::mayBeRecorded)
                        .filter(last -> !last.isBefore(slot))
                        .isPresent()
                || input.childrenOf(source)
                        .anyMatch(child -> child.candidate().slot().equals(slot));
    }

    /** Why no child of the source can be created now. */
    private static Optional<String> obstacle(ScheduleInput input, ScheduleSource source) {
        if (source.problem().isPresent()) {
            return source.problem();
        }
        var children = input.childrenOf(source.key()).toList();
        var inFlight =
                children.stream().filter(child -> child.isIn(State.IN_FLIGHT)).findFirst();
        if (input.desired().overlap() == DesiredSchedule.Overlap.SKIP && inFlight.isPresent()) {
            return Optional.of("request " + inFlight.get().candidate().id()
                    + " of it is still in progress. If it cannot continue, delete it.");
        }
        // A child that is being deleted still has its snapshot.
        var snapshots = children.stream().filter(Child::hasSnapshot).count();
        var waiting = children.stream().filter(Child::rejectedAsFull).findFirst();
        if (waiting.isPresent()) {
            return Optional.of("the cloud accepts no further snapshot of it. It has " + snapshots
                    + " of this schedule, so others use up the limit of the volume or the quota of the project. Request "
                    + waiting.get().candidate().id() + " continues when there is room.");
        }
        // Each would take a snapshot of the same moment when the cause is gone, and they would push out the older ones.
        var retried = children.stream().filter(Child::retried).findFirst();
        if (retried.isPresent()) {
            return Optional.of("request " + retried.get().candidate().id()
                    + " of it has no snapshot yet and tries again. Read its conditions.");
        }
        return snapshots >= input.desired().snapshotsPerVolume()
                ? Optional.of("it has " + snapshots + " snapshots of this schedule already, and the cloud accepts "
                        + input.desired().snapshotsPerVolume() + ".")
                : Optional.empty();
    }

    private static NewChild newChild(ScheduleInput input, ScheduleSource source, Instant slot) {
        var identity = input.recorded().identity();
        return new NewChild(ChildName.of(identity.name(), identity.uid(), source.key(), slot), source, slot);
    }

    private static Map<String, String> skipped(ScheduleInput input, Instant slot) {
        var skipped = new HashMap<String, String>();
        input.sources().stream()
                .filter(source -> !hasChild(input, source.key(), slot))
                .forEach(source -> skipped.put(
                        source.key(),
                        obstacle(input, source)
                                .or(() -> Optional.ofNullable(
                                        input.recorded().sourceProblems().get(source.key())))
                                .orElse("no operator ran then, or the schedule was suspended.")));
        return skipped;
    }

    private static List<SourceState> sources(ScheduleInput input, OpenSlot open) {
        var keys = input.sourceKeys();
        var created = open.creates.stream()
                .collect(Collectors.toMap(child -> child.source().key(), NewChild::slot));
        var gone = input.children().stream()
                .map(Child::source)
                .filter(key -> !keys.contains(key))
                .distinct()
                .map(key -> new ScheduleSource(key, false, Optional.of("the schedule no longer selects it.")));
        return Stream.concat(input.sources().stream(), gone)
                .sorted(Comparator.comparing(ScheduleSource::key))
                .map(source -> new SourceState(
                        source.key(),
                        Optional.ofNullable(input.recorded().sourcesSince().get(source.key()))
                                .orElse(input.now()),
                        Optional.ofNullable(created.get(source.key())).or(() -> lastSlot(input, source.key())),
                        input.childrenOf(source.key())
                                .filter(child -> child.isIn(State.READY))
                                .max(Comparator.comparing(
                                        child -> child.candidate().slot())),
                        keys.contains(source.key()),
                        source.problem().or(() -> Optional.ofNullable(open.waiting.get(source.key())))))
                .toList();
    }

    private static Optional<Instant> lastSlot(ScheduleInput input, String source) {
        return Stream.concat(
                        Stream.ofNullable(input.recorded().sourceSlots().get(source)),
                        input.childrenOf(source).map(child -> child.candidate().slot()))
                .filter(input::mayBeRecorded)
                .max(Comparator.naturalOrder());
    }

    private static Verdict verdict(ScheduleInput input) {
        if (input.desired().suspended()) {
            return Verdict.of(ScheduleReason.ScheduleSuspended);
        }
        if (input.sources().isEmpty()) {
            return Verdict.of(ScheduleReason.NoSources);
        }
        var excess = input.desired().excess();
        if (excess.isPresent()) {
            return Verdict.of(ScheduleReason.VolumeLimitTooLow, excess.get());
        }
        var missing = input.sources().stream()
                .filter(source -> source.problem().isPresent())
                .map(source -> source.key() + ": " + source.problem().get())
                .sorted()
                .toList();
        if (missing.isEmpty()) {
            return Verdict.of(ScheduleReason.ScheduleActive);
        }
        var more = missing.size() > MAX_SHOWN ? " and " + (missing.size() - MAX_SHOWN) + " more." : "";
        return Verdict.of(
                ScheduleReason.SourcesMissing,
                missing.stream().limit(MAX_SHOWN).collect(Collectors.joining(" ")) + more);
    }

    private static Optional<Instant> wakeAt(
            ScheduleInput input, Slots slots, OpenSlot open, PruneRules.Pruning pruning) {
        var next = slots.next().map(slot -> slot.plus(delay(input)));
        var retry = open.waiting.isEmpty()
                ? Optional.<Instant>empty()
                : Optional.of(input.now().plus(RETRY));
        var moreToDelete = pruning.expired().size() > pruning.deletes().size()
                ? Optional.of(
                        pruning.held().isPresent()
                                        && PruneRules.heldUntil(input).isAfter(input.now())
                                ? PruneRules.heldUntil(input)
                                : input.now().plus(RETRY))
                : Optional.<Instant>empty();
        var expiry = input.desired().retention().within().flatMap(within -> input.children().stream()
                .map(child -> child.candidate().slot().plus(within))
                .filter(end -> end.isAfter(input.now()))
                .min(Comparator.naturalOrder()));
        return Stream.of(next, retry, moreToDelete, expiry)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }
}
