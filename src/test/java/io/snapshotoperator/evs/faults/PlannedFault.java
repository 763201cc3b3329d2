/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;

/**
 * One fault at one boundary.
 *
 * @param nth the occurrence of the boundary in this run at which the fault happens, counted from 1 over all processes
 * @param duration zero for a fault that does not last
 */
record PlannedFault(Boundary where, int nth, FaultType what, Duration duration) {
    @Override
    public String toString() {
        return what + "(" + duration.toMillis() + " ms) at " + where + " #" + nth;
    }
}
