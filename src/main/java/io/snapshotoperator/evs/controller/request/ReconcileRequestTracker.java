/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which values of the annotation {@code reconcile-requested-at} were handled. A restart clears this memory. The
 * first reconcile of an object therefore takes the current value as handled, or a restart would read every snapshot.
 */
final class ReconcileRequestTracker {
    private final Map<String, Optional<String>> handled = new ConcurrentHashMap<>();
    private final Set<String> refreshes = ConcurrentHashMap.newKeySet();

    /**
     * Records the value as handled. Returns whether it is present and new, or the operator itself requested an observation;
     * the value is not new at the first call for an object.
     */
    boolean recordIfNew(String uid, Optional<String> value) {
        var before = handled.put(uid, value);
        if (refreshes.remove(uid)) {
            return true;
        }
        return before != null && value.isPresent() && !before.equals(value);
    }

    /** Lets the next reconcile read the snapshot. */
    void requestRefresh(String uid) {
        refreshes.add(uid);
    }

    void remove(String uid) {
        refreshes.remove(uid);
        handled.remove(uid);
    }
}
