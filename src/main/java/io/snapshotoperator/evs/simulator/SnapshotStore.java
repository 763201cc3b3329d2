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
 * Stores the snapshots with indexes by id, project and volume. Results are newest first (Cinder 12.0.0
 * cinder/db/sqlalchemy/api.py: lists are sorted by created_at, descending). Not thread-safe; the owner holds a lock.
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

    /** Adds the snapshot, or replaces the one with the same id. */
    void put(Snapshot snapshot) {
        var before = byId.put(snapshot.id(), snapshot);
        if (before == null) {
            gigabytesByProject.merge(snapshot.projectId(), (long) snapshot.sizeGib(), Long::sum);
        }
        index(byProject, snapshot.projectId()).put(Location.of(snapshot), snapshot);
        index(byVolume, snapshot.volumeId()).put(Location.of(snapshot), snapshot);
    }

    void remove(String id) {
        var removed = byId.remove(id);
        if (removed != null) {
            gigabytesByProject.merge(removed.projectId(), (long) -removed.sizeGib(), Long::sum);
            removeFrom(byProject, removed.projectId(), removed);
            removeFrom(byVolume, removed.volumeId(), removed);
        }
    }

    /** Returns a view, newest first. It is valid until the next change. */
    Collection<Snapshot> ofProject(String projectId) {
        return view(byProject, projectId);
    }

    /** Returns a view, newest first. It is valid until the next change. */
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

    private static TreeMap<Location, Snapshot> index(Map<String, TreeMap<Location, Snapshot>> indexes, String key) {
        return indexes.computeIfAbsent(key, unused -> new TreeMap<>(Location.NEWEST_FIRST));
    }

    private static Collection<Snapshot> view(Map<String, TreeMap<Location, Snapshot>> index, String key) {
        var found = index.get(key);
        return found == null ? List.of() : found.values();
    }

    private static void removeFrom(Map<String, TreeMap<Location, Snapshot>> index, String key, Snapshot removed) {
        var found = index.get(key);
        found.remove(Location.of(removed));
        if (found.isEmpty()) {
            index.remove(key);
        }
    }
}
