/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All snapshots that exist, findable by id, and newest first by project or by disk (Cinder 12.0.0 cinder/db/sqlalchemy/api.py:
 * lists are ordered by created_at, descending). Not safe for several threads; its owner locks.
 */
final class SnapshotStore {

    private record Location(Instant createdAt, long sequence) {
        static final Comparator<Location> NEWEST_FIRST = Comparator.comparing(Location::createdAt)
                .thenComparing(Location::sequence)
                .reversed();

        static Location of(Snapshot snapshot) {
            return new Location(snapshot.createdAt(), snapshot.sequence());
        }
    }

    private final Map<String, Snapshot> byId = new HashMap<>();
    private final Map<String, TreeMap<Location, Snapshot>> byProject = new HashMap<>();
    private final Map<String, TreeMap<Location, Snapshot>> byVolume = new HashMap<>();
    private final Map<String, Long> gigabytesByProject = new HashMap<>();

    Optional<Snapshot> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Adds it, or puts it in the place of the one with the same id. */
    void put(Snapshot snapshot) {
        var before = byId.put(snapshot.id(), snapshot);
        if (before == null) {
            gigabytesByProject.merge(snapshot.projectId(), (long) snapshot.sizeGib(), Long::sum);
        }
        ordered(byProject, snapshot.projectId()).put(Location.of(snapshot), snapshot);
        ordered(byVolume, snapshot.volumeId()).put(Location.of(snapshot), snapshot);
    }

    void remove(String id) {
        var gone = byId.remove(id);
        if (gone != null) {
            gigabytesByProject.merge(gone.projectId(), (long) -gone.sizeGib(), Long::sum);
            take(byProject, gone.projectId(), gone);
            take(byVolume, gone.volumeId(), gone);
        }
    }

    /** Newest first. The view is the shelf's own: use it before the next change. */
    Collection<Snapshot> ofProject(String projectId) {
        return view(byProject, projectId);
    }

    /** Newest first. The view is the shelf's own: use it before the next change. */
    Collection<Snapshot> ofVolume(String volumeId) {
        return view(byVolume, volumeId);
    }

    List<Snapshot> all() {
        return byId.values().stream()
                .sorted(Comparator.comparing(Location::of, Location.NEWEST_FIRST))
                .toList();
    }

    int countOf(String projectId) {
        return view(byProject, projectId).size();
    }

    long gigabytesOf(String projectId) {
        return gigabytesByProject.getOrDefault(projectId, 0L);
    }

    private static TreeMap<Location, Snapshot> ordered(Map<String, TreeMap<Location, Snapshot>> index, String key) {
        return index.computeIfAbsent(key, k -> new TreeMap<>(Location.NEWEST_FIRST));
    }

    private static Collection<Snapshot> view(Map<String, TreeMap<Location, Snapshot>> index, String key) {
        var found = index.get(key);
        return found == null ? List.of() : found.values();
    }

    private static void take(Map<String, TreeMap<Location, Snapshot>> index, String key, Snapshot gone) {
        var found = index.get(key);
        found.remove(Location.of(gone));
        if (found.isEmpty()) {
            index.remove(key);
        }
    }
}
