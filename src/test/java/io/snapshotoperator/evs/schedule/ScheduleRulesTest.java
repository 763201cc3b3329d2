/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.retention.RetentionPolicy;
import io.snapshotoperator.evs.schedule.DesiredSchedule.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleRulesTest {
    private static final Instant CREATED = Instant.parse("2026-05-10T12:00:00Z");
    private static final Instant FIRST_SLOT = Instant.parse("2026-05-11T03:00:00Z");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final ScheduleModel model = new ScheduleModel(daily(keepLast(3)), CREATED);

    static RetentionPolicy keepLast(int count) {
        return new RetentionPolicy(count, Optional.empty(), Map.of(), 1, UTC);
    }

    static DesiredSchedule daily(RetentionPolicy retention) {
        return DesiredScheduleBuilder.builder()
                .rule(CronRule.of("0 3 * * *", "UTC"))
                .ruleText("0 3 * * * UTC")
                .startingDeadline(Duration.ofHours(2))
                .spread(Duration.ZERO)
                .suspended(false)
                .overlap(Overlap.SKIP)
                .retention(retention)
                .retentionText(retention.toString())
                .dryRun(false)
                .snapshotsPerVolume(7)
                .excess(Optional.empty())
                .build();
    }

    private DesiredScheduleBuilder change() {
        return DesiredScheduleBuilder.builder(model.desired);
    }

    private static Instant slot(int day) {
        return FIRST_SLOT.plus(Duration.ofDays(day));
    }

    @Test
    void createsOneChildForEachSourceAndSlot() {
        model.addClaims(2);

        model.runUntil(slot(1).plusSeconds(60));

        assertThat(model.created).hasSize(4).allSatisfy((name, count) -> assertThat(count)
                .isOne());
        assertThat(model.slotsOf("data-0")).containsExactly(slot(0), slot(1));
        assertThat(model.last.next()).contains(slot(2));
        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.ScheduleActive);
    }

    @Test
    void deletesWhatPolicyDoesNotKeepOnceNewOneIsReady() {
        model.addClaims(1);

        model.runUntil(slot(3).plusSeconds(60));
        assertThat(model.slotsOf("data-0")).containsExactly(slot(0), slot(1), slot(2), slot(3));
        model.runUntil(slot(3).plus(Duration.ofHours(1)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(1), slot(2), slot(3));
    }

    @Test
    void createsOneChildWhateverCrashes() {
        model.addClaims(3);
        model.runUntil(slot(0));

        model.crashAfterCreates(0);
        model.crashAfterCreates(2);
        var formerLeader = model.decideNowAndActLater();
        model.crashAfterCreates(3);
        model.reconcile();
        formerLeader.run();
        model.runUntil(slot(0).plus(Duration.ofHours(3)));

        assertThat(model.created).hasSize(3).allSatisfy((name, count) -> assertThat(count)
                .isOne());
    }

    @Test
    void doesNotCreateChildAgainThatUserDeleted() {
        model.addClaims(1);
        model.runUntil(slot(0).plus(Duration.ofMinutes(20)));

        model.children.clear();
        model.runUntil(slot(0).plus(Duration.ofHours(5)));

        assertThat(model.created).hasSize(1);
    }

    @Test
    void missingClaimSkipsItsOwnSlotOnly() {
        model.addClaims(2);
        model.sources.put("data-1", ScheduleSource.withProblem("data-1", true, "The claim does not exist."));

        model.runUntil(slot(0).plus(Duration.ofHours(3)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(0));
        assertThat(model.skipped).containsExactly(slot(0) + " data-1: The claim does not exist.");
        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.SourcesMissing);
        assertThat(model.last.verdict().message()).contains("data-1: The claim does not exist.");
    }

    @Test
    void claimThatAppearsWithinDeadlineGetsItsChild() {
        model.addClaims(1);
        model.sources.put("data-0", ScheduleSource.withProblem("data-0", true, "The claim does not exist."));
        model.runUntil(slot(0).plus(Duration.ofHours(1)));

        model.addClaims(1);
        model.runUntil(slot(0).plus(Duration.ofHours(3)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(0));
        assertThat(model.skipped).isEmpty();
    }

    @Test
    void deletesNothingOfSourceThatIsGone() {
        model.addClaims(1);
        model.runUntil(slot(3).plusSeconds(60));

        model.sources.clear();
        model.runUntil(slot(30));

        assertThat(model.slotsOf("data-0")).hasSize(4);
        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.NoSources);
        assertThat(model.last.sources()).hasSize(1).allSatisfy(source -> {
            assertThat(source.selected()).isFalse();
            assertThat(source.lastGood()).isPresent();
        });
    }

    /** Its volume can be deleted with it, and the snapshots with the volume. None of them must go before. */
    @Test
    void deletesNothingOfClaimThatIsBeingDeleted() {
        model.addClaims(1);
        model.runUntil(slot(3).plusSeconds(60));

        model.sources.put("data-0", ScheduleSource.withProblem("data-0", true, "The claim is being deleted."));
        model.runUntil(slot(30));

        assertThat(model.slotsOf("data-0")).hasSize(4);
        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.SourcesMissing);
        assertThat(model.last.verdict().message()).contains("data-0: The claim is being deleted.");
    }

    @Test
    void waitsWhileEarlierChildIsInFlightAndSkipsAfterDeadline() {
        model.addClaims(1);
        model.runUntil(slot(0).plusSeconds(60));
        model.children.replaceAll(
                (name, living) -> new ScheduleModel.Living(living.child(), Instant.MAX.minusSeconds(1_000_000)));

        model.runUntil(slot(1).plus(Duration.ofHours(3)));

        assertThat(model.created).hasSize(1);
        assertThat(model.skipped)
                .containsExactly(slot(1) + " data-0: request "
                        + model.children.keySet().iterator().next()
                        + " of it is still in progress. If it cannot continue, delete it.");
    }

    @Test
    void createsNothingAtLimitOfVolume() {
        model.desired = change().retention(keepLast(0)).retentionText("all").build();
        model.addClaims(1);

        model.runUntil(slot(9));

        assertThat(model.slotsOf("data-0")).hasSize(7);
        assertThat(model.skipped.get(0))
                .contains("it has 7 snapshots of this schedule already, and the cloud accepts 7.");
    }

    @Test
    void waitsForRoomIfSnapshotsOfOthersUseUpLimit() {
        model.addClaims(2);
        model.runUntil(slot(0).plus(Duration.ofHours(1)));
        model.reconcile();
        model.now = slot(1).plusSeconds(60);
        model.reconcile();
        model.children.replaceAll((name, living) -> living.child().source().equals("data-0")
                        && living.child().candidate().slot().equals(slot(1))
                ? ScheduleModel.rejectedAsFull(living)
                : living);

        model.runUntil(slot(2).plus(Duration.ofHours(3)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(0), slot(1));
        assertThat(model.slotsOf("data-1")).contains(slot(2));
        assertThat(model.skipped)
                .singleElement()
                .asString()
                .contains("data-0: the cloud accepts no further snapshot of it. It has 1 of this schedule");
    }

    /** After wrong credentials, each would take a snapshot of the same moment. */
    @Test
    void waitsForRequestThatHasNoSnapshotYetAndTriesAgain() {
        model.addClaims(2);
        model.runUntil(slot(2).plus(Duration.ofHours(1)));
        model.children.replaceAll((name, living) -> living.child().source().equals("data-0")
                        && living.child().candidate().slot().equals(slot(2))
                ? ScheduleModel.retried(living)
                : living);

        model.runUntil(slot(4).plus(Duration.ofHours(3)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(0), slot(1), slot(2));
        assertThat(model.slotsOf("data-1")).contains(slot(4));
        assertThat(model.skipped)
                .hasSize(2)
                .allMatch(why -> why.contains("of it has no snapshot yet and tries again. Read its conditions."));
    }

    /** The cloud deletes snapshots with their volume. That says nothing about the other volumes. */
    @Test
    void missingSnapshotsOfSourcesThatAreGoneDoNotStopRetention() {
        model.addClaims(5);
        model.runUntil(slot(3).plusSeconds(60));
        List.of("data-1", "data-2", "data-3", "data-4").forEach(model.sources::remove);
        model.children.replaceAll(
                (name, living) -> living.child().source().equals("data-0") ? living : ScheduleModel.missing(living));

        model.runUntil(slot(5).plus(Duration.ofHours(1)));

        assertThat(model.last.held()).isEmpty();
        assertThat(model.slotsOf("data-0")).containsExactly(slot(3), slot(4), slot(5));
        assertThat(model.slotsOf("data-1")).hasSize(4);
    }

    @Test
    void slotOfTheFutureDoesNotSilenceSchedule() {
        model.addClaims(2);
        model.now = slot(30).plusSeconds(60);
        model.reconcile();
        var childOfFuture = model.slotsOf("data-0");
        model.children.replaceAll((name, living) -> ScheduleModel.with(living, State.READY));
        model.now = CREATED;

        model.runUntil(slot(1).plus(Duration.ofHours(1)));

        assertThat(childOfFuture).containsExactly(slot(30));
        assertThat(model.slotsOf("data-0")).containsExactly(slot(0), slot(1), slot(30));
    }

    @Test
    void saysWithArithmeticThatPolicyCannotFit() {
        var forecast = new RetentionForecast(model.desired.rule(), keepLast(7), 7);
        model.desired = change().excess(forecast.excess()).build();
        model.addClaims(1);

        model.reconcile();

        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.VolumeLimitTooLow);
        assertThat(model.last.verdict().message())
                .contains(
                        "7 snapshots of a volume are kept and one more is created, which makes 8. The cloud accepts 7");
    }

    @Test
    void editedRuleAppliesToFutureSlotsOnly() {
        model.addClaims(1);
        model.runUntil(slot(0).plus(Duration.ofHours(8)));

        model.desired = change().rule(CronRule.of("0 10 * * *", "UTC"))
                .ruleText("0 10 * * * UTC")
                .build();
        model.runUntil(slot(1).plus(Duration.ofHours(8)));

        assertThat(model.slotsOf("data-0"))
                .as("the slot at 10:00 of the day of the change was before the change")
                .containsExactly(slot(0), slot(1).plus(Duration.ofHours(7)));
    }

    @Test
    void resumingCatchesUpOnlyWithinDeadline() {
        model.addClaims(1);
        model.desired = change().suspended(true).build();
        model.runUntil(slot(40).plus(Duration.ofHours(1)));
        assertThat(model.last.verdict().reason()).isEqualTo(ScheduleReason.ScheduleSuspended);

        model.desired = change().suspended(false).build();
        model.runUntil(slot(40).plus(Duration.ofHours(10)));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(40));
    }

    @Test
    void tightenedPolicyOnlyReportsForSomeTime() {
        model.addClaims(1);
        model.runUntil(slot(2).plus(Duration.ofHours(1)));

        model.desired = change().retention(keepLast(1)).retentionText("last 1").build();
        model.reconcile();

        assertThat(model.last.expired()).hasSize(2);
        assertThat(model.last.deletes()).isEmpty();
        assertThat(model.last.held()).hasValueSatisfying(why -> assertThat(why).contains("has changed"));
        model.runUntil(model.now.plus(Duration.ofMinutes(30)));
        assertThat(model.slotsOf("data-0")).containsExactly(slot(2));
    }

    @Test
    void firstPolicyIsNoChange() {
        model.addClaims(1);
        model.desired = change().rule(CronRule.of("* * * * *", "UTC"))
                .ruleText("* * * * * UTC")
                .overlap(Overlap.ALLOW)
                .retention(keepLast(1))
                .retentionText("last 1")
                .build();

        model.runUntil(model.now.plus(Duration.ofMinutes(9)));

        assertThat(model.deleted).isNotEmpty();
    }

    @Test
    void deletesNothingInDryRunWithObstacleOrIfManyAreMissing() {
        model.addClaims(5);
        model.obstacle = Optional.of("The list of requests is incomplete.");
        model.runUntil(slot(4).plus(Duration.ofHours(1)));
        assertThat(model.last.held()).contains("The list of requests is incomplete.");

        model.obstacle = Optional.empty();
        model.desired = change().dryRun(true).build();
        model.runUntil(model.now.plus(Duration.ofHours(1)));
        assertThat(model.last.held()).contains("spec.retention.dryRun is true.");

        model.desired = change().dryRun(false).build();
        model.children.replaceAll((name, living) -> ScheduleModel.missing(living));
        model.runUntil(model.now.plus(Duration.ofHours(1)));
        assertThat(model.last.held().orElseThrow()).startsWith("25 of 25 snapshots are missing in the cloud.");
        assertThat(model.deleted).isEmpty();
    }

    @Test
    void deletesFewChildrenAtOnce() {
        model.addClaims(6);
        model.runUntil(slot(3).plusSeconds(60));
        model.now = slot(3).plus(Duration.ofMinutes(10));

        model.reconcile();

        assertThat(model.deleted).hasSize(PruneRules.MAX_DELETIONS);
        assertThat(model.last.wakeAt()).contains(model.now.plus(ScheduleRules.RETRY));
    }

    @Test
    void spreadDelaysChildrenButNotTheirSlot() {
        model.desired = change().spread(Duration.ofHours(1)).build();
        var delay = Spread.of(ScheduleModel.IDENTITY.uid(), Duration.ofHours(1));
        assertThat(delay).isPositive();
        model.addClaims(1);

        model.runUntil(slot(0).plus(delay).minusSeconds(1));
        assertThat(model.created).isEmpty();
        model.runUntil(slot(0).plus(delay).plusSeconds(1));

        assertThat(model.slotsOf("data-0")).containsExactly(slot(0));
    }

    @Test
    void costsTheSameAfterYears() {
        model.addClaims(1);
        model.now = CREATED.plus(Duration.ofDays(3650));

        model.reconcile();

        assertThat(model.created).isEmpty();
        assertThat(model.skipped).hasSize(1);
        assertThat(model.last.next())
                .hasValueSatisfying(next -> assertThat(next).isAfter(model.now));
    }

    @Test
    void failuresNeverPushOutLastGoodSnapshot() {
        model.addClaims(1);
        model.runUntil(slot(0).plus(Duration.ofHours(1)));
        model.failing.add("data-0");

        model.runUntil(slot(20));

        assertThat(model.children.values().stream()
                        .filter(living -> living.child().isIn(State.READY)))
                .hasSize(1);
        assertThat(model.last.sources().get(0).lastGood())
                .hasValueSatisfying(
                        child -> assertThat(child.candidate().slot()).isEqualTo(slot(0)));
        assertThat(IntStream.range(0, 20).filter(day -> model.slotsOf("data-0").contains(slot(day))))
                .as("the limit of the volume holds")
                .hasSizeLessThanOrEqualTo(7);
    }

    @Test
    void forecastShowsPeak() {
        var forecast = new RetentionForecast(model.desired.rule(), keepLast(3), 7);

        assertThat(forecast.excess()).isEmpty();
        assertThat(forecast.steps(CREATED, CREATED.plus(Duration.ofDays(10))).map(RetentionForecast.Step::peak))
                .containsExactly(1, 2, 3, 4, 4, 4, 4, 4, 4, 4);
    }
}
