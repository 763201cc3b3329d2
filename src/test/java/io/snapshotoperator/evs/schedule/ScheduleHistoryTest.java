/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.retention.RetentionPolicyBuilder;
import io.snapshotoperator.evs.retention.Tier;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The promises about schedules (G12) in random histories: edits, suspensions, failures, missing claims, crashes and outages. */
class ScheduleHistoryTest {
    private static final Instant BEGIN = Instant.parse("2027-03-20T12:00:00Z");
    private static final List<String> CRONS = List.of("30 2 * * *", "0 */6 * * *", "15 * * * *", "0 0 * * 1");
    private static final List<String> ZONES = List.of("Europe/Berlin", "America/New_York", "UTC");

    /** What happens before a reconcile, and how much time passes after it. */
    private enum Event {
        NOTHING,
        EDIT_RULE,
        EDIT_RETENTION,
        SUSPEND_OR_RESUME,
        FAIL_OR_RECOVER,
        REMOVE_OR_RESTORE_CLAIM,
        HOLD,
        DELETE_CHILD,
        CRASH_AFTER_ONE_CREATE,
        OLD_LEADER_ACTS_LATE,
        OUTAGE_OF_A_DAY,
        CLOUD_OUT_OF_REACH
    }

    private Instant ruleSince = BEGIN;
    private Instant retentionSince = Instant.MIN;

    private static DesiredSchedule desired(int variant) {
        var zone = ZoneId.of(ZONES.get(variant % ZONES.size()));
        var cron = CRONS.get(variant % CRONS.size());
        return DesiredScheduleBuilder.builder()
                .rule(CronRule.of(cron, zone.getId()))
                .ruleText(cron + " " + zone)
                .startingDeadline(Duration.ofHours(1))
                .spread(Duration.ZERO)
                .overlap(DesiredSchedule.Overlap.SKIP)
                .retention(RetentionPolicyBuilder.builder()
                        .last(1 + variant % 4)
                        .within(Optional.empty())
                        .tiers(variant % 2 == 0 ? Map.of(Tier.DAILY, 2) : Map.of())
                        .failed(variant % 3)
                        .zone(zone)
                        .build())
                .retentionText("variant " + variant)
                .snapshotsPerVolume(7)
                .excess(Optional.empty())
                .build();
    }

    @Property(tries = 500)
    void neverBreaksPromises(
            @ForAll @Size(min = 5, max = 60) List<@IntRange(max = 11) Integer> events,
            @ForAll @Size(60) List<@IntRange(min = 1, max = 600) Integer> minutes) {
        ruleSince = BEGIN;
        retentionSince = Instant.MIN;
        var model = new ScheduleModel(desired(0), BEGIN);
        model.addClaims(3);
        for (var step = 0; step < events.size(); step++) {
            var event = Event.values()[events.get(step)];
            var late = happen(model, event, step);
            var before = Set.copyOf(model.children.keySet());
            var deletedBefore = model.deleted.size();
            var rules = model.desired;
            model.reconcile();
            late.ifPresent(Runnable::run);
            check(model, before, model.deleted.subList(deletedBefore, model.deleted.size()), rules, late.isPresent());
            model.now = model.now.plus(Duration.ofMinutes(minutes.get(step % minutes.size())));
        }
        assertThat(model.created).allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    }

    /** Returns what an old leader does after the reconcile. */
    private Optional<Runnable> happen(ScheduleModel model, Event event, int step) {
        var claim = "data-" + step % 3;
        switch (event) {
            case EDIT_RULE -> {
                var next = desired(step);
                if (!next.ruleText().equals(model.desired.ruleText())) {
                    ruleSince = model.now;
                }
                model.desired = DesiredScheduleBuilder.builder(next)
                        .retention(model.desired.retention())
                        .retentionText(model.desired.retentionText())
                        .suspended(model.desired.suspended())
                        .build();
            }
            case EDIT_RETENTION -> {
                var next = desired(step);
                if (!next.retentionText().equals(model.desired.retentionText())) {
                    retentionSince = model.now;
                }
                model.desired = DesiredScheduleBuilder.builder(model.desired)
                        .retention(next.retention())
                        .retentionText(next.retentionText())
                        .build();
            }
            case SUSPEND_OR_RESUME ->
                model.desired = DesiredScheduleBuilder.builder(model.desired)
                        .suspended(!model.desired.suspended())
                        .build();
            case FAIL_OR_RECOVER -> {
                if (!model.failing.remove(claim)) {
                    model.failing.add(claim);
                }
            }
            case REMOVE_OR_RESTORE_CLAIM ->
                model.sources.compute(
                        claim,
                        (name, source) -> source.problem().isPresent()
                                ? ScheduleSource.ofClaim(name)
                                : ScheduleSource.withProblem(name, true, "There is no claim."));
            case HOLD ->
                model.children.replaceAll(
                        (name, living) -> living.child().source().equals(claim) ? ScheduleModel.held(living) : living);
            case DELETE_CHILD -> model.children.keySet().stream().findFirst().ifPresent(model.children::remove);
            case CRASH_AFTER_ONE_CREATE -> model.crashAfterCreates(1);
            case OLD_LEADER_ACTS_LATE -> {
                return Optional.of(model.decideNowAndActLater());
            }
            case OUTAGE_OF_A_DAY -> model.now = model.now.plus(Duration.ofDays(1));
            case CLOUD_OUT_OF_REACH ->
                model.obstacle =
                        model.obstacle.isPresent() ? Optional.empty() : Optional.of("The connection has a trouble.");
            case NOTHING -> {
                // A reconcile without a reason.
            }
        }
        return Optional.empty();
    }

    private void check(
            ScheduleModel model, Set<String> before, List<Child> removed, DesiredSchedule rules, boolean late) {
        if (!removed.isEmpty()) {
            assertThat(model.obstacle)
                    .as("nothing is deleted while the cloud is out of reach")
                    .isEmpty();
            assertThat(retentionSince.isBefore(
                            model.now.minus(PruneRules.HOLD_AFTER_CHANGE).plusNanos(1)))
                    .as("nothing is deleted soon after the policy changed")
                    .isTrue();
            assertThat(removed.size())
                    .isLessThanOrEqualTo(late ? 2 * PruneRules.MAX_DELETIONS : PruneRules.MAX_DELETIONS);
        }
        assertThat(removed).allSatisfy(child -> {
            assertThat(child.candidate().held()).isFalse();
            assertThat(child.candidate().state()).isNotEqualTo(State.IN_FLIGHT);
            assertThat(model.sources.get(child.source()).problem()).isEmpty();
        });
        var created = model.children.entrySet().stream()
                .filter(entry -> !before.contains(entry.getKey()))
                .map(entry -> entry.getValue().child().candidate().slot())
                .toList();
        assertThat(created).allSatisfy(slot -> {
            assertThat(slot)
                    .as("no slot of an earlier rule or before the schedule")
                    .isAfter(ruleSince);
            assertThat(slot).isAfter(model.now.minus(rules.startingDeadline()).minusNanos(1));
            assertThat(slot).isBeforeOrEqualTo(model.now);
        });
        assertThat(rules.suspended() && !created.isEmpty())
                .as("created while suspended")
                .isFalse();
        for (var claim : model.sources.keySet()) {
            var newest = newestGood(model, claim);
            var removedByRetention = removed.stream()
                    .filter(child -> child.source().equals(claim) && child.isIn(State.READY))
                    .map(child -> child.candidate().slot())
                    .max(Instant::compareTo);
            removedByRetention.ifPresent(slot -> assertThat(newest)
                    .as("the last good snapshot stays")
                    .hasValueSatisfying(last -> assertThat(last).isAfter(slot)));
        }
    }

    private static Optional<Instant> newestGood(ScheduleModel model, String claim) {
        return model.children.values().stream()
                .map(ScheduleModel.Living::child)
                .filter(child -> child.source().equals(claim) && child.isIn(State.READY))
                .map(child -> child.candidate().slot())
                .max(Instant::compareTo);
    }
}
