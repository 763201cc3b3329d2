/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.createonce.UserRequests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads texts that users write in the same way for several kinds. */
public final class UserTexts {
    /** The longest value of an annotation that the create intent repeats as it is. */
    private static final int LONGEST_REQUEST = 256;

    private UserTexts() {}

    /** Returns the annotations with which a user requests an action. */
    public static UserRequests requests(Map<String, String> annotations) {
        return new UserRequests(
                Optional.ofNullable(annotations.get(Api.RETRY_CREATE)).map(UserTexts::shorten),
                Optional.ofNullable(annotations.get(Api.RECONCILE_REQUESTED_AT)).map(UserTexts::shorten));
    }

    /** Replaces a long value by its digest. The create intent repeats it, and annotations have a total limit of 256 KiB. */
    private static String shorten(String value) {
        return value.length() <= LONGEST_REQUEST
                ? value
                : UUID.nameUUIDFromBytes(value.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /**
     * Returns a duration in hours, minutes and seconds, such as {@code 1h30m}; empty if the text is absent.
     *
     * @param field the name of the field, for the message
     * @throws IllegalArgumentException with a sentence for users, if the text is not such a duration
     */
    public static Optional<Duration> duration(String field, String text) {
        if (text == null) {
            return Optional.empty();
        }
        // 1h30m is PT1H30M in ISO 8601.
        try {
            var duration = Duration.parse("PT" + text);
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(field + " must be greater than zero, not " + text + ".");
            }
            return Optional.of(duration);
        } catch (DateTimeParseException notADuration) {
            throw new IllegalArgumentException(
                    field + " must have hours, minutes and seconds, for example 1h30m, not " + text + ".",
                    notADuration);
        }
    }
}
