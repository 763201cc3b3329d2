/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Reads durations as people write them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, or ISO 8601 {@code PT10S}. */
final class DurationText {

    private static final Pattern SHORT = Pattern.compile("(?<count>[0-9]+)(?<unit>ms|s|m|h)");

    private DurationText() {}

    /** Throws {@link IllegalArgumentException} if it is no such text; tell the caller the message. */
    static Duration parse(String text) {
        var matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            var count = Long.parseLong(matcher.group("count"));
            return switch (matcher.group("unit")) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("Not a duration like 500ms, 10s, 5m, 24h or PT10S: " + text, e);
        }
    }
}
