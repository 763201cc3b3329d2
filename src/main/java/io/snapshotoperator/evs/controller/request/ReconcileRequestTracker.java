/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which values of the annotation {@code reconcile-requested-at} were answered with a look. Lost in a restart, after which
 * everything is looked at anyway; what stands on an object at its first pass counts as answered, so that a restart does
 * not read ten thousand snapshots one by one.
 */
final class ReconcileRequestTracker {
    private final Map<String, Optional<String>> handled = new ConcurrentHashMap<>();

    boolean recordIfNew(String uid, Optional<String> value) {
        var before = handled.put(uid, value);
        return before != null && value.isPresent() && !before.equals(value);
    }

    void remove(String uid) {
        handled.remove(uid);
    }
}
