/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import java.util.function.Consumer;

/** The right of one process to be the active one. */
public interface LeaderRole {
    /**
     * Attempts to acquire leadership until this process has it.
     *
     * @param onAcquired called once, on another thread, with the state that the last holder left
     * @param onLost called when leadership is lost after that. The process must end, because what it knows can be outdated
     */
    void start(Consumer<Predecessor> onAcquired, Runnable onLost);

    /** Returns the state that the last holder left; {@code UNCLEAN} until leadership is acquired. */
    Predecessor predecessor();

    /**
     * Gives up leadership. Does nothing to the Lease if another process holds it.
     *
     * @param drained whether no create request of this process or of its predecessors can still reach the cloud. Only then is
     *     the Lease released; otherwise it expires
     */
    void resign(boolean drained);
}
