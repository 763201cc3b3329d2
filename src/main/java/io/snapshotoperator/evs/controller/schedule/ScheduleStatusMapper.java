/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.snapshotoperator.evs.api.v1alpha1.schedule.AppliedRule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatusBuilder;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.schedule.Child;
import io.snapshotoperator.evs.schedule.DesiredSchedule;
import io.snapshotoperator.evs.schedule.RecordedSchedule;
import io.snapshotoperator.evs.schedule.RecordedScheduleBuilder;
import io.snapshotoperator.evs.schedule.ScheduleDecision;
import io.snapshotoperator.evs.schedule.ScheduleDecision.SourceState;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maps a schedule to its recorded state, and a decision to the next status. */
final class ScheduleStatusMapper {
    /** So many names of expired requests are shown. */
    private static final int MAX_SHOWN = 20;

    private ScheduleStatusMapper() {}

    /** Returns what earlier reconciles recorded in this version of the object. */
    static RecordedSchedule read(VolumeSnapshotSchedule schedule) {
        var meta = schedule.getMetadata();
        var status = status(schedule);
        Map<String, Instant> slots = new HashMap<>();
        Map<String, String> problems = new HashMap<>();
        Map<String, Instant> since = new HashMap<>();
        status.sources().forEach(source -> {
            instant(source.lastSlot()).ifPresent(slot -> slots.put(source.name(), slot));
            Optional.ofNullable(source.problem()).ifPresent(problem -> problems.put(source.name(), problem));
            instant(source.since()).ifPresent(first -> since.put(source.name(), first));
        });
        return RecordedScheduleBuilder.builder()
                .identity(new ObjectIdentity(meta.getUid(), meta.getNamespace(), meta.getName()))
                .createdAt(instant(meta.getCreationTimestamp()).orElse(Instant.EPOCH))
                .ruleText(Optional.ofNullable(status.rule()).map(AppliedRule::text))
                .ruleSince(Optional.ofNullable(status.rule()).flatMap(rule -> instant(rule.since())))
                .retentionText(Optional.ofNullable(status.retention()).map(AppliedRule::text))
                .retentionSince(Optional.ofNullable(status.retention()).flatMap(rule -> instant(rule.since())))
                .lastSlot(instant(status.lastSlot()))
                .sourceSlots(slots)
                .sourceProblems(problems)
                .sourcesSince(since)
                .build();
    }

    static Optional<String> reportedReason(VolumeSnapshotSchedule schedule) {
        return Conditions.readyReason(status(schedule).conditions());
    }

    /** Returns the status after the decision; equal to the current status if nothing changed. */
    static VolumeSnapshotScheduleStatus next(
            VolumeSnapshotSchedule schedule,
            DesiredSchedule desired,
            ScheduleDecision decision,
            List<Child> children,
            Instant now) {
        var remaining = decision.expired().stream()
                .filter(child -> !decision.deletes().contains(child))
                .map(child -> child.candidate().id())
                .limit(MAX_SHOWN)
                .toList();
        return VolumeSnapshotScheduleStatusBuilder.builder(withVerdict(schedule, decision.verdict(), now))
                .lastSlot(decision.lastSlot().map(Instant::toString).orElse(null))
                .nextSlot(decision.next().map(Instant::toString).orElse(null))
                .oldestGoodSlot(
                        oldestGood(decision.sources()).map(Instant::toString).orElse(null))
                .rule(applied(desired.ruleText(), decision.ruleSince()))
                .retention(applied(desired.retentionText(), decision.retentionSince()))
                .requestsInProgress(
                        count(children, State.IN_FLIGHT) + decision.creates().size())
                .requestsReady(count(children, State.READY))
                .requestsFailed(count(children, State.FAILED))
                .sources(decision.sources().stream()
                        .map(ScheduleStatusMapper::source)
                        .toList())
                .wouldDelete(remaining)
                .whyNotDeleted(
                        remaining.isEmpty()
                                ? null
                                : decision.held().orElse("A few are deleted at a time. The others follow."))
                .build();
    }

    private static AppliedRule applied(String text, Instant since) {
        return new AppliedRule(text, since.toString());
    }

    /** Returns the current status with another verdict. */
    static VolumeSnapshotScheduleStatus withVerdict(VolumeSnapshotSchedule schedule, Verdict verdict, Instant now) {
        var before = status(schedule);
        var generation =
                Optional.ofNullable(schedule.getMetadata().getGeneration()).orElse(0L);
        return VolumeSnapshotScheduleStatusBuilder.builder(before)
                .observedGeneration(generation)
                .conditions(Conditions.next(before.conditions(), verdict, generation, now))
                .build();
    }

    /** Returns the last good slot of the selected source that is furthest behind; empty if one has none. */
    static Optional<Instant> oldestGood(List<SourceState> sources) {
        var selected = sources.stream().filter(SourceState::selected).toList();
        return selected.stream().anyMatch(source -> source.lastGood().isEmpty())
                ? Optional.empty()
                : selected.stream()
                        .flatMap(source -> source.lastGood().stream())
                        .map(child -> child.candidate().slot())
                        .min(Comparator.naturalOrder());
    }

    private static SourceStatus source(SourceState source) {
        return SourceStatusBuilder.builder()
                .name(source.key())
                .since(source.since().truncatedTo(ChronoUnit.SECONDS).toString())
                .lastSlot(source.lastSlot().map(Instant::toString).orElse(null))
                .lastGoodSlot(source.lastGood()
                        .map(child -> child.candidate().slot().toString())
                        .orElse(null))
                .lastGoodRequest(
                        source.lastGood().map(child -> child.candidate().id()).orElse(null))
                .problem(source.problem().orElse(null))
                .build();
    }

    private static int count(List<Child> children, State state) {
        return (int) children.stream()
                .filter(child -> child.candidate().state() == state)
                .count();
    }

    private static VolumeSnapshotScheduleStatus status(VolumeSnapshotSchedule schedule) {
        return Optional.ofNullable(schedule.getStatus()).orElseGet(() -> VolumeSnapshotScheduleStatusBuilder.builder()
                .observedGeneration(-1L)
                .build());
    }

    /** Returns empty if the text is no time, because an edited time must not fail the reconcile. */
    private static Optional<Instant> instant(String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException notTime) {
            return Optional.empty();
        }
    }
}
