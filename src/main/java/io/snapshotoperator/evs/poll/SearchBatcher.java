/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Serves many searches for ownership markers from one inventory. Safe for many threads. */
final class SearchBatcher {
    private record PendingSearch(ResourceID object, Instant requestedAt) {}

    private final Duration interval;
    private final Map<String, PendingSearch> pending = new HashMap<>();
    private Optional<Inventory> latest = Optional.empty();

    /** @param interval the minimum time between two inventories; an inventory serves searches for twice as long */
    SearchBatcher(Duration interval) {
        this.interval = interval;
    }

    /** Returns the latest inventory if it can serve the search. Otherwise adds the search to the pending ones. */
    synchronized Optional<Inventory> request(ResourceID object, String uid, Instant notBefore, Instant now) {
        var usable = latest.filter(
                        inventory -> !inventory.startedAt().isBefore(notBefore) || beganAfterRequest(inventory, uid))
                .filter(inventory ->
                        inventory.startedAt().plus(interval.multipliedBy(2)).isAfter(now));
        if (usable.isEmpty()) {
            pending.putIfAbsent(uid, new PendingSearch(object, now));
        }
        return usable;
    }

    private boolean beganAfterRequest(Inventory inventory, String uid) {
        var search = pending.get(uid);
        return search != null && !inventory.startedAt().isBefore(search.requestedAt());
    }

    /** Removes the pending search of an object. */
    synchronized void remove(String uid) {
        pending.remove(uid);
    }

    /** Whether so many searches are pending that one inventory costs less than a list for each. */
    synchronized boolean isShared() {
        return pending.size() > Inventory.BULK_THRESHOLD;
    }

    synchronized boolean isInventoryDue(Instant now) {
        return isShared()
                && latest.filter(inventory ->
                                inventory.startedAt().plus(interval).isAfter(now))
                        .isEmpty();
    }

    /** Stores a new inventory. Returns the objects whose pending searches it serves: those requested before it began. */
    synchronized List<ResourceID> serve(Inventory inventory) {
        latest = Optional.of(inventory);
        return pending.values().stream()
                .filter(search -> search.requestedAt().isBefore(inventory.startedAt()))
                .map(PendingSearch::object)
                .toList();
    }
}
