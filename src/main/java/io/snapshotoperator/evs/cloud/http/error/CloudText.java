/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Cleans untrusted text of a response for status, events and logs: removes control characters and line separators, then
 * redacts secrets, then cuts. In another order a control character could hide a secret, or a cut could leave half of one.
 */
public final class CloudText {
    private static final Pattern CONTROL = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]+");
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final String REDACTED = "***";
    private static final String CUT = "…";

    private CloudText() {}

    /**
     * Returns the cleaned text, possibly empty.
     *
     * @param secrets texts to redact: all secrets of the request
     * @param maxCodePoints the length of the result at most, at least 1; the last code point of a cut text is an ellipsis
     */
    public static String clean(String raw, Collection<String> secrets, int maxCodePoints) {
        return cut(redact(withoutControl(raw), secrets).strip(), maxCodePoints);
    }

    /**
     * Returns the id of a call if it can be shown. Empty if it is not 1 to 128 printable ASCII characters, or contains a
     * secret: a changed id would not identify the call.
     */
    static Optional<String> requestId(String raw, Collection<String> secrets) {
        return Optional.of(raw).filter(id -> REQUEST_ID.matcher(id).matches()).filter(id -> redact(id, secrets)
                .equals(id));
    }

    private static String withoutControl(String text) {
        return CONTROL.matcher(text).replaceAll("");
    }

    /** Redacts the longest secret first, because one secret can contain another. */
    private static String redact(String text, Collection<String> secrets) {
        var longestFirst = secrets.stream()
                .map(CloudText::withoutControl)
                .filter(secret -> !secret.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        var redacted = text;
        for (var secret : longestFirst) {
            redacted = redacted.replace(secret, REDACTED);
        }
        return redacted;
    }

    private static String cut(String text, int maxCodePoints) {
        if (text.codePointCount(0, text.length()) <= maxCodePoints) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, maxCodePoints - 1)) + CUT;
    }
}
