/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The times of a status: RFC 3339 in UTC, whole seconds. */
public final class StatusTime {
    private StatusTime() {}

    public static String format(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Returns empty if the text is absent or no time, because an edited time must not fail the reconcile. */
    public static Optional<Instant> parse(String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }
}
