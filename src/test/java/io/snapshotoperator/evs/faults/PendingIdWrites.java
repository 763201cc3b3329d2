/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.HashSet;
import java.util.Set;

/**
 * The objects for which a process knows the id of the snapshot and has not written it yet. Safe for use by several threads.
 */
final class PendingIdWrites {
    private final Set<String> objects = new HashSet<>();
    private int process;

    /** The number of the process at the end of the link now. */
    synchronized int process() {
        return process;
    }

    /** Another process starts. It knows nothing. */
    synchronized void processStarted() {
        process++;
        objects.clear();
    }

    /** A write that the process sends now is lost before the proxy sees it, so that its next request is another one. */
    synchronized void linkCut() {
        objects.clear();
    }

    /** @param receiver the process that receives the response. If it has ended, neither it nor its successor learns the id */
    synchronized void idReceived(String object, int receiver) {
        if (receiver == process) {
            objects.add(object);
        }
    }

    /** Returns whether the id for this object was known and not written, and removes the object. */
    synchronized boolean take(String object) {
        return objects.remove(object);
    }
}
