/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives the planned faults their cues: counts what passes each boundary in one run. Safe for use by several threads. */
final class FaultInjector {
    private final CoverageTable tally;
    private final Map<Boundary, Integer> passed = new EnumMap<>(Boundary.class);
    private final List<PlannedFault> waiting = new ArrayList<>();
    private final List<String> happened = new ArrayList<>();

    FaultInjector(CoverageTable tally) {
        this.tally = tally;
    }

    /** A new run: counting begins anew. */
    synchronized void arm(List<PlannedFault> faults) {
        passed.clear();
        happened.clear();
        waiting.clear();
        waiting.addAll(faults);
    }

    /** What is to happen to this passing, if anything. */
    synchronized Optional<PlannedFault> cue(Boundary where, String about) {
        tally.passed(where);
        var count = passed.merge(where, 1, Integer::sum);
        var due = waiting.stream()
                .filter(fault -> fault.where() == where && fault.nth() <= count)
                .findFirst();
        due.ifPresent(fault -> {
            waiting.remove(fault);
            tally.hit(where, fault.what());
            happened.add(fault + " " + about);
        });
        return due;
    }

    /** No fault happens from here on. */
    synchronized void heal() {
        waiting.clear();
    }

    synchronized boolean allHappened() {
        return waiting.isEmpty();
    }

    synchronized List<String> happened() {
        return List.copyOf(happened);
    }
}
