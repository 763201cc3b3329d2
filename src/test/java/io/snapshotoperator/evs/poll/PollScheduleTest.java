/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollScheduleTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final PollIntervals INTERVALS = new PollIntervals(Duration.ofSeconds(10), Duration.ofSeconds(600));

    private final PollSchedule schedule = new PollSchedule(INTERVALS, delay -> delay, NOON);

    @Test
    void pollsAtOnceAndResyncsAfterOneInterval() {
        assertThat(schedule.isPollDue(NOON)).isTrue();
        assertThat(schedule.isResyncDue(NOON.plusSeconds(599))).isFalse();
        assertThat(schedule.isResyncDue(NOON.plusSeconds(600))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"-10, 10", "0, 10", "120, 10", "121, 20", "600, 20", "601, 50", "86400, 50"})
    void lengthensPollIntervalWithAge(long ageSeconds, long intervalSeconds) {
        schedule.schedulePoll(Duration.ofSeconds(ageSeconds), 1, NOON);

        assertThat(schedule.isPollDue(NOON.plusSeconds(intervalSeconds - 1))).isFalse();
        assertThat(schedule.isPollDue(NOON.plusSeconds(intervalSeconds))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 10000", "4, 10000", "5, 12500", "10, 25000"})
    void lengthensPollIntervalWithPages(int pages, long intervalMillis) {
        schedule.schedulePoll(Duration.ZERO, pages, NOON);

        assertThat(schedule.isPollDue(NOON.plusMillis(intervalMillis - 1))).isFalse();
        assertThat(schedule.isPollDue(NOON.plusMillis(intervalMillis))).isTrue();
    }

    @Test
    void postponesBothAfterFailure() {
        var due = NOON.plusSeconds(600);

        schedule.backOff(due);

        assertThat(schedule.isPollDue(due.plusSeconds(49))).isFalse();
        assertThat(schedule.isResyncDue(due.plusSeconds(49))).isFalse();
        assertThat(schedule.isPollDue(due.plusSeconds(50))).isTrue();
        assertThat(schedule.isResyncDue(due.plusSeconds(50))).isTrue();
    }

    @Test
    void doesNotAdvanceResyncAfterFailure() {
        schedule.backOff(NOON);

        assertThat(schedule.isResyncDue(NOON.plusSeconds(599))).isFalse();
    }

    @Test
    void postponesOnlyInventoriesAfterFailedInventory() {
        schedule.backOffInventory(NOON);

        assertThat(schedule.isPollDue(NOON)).isTrue();
        assertThat(schedule.mayTakeInventory(NOON.plusSeconds(49))).isFalse();
        assertThat(schedule.mayTakeInventory(NOON.plusSeconds(50))).isTrue();
    }

    @Test
    void waitsForNoTimeOfClockThatWasAhead() {
        var ahead = NOON.plusSeconds(1_000_000_000);
        schedule.schedulePoll(Duration.ZERO, 1, ahead);
        schedule.scheduleUnlistedCheck(ahead);
        schedule.scheduleResync(ahead);
        schedule.backOffInventory(ahead);

        assertThat(schedule.isPollDue(NOON)).isTrue();
        assertThat(schedule.isUnlistedCheckDue(NOON)).isTrue();
        assertThat(schedule.isResyncDue(NOON)).isTrue();
        assertThat(schedule.mayTakeInventory(NOON)).isTrue();
    }

    @Test
    void spreadsAllDelays() {
        var spread = new PollSchedule(INTERVALS, delay -> delay.plusSeconds(1), NOON);
        spread.schedulePoll(Duration.ZERO, 1, NOON);

        assertThat(spread.isPollDue(NOON.plusSeconds(10))).isFalse();
        assertThat(spread.isPollDue(NOON.plusSeconds(11))).isTrue();
        assertThat(spread.isResyncDue(NOON.plusSeconds(600))).isFalse();
        assertThat(spread.isResyncDue(NOON.plusSeconds(601))).isTrue();
    }
}
