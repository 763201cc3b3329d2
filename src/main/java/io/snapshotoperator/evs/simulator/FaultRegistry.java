/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.ArrayList;
import java.util.List;

/** Holds the registered faults and selects those that affect a call. Thread-safe. */
public final class FaultRegistry {

    private static final class RegisteredFault {
        private final long id;
        private final FaultRule rule;
        private int matches;
        private int fired;

        private RegisteredFault(long id, FaultRule rule) {
            this.id = id;
            this.rule = rule;
        }

        private boolean fireIfMatching(ApiCall call) {
            if (isSpent() || !rule.matches(call)) {
                return false;
            }
            matches++;
            if (matches < rule.fromCall()) {
                return false;
            }
            fired++;
            return true;
        }

        private boolean isSpent() {
            return rule.times() != FaultRule.UNTIL_REMOVED && fired >= rule.times();
        }
    }

    /**
     * A registered fault and its state.
     *
     * @param fired the number of affected calls
     * @param spent whether it affects no more calls
     */
    public record ActiveFault(long id, FaultRule rule, int fired, boolean spent) {}

    private final List<RegisteredFault> registered = new ArrayList<>();
    private long lastId;

    FaultRegistry(List<FaultRule> initial) {
        initial.forEach(this::add);
    }

    /** Registers a fault and returns the number that removes it. */
    public synchronized long add(FaultRule rule) {
        registered.add(new RegisteredFault(++lastId, rule));
        return lastId;
    }

    /** Registers a fault that affects the next call of its default operations. */
    public long once(Fault fault) {
        return add(FaultRule.once(fault));
    }

    /** Registers a fault that affects the next call of the operation. */
    public long once(Fault fault, Operation operation) {
        return add(FaultRule.once(fault).on(operation));
    }

    public synchronized void remove(long id) {
        registered.removeIf(fault -> fault.id == id);
    }

    public synchronized void clear() {
        registered.clear();
    }

    /** Returns every registered fault that was not removed, including spent ones. */
    public synchronized List<ActiveFault> registered() {
        return registered.stream()
                .map(fault -> new ActiveFault(fault.id, fault.rule, fault.fired, fault.isSpent()))
                .toList();
    }

    /**
     * Returns the faults that affect this call, and counts the call for each. A fault before acting stops the call, so
     * it is returned alone. The other faults then neither fire nor count the call.
     */
    synchronized List<FaultRule> take(ApiCall call) {
        for (var fault : registered) {
            if (fault.rule.fault().stage() == Fault.Stage.BEFORE_ACTING && fault.fireIfMatching(call)) {
                return List.of(fault.rule);
            }
        }
        var selected = new ArrayList<FaultRule>();
        for (var fault : registered) {
            if (fault.rule.fault().stage() != Fault.Stage.BEFORE_ACTING && fault.fireIfMatching(call)) {
                selected.add(fault.rule);
            }
        }
        return selected;
    }
}
