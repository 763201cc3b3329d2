/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import java.time.Duration;

/** Decides whether a mutating call may start. */
public interface LeadershipGuard {
    /** Returns whether this process certainly holds the Lease for this time from now on. */
    boolean isHeldFor(Duration time);
}
