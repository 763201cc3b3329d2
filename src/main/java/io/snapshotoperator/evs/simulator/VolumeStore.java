/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Stores the volumes. Not thread-safe; the owner holds a lock. */
final class VolumeStore {

    private final String defaultProject;
    private final Optional<Volume> anyVolume;
    private final Map<String, Volume> byId = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();

    /** @param anyVolume if given, a read of an id that never existed adds a volume with these properties */
    VolumeStore(String defaultProject, Optional<Volume> anyVolume) {
        this.defaultProject = defaultProject;
        this.anyVolume = anyVolume;
    }

    void put(Volume volume) {
        byId.put(volume.id(), volume.projectId().isEmpty() ? volume.inProject(defaultProject) : volume);
    }

    void remove(String id) {
        if (byId.remove(id) != null) {
            removed.add(id);
        }
    }

    /** Changes the volume and returns the changed one; empty if there is no such volume. */
    Optional<Volume> change(String id, UnaryOperator<Volume> change) {
        return Optional.ofNullable(byId.computeIfPresent(id, (key, stored) -> change.apply(stored)));
    }

    /** Returns the volume in whatever project; empty if there is none. */
    Optional<Volume> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    Optional<Volume> find(String projectId, String id) {
        if (!byId.containsKey(id) && !removed.contains(id)) {
            anyVolume.ifPresent(pattern -> put(pattern.withId(id).inProject(projectId)));
        }
        return find(id).filter(volume -> volume.projectId().equals(projectId));
    }

    List<Volume> all() {
        return List.copyOf(byId.values());
    }

    List<Volume> ofProject(String projectId) {
        return byId.values().stream()
                .filter(volume -> volume.projectId().equals(projectId))
                .toList();
    }
}
