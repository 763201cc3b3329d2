/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Serves many searches for ownership markers from one inventory. If no inventory succeeds, the objects list the snapshots of
 * their volumes, a few at a time. Safe for many threads.
 */
final class SearchBatcher {
    /** An object that searches repeats its request more often than this, also if it waits for a permit. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(5);

    /** The most objects that may search on their own at the same time. */
    private static final int MAX_TURNS = Inventory.BULK_THRESHOLD;

    /**
     * @param requestedAt the first request
     * @param repeatedAt the latest request
     */
    private record PendingSearch(ResourceID object, Instant requestedAt, Instant repeatedAt) {}

    private final Duration interval;
    /** The sequence of the turns. */
    private final Map<String, PendingSearch> pending = new LinkedHashMap<>();

    private final Map<String, Instant> turns = new LinkedHashMap<>();
    private Optional<Inventory> latest = Optional.empty();
    private boolean inventoryFailed;

    /** @param interval the minimum time between two inventories; an inventory serves searches for twice as long */
    SearchBatcher(Duration interval) {
        this.interval = interval;
    }

    /** Returns the latest inventory if it can serve the search. Otherwise adds the search to the pending ones. */
    synchronized Optional<Inventory> request(ResourceID object, String uid, Instant notBefore, Instant now) {
        var usable = latest.filter(
                        inventory -> !inventory.startedAt().isBefore(notBefore) || beganAfterRequest(inventory, uid))
                .filter(inventory -> isRecent(inventory, now));
        if (usable.isEmpty()) {
            var first = Optional.ofNullable(pending.get(uid))
                    .map(PendingSearch::requestedAt)
                    .filter(time -> !time.isAfter(now));
            pending.put(uid, new PendingSearch(object, first.orElse(now), now));
        }
        return usable;
    }

    /** Whether searches can be served from it. An inventory of a clock that was ahead would prove absence too early. */
    private boolean isRecent(Inventory inventory, Instant now) {
        return !inventory.startedAt().isAfter(now)
                && inventory.startedAt().plus(interval.multipliedBy(2)).isAfter(now);
    }

    private boolean beganAfterRequest(Inventory inventory, String uid) {
        var search = pending.get(uid);
        return search != null && !inventory.startedAt().isBefore(search.requestedAt());
    }

    /** Removes the pending search of an object. */
    synchronized void remove(String uid) {
        pending.remove(uid);
        turns.remove(uid);
    }

    /** Whether so many searches are pending that one inventory costs less than a list for each. */
    synchronized boolean isShared() {
        return pending.size() > Inventory.BULK_THRESHOLD;
    }

    /** Whether the search of this object waits for an inventory. If not, the object searches on its own. */
    synchronized boolean isShared(String uid) {
        return isShared() && !turns.containsKey(uid);
    }

    /** Whether to take an inventory now. Drops what is too old: pending searches, and the inventory, because it is large. */
    synchronized boolean isInventoryDue(Instant now) {
        correctTimes(now);
        latest = latest.filter(inventory -> isRecent(inventory, now));
        pending.values()
                .removeIf(search -> search.repeatedAt().plus(MAX_SILENCE).isBefore(now));
        return isShared()
                && latest.filter(inventory ->
                                inventory.startedAt().plus(interval).isAfter(now))
                        .isEmpty();
    }

    /** Stores a new inventory. Returns the objects whose pending searches it serves: those requested before it began. */
    synchronized List<ResourceID> serve(Inventory inventory) {
        latest = Optional.of(inventory);
        inventoryFailed = false;
        turns.clear();
        return pending.values().stream()
                .filter(search -> search.requestedAt().isBefore(inventory.startedAt()))
                .map(PendingSearch::object)
                .toList();
    }

    /** Reports that an inventory failed or was incomplete. Until the next one succeeds, objects search on their own in turns. */
    synchronized void onInventoryFailed() {
        inventoryFailed = true;
    }

    /** Returns the objects that may search on their own from now on. A turn that an object does not use ends. */
    synchronized List<ResourceID> nextTurns(Instant now) {
        if (!inventoryFailed || !isShared()) {
            turns.clear();
            return List.of();
        }
        turns.entrySet().stream()
                .filter(turn -> turn.getValue().plus(interval).isBefore(now)
                        || turn.getValue().isAfter(now))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::endTurn);
        List<ResourceID> next = new ArrayList<>();
        for (var search : pending.entrySet()) {
            if (turns.size() < MAX_TURNS && turns.putIfAbsent(search.getKey(), now) == null) {
                next.add(search.getValue().object());
            }
        }
        return next;
    }

    private void endTurn(String uid) {
        turns.remove(uid);
        Optional.ofNullable(pending.remove(uid)).ifPresent(search -> pending.put(uid, search));
    }

    /** Corrects times of searches that a clock has set that was ahead. */
    private void correctTimes(Instant now) {
        pending.replaceAll((uid, search) ->
                search.repeatedAt().isAfter(now) ? new PendingSearch(search.object(), now, now) : search);
    }
}
