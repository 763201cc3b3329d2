/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.ArrayList;
import java.util.List;

/** The faults in force. Safe for use by several threads. */
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

        private boolean firesOn(ApiCall call) {
            if (isSpent() || !rule.isAbout(call)) {
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
     * A fault and what became of it so far.
     *
     * @param fired how often it disturbed a call
     * @param spent whether it will not do so again
     */
    public record ActiveFault(long id, FaultRule rule, int fired, boolean spent) {}

    private final List<RegisteredFault> posted = new ArrayList<>();
    private long lastId;

    FaultRegistry(List<FaultRule> first) {
        first.forEach(this::add);
    }

    /** Puts a fault in force; answers with the number by which it can be removed. */
    public synchronized long add(FaultRule rule) {
        posted.add(new RegisteredFault(++lastId, rule));
        return lastId;
    }

    /** The very next call that {@code fault} makes sense for. */
    public long once(Fault fault) {
        return add(FaultRule.once(fault));
    }

    /** The very next such call. */
    public long once(Fault fault, Operation operation) {
        return add(FaultRule.once(fault).on(operation));
    }

    public synchronized void remove(long id) {
        posted.removeIf(fault -> fault.id == id);
    }

    public synchronized void clear() {
        posted.clear();
    }

    /** Every fault posted and not removed, spent ones included. */
    public synchronized List<ActiveFault> active() {
        return posted.stream()
                .map(fault -> new ActiveFault(fault.id, fault.rule, fault.fired, fault.isSpent()))
                .toList();
    }

    /**
     * The faults that disturb this call; each is counted as having done so. One that acts before the model keeps the call
     * from all others, which therefore neither fire nor count it.
     */
    synchronized List<FaultRule> disturbing(ApiCall call) {
        for (var fault : posted) {
            if (fault.rule.fault().stage() == Fault.Stage.BEFORE && fault.firesOn(call)) {
                return List.of(fault.rule);
            }
        }
        var chosen = new ArrayList<FaultRule>();
        for (var fault : posted) {
            if (fault.rule.fault().stage() != Fault.Stage.BEFORE && fault.firesOn(call)) {
                chosen.add(fault.rule);
            }
        }
        return chosen;
    }
}
