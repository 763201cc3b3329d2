/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A cron expression in a time zone. Its slots are instants.
 *
 * <p>The expression is evaluated on local times, which have no gaps. A local time that a change to summer time skips becomes the
 * instant of the change, and one that occurs twice becomes the first of the two. So a slot is neither lost nor doubled, and slots
 * of the same instant are one.
 */
public final class CronRule implements SlotTimes {
    private static final int DAY_OF_MONTH = 2;
    private static final int MONTH = 3;
    private static final int DAY_OF_WEEK = 4;

    /** Has the 29th of February, and its first month has 31 days. */
    private static final Year LEAP_YEAR = Year.of(2028);

    private final ExecutionTime localTimes;
    private final ZoneId zone;

    private CronRule(ExecutionTime localTimes, ZoneId zone) {
        this.localTimes = localTimes;
        this.zone = zone;
    }

    /**
     * Reads a rule.
     *
     * @param cron five fields: minute, hour, day of the month, month, day of the week. If both kinds of days are restricted, either
     *     is enough, as in Unix
     * @param timeZone a name of the IANA time zone database, such as {@code Europe/Berlin} or {@code UTC}
     * @throws IllegalArgumentException with a sentence for users, if a value is invalid or the expression matches no day
     */
    public static CronRule of(String cron, String timeZone) {
        var zone = zone(timeZone);
        try {
            var rule = new CronRule(parse(cron), zone);
            requireDay(cron.strip().split("\\s+"));
            return rule;
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(
                    "The cron expression '" + cron + "' is invalid: " + invalid.getMessage()
                            + ". Use five fields: minute, hour, day of the month, month, day of the week.",
                    invalid);
        }
    }

    private static ZoneId zone(String timeZone) {
        // An offset such as +02:00 has no summer time, and an abbreviation such as EST has several meanings.
        if (!ZoneId.getAvailableZoneIds().contains(timeZone)) {
            throw new IllegalArgumentException("The time zone '" + timeZone
                    + "' is unknown. Use a name of the IANA database, such as Europe/Berlin or UTC.");
        }
        return ZoneId.of(timeZone);
    }

    private static ExecutionTime parse(String cron) {
        var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        return ExecutionTime.forCron(parser.parse(cron).validate());
    }

    /** The library would search for seconds each time for a date such as the 30th of February. */
    private static void requireDay(String[] fields) {
        if (!fields[DAY_OF_WEEK].equals("*")) {
            return;
        }
        var days = parse("0 0 " + fields[DAY_OF_MONTH] + " * *");
        var months = parse("0 0 1 " + fields[MONTH] + " *");
        var longest = IntStream.rangeClosed(1, Month.values().length)
                .mapToObj(LEAP_YEAR::atMonth)
                .filter(month -> matches(months, month.atDay(1)))
                .mapToInt(YearMonth::lengthOfMonth)
                .max()
                .orElseThrow();
        if (IntStream.rangeClosed(1, longest)
                .noneMatch(day -> matches(days, LEAP_YEAR.atMonth(Month.JANUARY).atDay(day)))) {
            throw new IllegalArgumentException("no date matches it");
        }
    }

    private static boolean matches(ExecutionTime times, LocalDate day) {
        return times.isMatch(day.atStartOfDay(ZoneOffset.UTC));
    }

    /** Returns the first slot after this instant; empty if there is none before the year 10000. */
    @Override
    public Optional<Instant> nextAfter(Instant instant) {
        try {
            var local = lastLocalTime(instant);
            var next = localTimes.nextExecution(local.atZone(ZoneOffset.UTC));
            // After a gap, local times before and after it can be the same instant.
            while (next.isPresent() && !slot(next.get().toLocalDateTime()).isAfter(instant)) {
                next = localTimes.nextExecution(next.get());
            }
            return next.map(time -> slot(time.toLocalDateTime()));
        } catch (DateTimeException outOfRange) {
            return Optional.empty();
        }
    }

    /** Returns the last slot that is not after this instant. */
    @Override
    public Optional<Instant> lastUntil(Instant instant) {
        return localTimes
                .lastExecution(lastLocalTime(instant).plusNanos(1).atZone(ZoneOffset.UTC))
                .map(time -> slot(time.toLocalDateTime()));
    }

    /** Returns the latest local time that was shown until this instant, for the first time if twice. */
    private LocalDateTime lastLocalTime(Instant instant) {
        var change = zone.getRules().previousTransition(instant.plusNanos(1));
        var local = LocalDateTime.ofInstant(instant, zone);
        return change != null && change.isOverlap() && local.isBefore(change.getDateTimeBefore())
                ? change.getDateTimeBefore().minusNanos(1)
                : local;
    }

    private Instant slot(LocalDateTime local) {
        var change = zone.getRules().getTransition(local);
        return change != null && change.isGap()
                ? change.getInstant()
                : local.atZone(zone).toInstant();
    }
}
