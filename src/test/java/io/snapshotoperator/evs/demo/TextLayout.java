/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

/** Lays out text for a plain terminal. */
final class TextLayout {
    private static final int WIDTH = 100;

    private TextLayout() {}

    /** Wraps text at spaces. The first line starts with {@code head}, and the other lines are indented by its length. */
    static String wrapped(String head, String text) {
        var indent = " ".repeat(head.length());
        var lines = new StringBuilder();
        var line = new StringBuilder(head);
        var isLineStart = true;
        for (var word : text.split(" ")) {
            if (!isLineStart && line.length() + 1 + word.length() > WIDTH) {
                lines.append(line).append('\n');
                line = new StringBuilder(indent);
                isLineStart = true;
            }
            line.append(isLineStart ? "" : " ").append(word);
            isLineStart = false;
        }
        return lines.append(line).toString();
    }

    /** {@code 1 create}, {@code 2 creates}. */
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
