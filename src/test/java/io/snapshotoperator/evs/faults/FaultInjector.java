/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Counts how often each boundary is reached in one run, and returns each planned fault when its boundary is reached. Safe for
 * use by several threads.
 */
final class FaultInjector {
    private final CoverageTable coverage;
    private final Map<Boundary, Integer> reached = new EnumMap<>(Boundary.class);
    private final List<PlannedFault> pending = new ArrayList<>();
    private final List<String> happened = new ArrayList<>();

    FaultInjector(CoverageTable coverage) {
        this.coverage = coverage;
    }

    /** Starts a run: all counts start at zero. */
    synchronized void arm(List<PlannedFault> faults) {
        reached.clear();
        happened.clear();
        pending.clear();
        pending.addAll(faults);
    }

    /** Returns and removes the fault that happens now; empty if none does. */
    synchronized Optional<PlannedFault> takeFault(Boundary where, String object) {
        coverage.recordReached(where);
        var count = reached.merge(where, 1, Integer::sum);
        var due = pending.stream()
                .filter(fault -> fault.where() == where && fault.nth() <= count)
                .findFirst();
        due.ifPresent(fault -> {
            pending.remove(fault);
            coverage.recordFault(where, fault.what());
            happened.add(fault + " " + object);
        });
        return due;
    }

    /** Removes the pending faults. */
    synchronized void heal() {
        pending.clear();
    }

    /** Whether a fault at such a boundary has not happened yet. */
    synchronized boolean hasPending(Predicate<Boundary> where) {
        return pending.stream().map(PlannedFault::where).anyMatch(where);
    }

    synchronized boolean allHappened() {
        return pending.isEmpty();
    }

    synchronized List<String> happened() {
        return List.copyOf(happened);
    }
}
