/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

/** Sentences on a plain terminal. */
final class TextLayout {
    private static final int WIDTH = 100;

    private TextLayout() {}

    /** The first line begins with {@code head}, the others are indented as far; broken only at spaces. */
    static String wrapped(String head, String text) {
        var indent = " ".repeat(head.length());
        var lines = new StringBuilder();
        var line = new StringBuilder(head);
        var fresh = true;
        for (var word : text.split(" ")) {
            if (!fresh && line.length() + 1 + word.length() > WIDTH) {
                lines.append(line).append('\n');
                line = new StringBuilder(indent);
                fresh = true;
            }
            line.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        return lines.append(line).toString();
    }

    /** {@code 1 create}, {@code 2 creates}. */
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
