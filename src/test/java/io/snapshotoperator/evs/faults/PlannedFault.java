/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;

/**
 * One fault at one named point.
 *
 * @param nth at which passing of the boundary in this run, by whichever process; counted from 1
 * @param lasting for what lasts
 */
record PlannedFault(Boundary where, int nth, FaultType what, Duration lasting) {
    @Override
    public String toString() {
        return what + "(" + lasting.toMillis() + " ms) at " + where + " #" + nth;
    }
}
