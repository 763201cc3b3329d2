/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Reads durations: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, or ISO 8601 {@code PT10S}. */
final class DurationText {

    private static final Pattern SHORT = Pattern.compile("(?<count>[0-9]+)(?<unit>ms|s|m|h)");

    /** A longer duration could overflow the instants of the simulator. */
    private static final Duration MAX = Duration.ofHours(87600);

    private DurationText() {}

    /** Throws {@link IllegalArgumentException} with a sentence for the user if the text is no such duration. */
    static Duration parse(String text) {
        var duration = read(text);
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("A duration must be at most 87600h, but is '" + text + "'.");
        }
        return duration;
    }

    private static Duration read(String text) {
        try {
            var duration = unchecked(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw invalid(text, e);
        }
        throw invalid(text, null);
    }

    private static Duration unchecked(String text) {
        var matcher = SHORT.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        var count = Long.parseLong(matcher.group("count"));
        return switch (matcher.group("unit")) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private static IllegalArgumentException invalid(String text, Exception cause) {
        return new IllegalArgumentException(
                "A duration must have a form like 500ms, 10s, 5m, 24h or PT10S, but is '" + text + "'.", cause);
    }
}
