/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the times of the cloud. The documented form is {@code 2013-02-25T03:56:53.081642}, UTC without a zone (EVS API
 * reference, "Creating an EVS Snapshot"). Other forms are a lower-case {@code t} ("Querying Details About an EVS Snapshot"), no
 * fraction, three digits, and a {@code Z} (jobs, IAM). A time before 1970 or after the year 9999 counts as none: the status
 * could not show it as RFC 3339.
 */
public final class WireTime {
    private static final Pattern FORM = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})[Tt ](\\d{2}:\\d{2}:\\d{2})(\\.\\d{1,9})?\\d*([Zz]|[+-]\\d{2}:\\d{2})?");

    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private WireTime() {}

    /** Returns the time; empty if the text is not a time, or out of range. */
    public static Optional<Instant> parse(String text) {
        var form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        var local = form.group(1) + "T" + form.group(2) + (form.group(3) == null ? "" : form.group(3));
        var zone = form.group(4);
        try {
            return inRange(
                    zone == null || zone.equalsIgnoreCase("Z")
                            ? LocalDateTime.parse(local).toInstant(ZoneOffset.UTC)
                            : OffsetDateTime.parse(local + zone).toInstant());
        } catch (DateTimeException noSuchTime) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> inRange(Instant time) {
        return Optional.of(time).filter(parsed -> !parsed.isBefore(Instant.EPOCH) && !parsed.isAfter(END));
    }
}
