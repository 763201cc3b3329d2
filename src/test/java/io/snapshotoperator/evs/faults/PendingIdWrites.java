/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.util.HashSet;
import java.util.Set;

/** The objects of whose snapshot a process knows the id, and has not written it yet. Safe for use by several threads. */
final class PendingIdWrites {
    private final Set<String> objects = new HashSet<>();
    private int process;

    /** Which process is at the end of the road now. */
    synchronized int process() {
        return process;
    }

    /** Another process is there, which knows nothing. */
    synchronized void begin() {
        process++;
        objects.clear();
    }

    /** @param asker whose answer it is: one that ended meanwhile learns nothing, and nor does its successor */
    synchronized void learn(String object, int asker) {
        if (asker == process) {
            objects.add(object);
        }
    }

    /** @return whether the id of this object's snapshot was known and not written; from now on it counts as said */
    synchronized boolean take(String object) {
        return objects.remove(object);
    }
}
