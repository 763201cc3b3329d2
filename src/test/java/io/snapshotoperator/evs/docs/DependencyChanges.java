/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/** What changed between two lists of dependencies, which map {@code group:artifact} to a version. */
final class DependencyChanges {
    private DependencyChanges() {}

    /** Returns one line for each added, removed or changed dependency, sorted by name. */
    static List<String> between(SortedMap<String, String> before, SortedMap<String, String> after) {
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .filter(name -> !after.getOrDefault(name, "").equals(before.getOrDefault(name, "")))
                .map(name -> line(name, before.get(name), after.get(name)))
                .toList();
    }

    private static String line(String name, String before, String after) {
        if (before == null) {
            return "added   " + name + " " + after;
        }
        if (after == null) {
            return "removed " + name + " " + before;
        }
        return "changed " + name + " " + before + " -> " + after;
    }
}
