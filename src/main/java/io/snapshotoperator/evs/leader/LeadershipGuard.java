/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import java.time.Duration;

/** The right to send orders. */
public interface LeadershipGuard {
    /** Whether it is certain to be held for so long from now on. */
    boolean isHeldFor(Duration time);
}
