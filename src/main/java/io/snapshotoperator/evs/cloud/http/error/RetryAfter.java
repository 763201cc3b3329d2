/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
    private RetryAfter() {}

    /** Returns the wait; empty if the header is absent, unreadable or 0, as in the quota responses of Cinder. */
    static Optional<Duration> of(CloudHttpResponse response, Instant now) {
        return response.headers().firstValue("Retry-After").flatMap(text -> read(text.strip(), response, now));
    }

    private static Optional<Duration> read(String text, CloudHttpResponse response, Instant now) {
        if (text.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text))).filter(wait -> !wait.isZero());
        }
        // The clocks of cloud and operator can differ, so the header Date is preferred to the operator's clock. A Date
        // later than Retry-After can be that of a proxy; then the operator's clock decides.
        return date(text).flatMap(until -> response.headers()
                .firstValue("Date")
                .flatMap(RetryAfter::date)
                .flatMap(serverTime -> positive(serverTime, until))
                .or(() -> positive(now, until)));
    }

    private static Optional<Duration> positive(Instant from, Instant to) {
        return Optional.of(Duration.between(from, to)).filter(wait -> !wait.isZero() && !wait.isNegative());
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant());
        } catch (DateTimeException invalid) {
            return Optional.empty();
        }
    }
}
