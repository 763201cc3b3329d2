/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.schedule.SlotRules.Input;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlotRulesTest {
    private static final CronRule DAILY = CronRule.of("0 3 * * *", "UTC");
    private static final Instant SLOT = Instant.parse("2026-05-10T03:00:00Z");
    private static final Duration DEADLINE = Duration.ofHours(2);
    private static final Duration DELAY = Duration.ofMinutes(5);

    private static Input at(String now, Instant after, boolean suspended) {
        return new Input(DAILY, after, DELAY, DEADLINE, suspended, Instant.parse(now));
    }

    private static Input at(String now) {
        return at(now, SLOT.minus(Duration.ofHours(5)), false);
    }

    @Test
    void startsSlotAfterItsDelay() {
        assertThat(SlotRules.decide(at("2026-05-10T03:04:59Z")).due()).isEmpty();
        assertThat(SlotRules.decide(at("2026-05-10T03:04:59Z")).next()).contains(SLOT);
        assertThat(SlotRules.decide(at("2026-05-10T03:05:00Z")).due()).contains(SLOT);
    }

    @Test
    void givesUpSlotAfterItsDeadline() {
        assertThat(SlotRules.decide(at("2026-05-10T05:05:00Z")).due()).contains(SLOT);

        var late = SlotRules.decide(at("2026-05-10T05:05:01Z"));

        assertThat(late.due()).isEmpty();
        assertThat(late.missed()).contains(SLOT);
        assertThat(late.next()).contains(SLOT.plus(Duration.ofDays(1)));
    }

    @Test
    void doesNotFireWhenItIsCreated() {
        var created = SlotRules.decide(at("2026-05-10T03:06:00Z", SLOT.plusSeconds(60), false));

        assertThat(created.due()).isEmpty();
        assertThat(created.missed()).isEmpty();
        assertThat(created.next()).contains(SLOT.plus(Duration.ofDays(1)));
    }

    @Test
    void startsNothingWhileSuspendedAndOnlySlotWithinDeadlineAfterwards() {
        var longAgo = SLOT.minus(Duration.ofDays(400));

        assertThat(SlotRules.decide(at("2026-05-10T04:00:00Z", longAgo, true)).due())
                .isEmpty();
        assertThat(SlotRules.decide(at("2026-05-10T04:00:00Z", longAgo, false)).due())
                .contains(SLOT);
        assertThat(SlotRules.decide(at("2026-05-10T20:00:00Z", longAgo, false)).due())
                .isEmpty();
    }
}
