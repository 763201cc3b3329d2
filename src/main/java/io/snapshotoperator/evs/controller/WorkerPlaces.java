/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

/**
 * Shares the workers among the connections, so that connections that do not respond leave workers for the others. Some places are
 * only for connections that have none. Of the rest, a connection may use four times as many as are free, so the share of each
 * shrinks as more connections need workers (the rule of dynamic thresholds for shared buffers, Choudhury and Hahne 1998). Safe
 * for use by many threads.
 */
public final class WorkerPlaces {
    private static final int FACTOR = 4;

    /** For the first call of each connection. */
    private static final int RESERVED = 8;

    private int used;

    /** @param usedByConnection how many places the connection has now */
    synchronized boolean tryEnter(int usedByConnection) {
        var free = CallsInFlight.WORKERS - used;
        var available = usedByConnection == 0 ? free > 0 : usedByConnection < FACTOR * (free - RESERVED);
        if (!available) {
            return false;
        }
        used++;
        return true;
    }

    synchronized void leave() {
        used--;
    }
}
