/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.retention.RetentionPolicyBuilder;
import io.snapshotoperator.evs.retention.Tier;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sixty days of a schedule over ten claims, twice: once across the clock change in spring and once across that in autumn. In these
 * days a claim fails for a week, processes end after some of their creates, an old leader acts late, the time zone is edited, the
 * schedule is suspended, a volume is full, a claim is deleted, and no operator runs for two days.
 */
class ScheduleSimulationTest {
    private static final int CLAIMS = 10;
    private static final int DAYS = 60;
    private static final Duration SLOT_DEADLINE = Duration.ofHours(2);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

    private final Map<String, Instant> lastGood = new HashMap<>();

    private static DesiredSchedule desired(ZoneId zone) {
        return DesiredScheduleBuilder.builder()
                .rule(CronRule.of("30 2 * * *", zone.getId()))
                .ruleText("30 2 * * * " + zone)
                .startingDeadline(SLOT_DEADLINE)
                .spread(Duration.ofMinutes(5))
                .overlap(DesiredSchedule.Overlap.SKIP)
                .retention(RetentionPolicyBuilder.builder()
                        .last(0)
                        .within(Optional.empty())
                        .tiers(Map.of(Tier.DAILY, 3, Tier.WEEKLY, 2))
                        .failed(1)
                        .zone(zone)
                        .build())
                .retentionText("daily 3, weekly 2 " + zone)
                .snapshotsPerVolume(7)
                .excess(Optional.empty())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2027-02-20T12:00:00Z", "2027-10-01T12:00:00Z"})
    void createsExpectedChildrenAndNeverBreaksRetention(String begin) {
        var start = Instant.parse(begin);
        var model = new ScheduleModel(desired(BERLIN), start);
        model.addClaims(CLAIMS);
        var random = new Random(start.getEpochSecond());
        var seen = new ArrayList<Instant>();

        for (var day = 0; day < DAYS; day++) {
            var noon = start.plus(Duration.ofDays(day + 1L));
            happen(model, day, random);
            if (day == 40 || day == 41) {
                // No operator runs.
                model.now = noon;
                continue;
            }
            run(model, noon, random);
            Optional.ofNullable(model.last.lastSlot().orElse(null))
                    .filter(slot -> !seen.contains(slot))
                    .ifPresent(seen::add);
        }

        // One slot each day: those of the days of suspension and outage are not made up for.
        assertThat(model.created)
                .allSatisfy((name, times) -> assertThat(times).as(name).isEqualTo(1));
        for (var claim = 0; claim < CLAIMS; claim++) {
            var slots = createdSlots(model, "data-" + claim);
            assertThat(slots).doesNotHaveDuplicates();
            assertThat(slots.stream().map(slot -> slot.atZone(BERLIN).toLocalDate()))
                    .as("at most one for each day of data-" + claim)
                    .doesNotHaveDuplicates();
        }
        assertThat(createdSlots(model, "data-0")).hasSize(DAYS - SUSPENDED_DAYS - OUTAGE_DAYS);
        assertThat(createdSlots(model, "data-9")).as("its claim was deleted").hasSizeLessThan(40);
        assertThat(model.skipped).anyMatch(line -> line.contains("data-9"));
        assertThat(model.skipped).anyMatch(line -> line.contains("data-8: it has 7 snapshots"));
        assertThat(model.skipped).noneMatch(line -> line.contains("data-0:") && !line.contains("no operator ran then"));
        assertThat(model.deleted).isNotEmpty();
        assertThat(model.slotsOf("data-0")).hasSizeBetween(3, 6);
        assertThat(model.slotsOf("data-9"))
                .as("nothing of a claim that is gone is deleted")
                .isNotEmpty();
    }

    private static final int SUSPENDED_DAYS = 4;
    private static final int OUTAGE_DAYS = 2;

    /** The events of the days, each for all of its day. */
    private static void happen(ScheduleModel model, int day, Random random) {
        Map<Integer, BiConsumer<ScheduleModel, Random>> events = Map.of(
                8, (it, any) -> it.failing.add("data-1"),
                15, (it, any) -> it.failing.remove("data-1"),
                20,
                        (it, any) -> it.desired = DesiredScheduleBuilder.builder(it.desired)
                                .suspended(true)
                                .build(),
                24,
                        (it, any) -> it.desired = DesiredScheduleBuilder.builder(it.desired)
                                .suspended(false)
                                .build(),
                // At noon in Berlin, before and after the edit there is one slot on each day of Berlin.
                28, (it, any) -> it.desired = desired(NEW_YORK),
                35,
                        (it, any) -> it.sources.put(
                                "data-9", ScheduleSource.withProblem("data-9", true, "There is no claim.")),
                45, (it, any) -> hold(it, "data-8"));
        Optional.ofNullable(events.get(day)).ifPresent(event -> event.accept(model, random));
        if (day > 45 && day < 52) {
            hold(model, "data-8");
        }
    }

    /** A user holds all snapshots of a volume, so that it becomes full. */
    private static void hold(ScheduleModel model, String claim) {
        model.children.replaceAll(
                (name, living) -> living.child().source().equals(claim) ? ScheduleModel.held(living) : living);
    }

    /** A day with crashes and an old leader that acts late. After each reconcile the promises of retention must hold. */
    private void run(ScheduleModel model, Instant end, Random random) {
        while (model.now.isBefore(end)) {
            if (random.nextInt(40) == 0) {
                model.crashAfterCreates(random.nextInt(CLAIMS));
            }
            var late = random.nextInt(40) == 0 ? Optional.of(model.decideNowAndActLater()) : Optional.<Runnable>empty();
            var before = Map.copyOf(model.children);
            model.reconcile();
            late.ifPresent(Runnable::run);
            assertRetention(model, before);
            model.now = model.now.plus(Duration.ofMinutes(30));
        }
        model.now = end;
    }

    private void assertRetention(ScheduleModel model, Map<String, ScheduleModel.Living> before) {
        var removed = before.values().stream()
                .filter(living ->
                        !model.children.containsKey(living.child().candidate().id()))
                .map(ScheduleModel.Living::child)
                .toList();
        for (var child : removed) {
            assertThat(child.candidate().state()).as("never one in flight").isNotEqualTo(State.IN_FLIGHT);
            assertThat(child.candidate().held()).as("never one that is held").isFalse();
            assertThat(model.sources.get(child.source()).problem())
                    .as("nothing of a source that is gone")
                    .isEmpty();
        }
        for (var claim : model.sources.keySet()) {
            var newest = newestGood(model, claim);
            var known = Optional.ofNullable(lastGood.get(claim));
            assertThat(known.isPresent() && (newest.isEmpty() || newest.get().isBefore(known.get())))
                    .as("the last good snapshot of " + claim + " was deleted at " + model.now)
                    .isFalse();
            newest.ifPresent(slot -> lastGood.put(claim, slot));
            assertThat(model.slotsOf(claim)).as("the limit of the volume").hasSizeLessThanOrEqualTo(7);
        }
    }

    private static Optional<Instant> newestGood(ScheduleModel model, String claim) {
        return model.children.values().stream()
                .map(ScheduleModel.Living::child)
                .filter(child -> child.source().equals(claim) && child.isIn(State.READY))
                .map(child -> child.candidate().slot())
                .max(Instant::compareTo);
    }

    private static List<Instant> createdSlots(ScheduleModel model, String claim) {
        return model.createdSlots.getOrDefault(claim, List.of());
    }
}
