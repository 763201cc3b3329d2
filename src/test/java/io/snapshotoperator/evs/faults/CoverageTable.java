/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How often which fault happened where. Safe for use by several threads. */
final class CoverageTable {
    private final Map<Boundary, Map<FaultType, Integer>> counts = new EnumMap<>(Boundary.class);
    private final Map<Boundary, Integer> passed = new EnumMap<>(Boundary.class);

    synchronized void hit(Boundary where, FaultType what) {
        counts.computeIfAbsent(where, key -> new EnumMap<>(FaultType.class)).merge(what, 1, Integer::sum);
    }

    synchronized void passed(Boundary where) {
        passed.merge(where, 1, Integer::sum);
    }

    synchronized int hits(Boundary where) {
        return counts.getOrDefault(where, Map.of()).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Boundaries in rows, faults in columns; a dot where a fault does not fit. */
    synchronized String table() {
        List<List<String>> rows = new ArrayList<>();
        var head = new ArrayList<>(List.of("boundary", "passed", "hit"));
        for (var what : FaultType.values()) {
            head.add(what.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
        rows.add(head);
        for (var where : Boundary.values()) {
            var row = new ArrayList<>(
                    List.of(where.name(), Integer.toString(passed.getOrDefault(where, 0)), "" + hits(where)));
            for (var what : FaultType.values()) {
                row.add(
                        what.fits(where)
                                ? Integer.toString(
                                        counts.getOrDefault(where, Map.of()).getOrDefault(what, 0))
                                : ".");
            }
            rows.add(row);
        }
        return print(rows);
    }

    private static String print(List<List<String>> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            text.append('|');
            for (var column = 0; column < row.size(); column++) {
                text.append(' ')
                        .append(pad(row.get(column), width(rows, column)))
                        .append(" |");
            }
            text.append('\n');
            if (row == rows.get(0)) {
                text.append("|---".repeat(row.size())).append("|\n");
            }
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream()
                .skip(1)
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(1);
    }

    private static String pad(String text, int width) {
        var spaces = new char[Math.max(0, width - text.length())];
        Arrays.fill(spaces, ' ');
        return text + new String(spaces);
    }
}
