/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** A period of the calendar of which the last snapshot is kept. */
public enum Tier {
    HOURLY,
    DAILY,
    /** From Monday to Sunday (ISO 8601). */
    WEEKLY,
    MONTHLY,
    YEARLY;

    /**
     * Returns the begin of the period that contains the time. Two times are in one period if, and only if, they have the same begin.
     * Both hours of the clock change in autumn are one period, as their slots are one.
     */
    LocalDateTime beginOf(ZonedDateTime time) {
        var local = time.toLocalDateTime();
        var day = local.truncatedTo(ChronoUnit.DAYS);
        return switch (this) {
            case HOURLY -> local.truncatedTo(ChronoUnit.HOURS);
            case DAILY -> day;
            case WEEKLY -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTHLY -> day.withDayOfMonth(1);
            case YEARLY -> day.withDayOfYear(1);
        };
    }
}
