/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;

/**
 * The effects of faults on a list.
 *
 * @param rules the faults that affect the call
 */
record ListFaults(List<FaultRule> rules) {

    /** Returns the query that the cloud executes instead of the requested one. */
    ListQuery effective(ListQuery query) {
        var effective = query;
        if (isAmong(Fault.FILTERS_IGNORED)) {
            effective = effective.withoutFilters();
        }
        if (isAmong(Fault.PAGE_SHIFTS) && query.offset() > 0) {
            effective = effective.withOffset(query.offset() + 1);
        }
        for (var rule : rules) {
            if (rule.fault() == Fault.PAGES_CUT) {
                effective = effective.withLimit(Math.min(effective.limit(), rule.cutPageSize()));
            }
        }
        return effective;
    }

    boolean showsCount() {
        return !isHintMissing("count");
    }

    boolean showsLink() {
        return !isHintMissing("next");
    }

    int count(int total) {
        return isAmong(Fault.COUNT_TOO_HIGH) ? total + 1 : total;
    }

    private boolean isHintMissing(String hint) {
        return rules.stream()
                .anyMatch(rule -> rule.fault() == Fault.PAGE_HINTS_MISSING
                        && rule.textOr(hint).equals(hint));
    }

    private boolean isAmong(Fault fault) {
        return rules.stream().anyMatch(rule -> rule.fault() == fault);
    }
}
