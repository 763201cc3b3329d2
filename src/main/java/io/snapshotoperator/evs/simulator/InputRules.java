/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.regex.Pattern;

/**
 * Checks the values of flags and of the control API. Each method returns the value, or throws {@link
 * IllegalArgumentException} with a sentence for the user. The cloud's own calls are checked by {@link RequestBodies} and
 * {@link QueryRules}.
 */
final class InputRules {

    /** Paths, flags and queries contain ids, so an id must not contain the characters that separate there. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final Pattern STATUS = Pattern.compile("[a-z][a-z_-]{0,63}");

    private static final Pattern REGION = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private InputRules() {}

    static String id(String subject, String text) {
        return matching(ID, subject, text, "contain 1 to 64 letters, digits, dots, hyphens and underscores");
    }

    /** Allows words that the cloud does not document, because clients must expect them. */
    static String status(String subject, String text) {
        return matching(STATUS, subject, text, "be one word of lower-case letters such as available");
    }

    static String region(String subject, String text) {
        return matching(REGION, subject, text, "contain lower-case letters, digits and hyphens such as eu-de");
    }

    static String notBlank(String subject, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(subject + " must not be blank.");
        }
        return text;
    }

    static int inRange(String subject, int value, int min, int max) {
        if (value < min || value > max) {
            var range = max == Integer.MAX_VALUE ? "at least " + min : "from " + min + " to " + max;
            throw new IllegalArgumentException(subject + " must be " + range + ", but is " + value + ".");
        }
        return value;
    }

    /** EVS API reference: creating_evs_disks. A volume has at most 32768 GiB. */
    static int sizeGib(int value) {
        return inRange("The size of a volume", value, 1, 32768);
    }

    static int number(String subject, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(subject + " must be a number, but is '" + text + "'.", e);
        }
    }

    private static String matching(Pattern pattern, String subject, String text, String rule) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(subject + " must " + rule + ", but is '" + text + "'.");
        }
        return text;
    }
}
