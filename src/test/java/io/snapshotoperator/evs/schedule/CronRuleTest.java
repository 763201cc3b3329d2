/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronRuleTest {
    private static final String BERLIN = "Europe/Berlin";

    /** Clocks change by one hour, by half an hour (Lord Howe), at midnight (Beirut), never, and once by a whole day (Apia). */
    private static final List<String> ZONES = List.of(
            "UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Kathmandu", "Pacific/Apia");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 3 * * *       | 2026-01-10T12:00:00Z | 2026-01-11T02:00:00Z
            0 3 * * *       | 2026-07-10T12:00:00Z | 2026-07-11T01:00:00Z
            */15 * * * *    | 2026-01-10T12:00:00Z | 2026-01-10T12:15:00Z
            0 0 13 * 5      | 2026-01-10T12:00:00Z | 2026-01-12T23:00:00Z
            0 0 * * 7       | 2026-01-10T12:00:00Z | 2026-01-10T23:00:00Z
            0 0 29 2 *      | 2026-01-10T12:00:00Z | 2028-02-28T23:00:00Z
            """)
    void findsNextSlot(String cron, Instant after, Instant next) {
        assertThat(CronRule.of(cron, BERLIN).nextAfter(after)).contains(next);
    }

    @Test
    void makesOneSlotOfAnHourThatIsSkippedInSpring() {
        var rule = CronRule.of("30 2 * * *", BERLIN);

        assertThat(slots(rule, "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    }

    @Test
    void makesOneSlotOfAnHourThatOccursTwiceInAutumn() {
        var rule = CronRule.of("30 2 * * *", BERLIN);

        assertThat(slots(rule, "2026-10-24T00:00:00Z", 3))
                .containsExactly("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(rule.lastUntil(Instant.parse("2026-10-25T01:10:00Z")))
                .contains(Instant.parse("2026-10-25T00:30:00Z"));
    }

    @Property(tries = 200)
    void hasEachLocalTimeOnceInEveryZone(
            @ForAll("crons") String cron, @ForAll("zones") String zone, @ForAll("instants") Instant begin) {
        var rule = CronRule.of(cron, zone);
        var expected = expectedSlots(cron, zone, begin);

        var instant = begin;
        for (var slot : expected) {
            assertThat(rule.nextAfter(instant)).contains(slot);
            assertThat(rule.lastUntil(slot)).contains(slot);
            assertThat(rule.lastUntil(rule.nextAfter(slot).orElseThrow().minusNanos(1)))
                    .contains(slot);
            instant = slot;
        }
    }

    /**
     * Enumerates the minutes of the next four days by their local time, without the arithmetic of the rule: the local times of UTC days
     * are those of the library, and each one becomes an instant by the words of the documentation.
     */
    private static List<Instant> expectedSlots(String cron, String zone, Instant begin) {
        var utc = CronRule.of(cron, "UTC");
        var rules = ZoneId.of(zone).getRules();
        var local = LocalDateTime.ofInstant(begin, ZoneId.of(zone)).minusDays(2);
        var end = local.plusDays(6);
        var all = new TreeSet<Instant>();
        var next = utc.nextAfter(local.toInstant(ZoneOffset.UTC));
        while (next.isPresent()
                && LocalDateTime.ofInstant(next.get(), ZoneOffset.UTC).isBefore(end)) {
            var time = LocalDateTime.ofInstant(next.get(), ZoneOffset.UTC);
            var offsets = rules.getValidOffsets(time);
            all.add(offsets.isEmpty() ? rules.getTransition(time).getInstant() : time.toInstant(offsets.get(0)));
            next = utc.nextAfter(next.get());
        }
        return all.stream()
                .filter(slot -> slot.isAfter(begin) && slot.isBefore(begin.plus(Duration.ofDays(3))))
                .limit(20)
                .toList();
    }

    @Provide
    static Arbitrary<String> crons() {
        var minute = Arbitraries.of("0", "30", "*/20", "15,45", "59");
        var hour = Arbitraries.of("*", "0", "2", "3", "*/6", "1-3", "23");
        var day = Arbitraries.of("*", "*", "1", "*/2", "28-31");
        var weekday = Arbitraries.of("*", "*", "0", "1-5", "7");
        return Combinators.combine(minute, hour, day, weekday).as((m, h, d, w) -> String.join(" ", m, h, d, "*", w));
    }

    @Provide
    static Arbitrary<String> zones() {
        return Arbitraries.of(ZONES);
    }

    /** Half of them within days of a change of clocks. */
    @Provide
    static Arbitrary<Instant> instants() {
        var changes = ZONES.stream()
                .map(zone -> ZoneId.of(zone).getRules())
                .flatMap(rules -> Stream.iterate(
                                Optional.ofNullable(rules.nextTransition(Instant.parse("2010-01-01T00:00:00Z"))),
                                Optional::isPresent,
                                change -> change.map(c -> rules.nextTransition(c.getInstant())))
                        .limit(10)
                        .flatMap(Optional::stream))
                .map(change -> change.getInstant())
                .toList();
        var seconds = Arbitraries.longs().between(-2 * 86_400, 2 * 86_400);
        var near = Combinators.combine(Arbitraries.of(changes), seconds).as(Instant::plusSeconds);
        var anywhere = Arbitraries.longs()
                .between(Instant.parse("2010-01-01T00:00:00Z").getEpochSecond(), 2_000_000_000L)
                .map(Instant::ofEpochSecond);
        return Arbitraries.oneOf(near, anywhere);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 0 30 2 *",
                "0 0 31 4,6,9,11 *",
                "60 * * * *",
                "* * * *",
                "* * * * * *",
                "@daily",
                "",
                "a b c d e"
            })
    void rejectsWhatNeverMatchesOrIsNoExpression(String cron) {
        assertThatThrownBy(() -> CronRule.of(cron, BERLIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + cron + "'")
                .hasMessageContaining("Use five fields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Berlin", "+02:00", "GMT+2", "CEST", "europe/berlin"})
    void rejectsTimeZonesThatAreNoNamesOfTheDatabase(String zone) {
        assertThatThrownBy(() -> CronRule.of("0 3 * * *", zone))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + zone + "'")
                .hasMessageContaining("Europe/Berlin");
    }

    private static List<String> slots(CronRule rule, String after, int count) {
        return Stream.iterate(rule.nextAfter(Instant.parse(after)), slot -> slot.flatMap(rule::nextAfter))
                .limit(count)
                .map(slot -> slot.orElseThrow().toString())
                .toList();
    }
}
