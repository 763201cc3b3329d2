/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts how often each fault happened at each boundary. Safe for use by several threads. */
final class CoverageTable {
    private final Map<Boundary, Map<FaultType, Integer>> faults = new EnumMap<>(Boundary.class);
    private final Map<Boundary, Integer> reached = new EnumMap<>(Boundary.class);

    synchronized void recordFault(Boundary where, FaultType fault) {
        faults.computeIfAbsent(where, key -> new EnumMap<>(FaultType.class)).merge(fault, 1, Integer::sum);
    }

    synchronized void recordReached(Boundary where) {
        reached.merge(where, 1, Integer::sum);
    }

    /** How many faults happened there. */
    synchronized int faultsAt(Boundary where) {
        return faults.getOrDefault(where, Map.of()).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Boundaries in rows and faults in columns. A dot means that the fault does not apply to the boundary. */
    synchronized String table() {
        List<List<String>> rows = new ArrayList<>();
        var head = new ArrayList<>(List.of("boundary", "reached", "faults"));
        for (var fault : FaultType.values()) {
            head.add(fault.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        rows.add(head);
        for (var where : Boundary.values()) {
            var row = new ArrayList<>(
                    List.of(where.name(), Integer.toString(reached.getOrDefault(where, 0)), "" + faultsAt(where)));
            for (var fault : FaultType.values()) {
                row.add(
                        fault.fits(where)
                                ? Integer.toString(
                                        faults.getOrDefault(where, Map.of()).getOrDefault(fault, 0))
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
