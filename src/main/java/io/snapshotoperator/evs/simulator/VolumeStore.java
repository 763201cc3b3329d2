/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores the volumes. Not thread-safe; the owner holds a lock. */
final class VolumeStore {

    private final String defaultProject;
    private final Optional<Volume> anyVolume;
    private final Map<String, Volume> byId = new LinkedHashMap<>();

    /** @param anyVolume if given, a read of an unknown id adds a volume with these properties */
    VolumeStore(String defaultProject, Optional<Volume> anyVolume) {
        this.defaultProject = defaultProject;
        this.anyVolume = anyVolume;
    }

    void put(Volume volume) {
        byId.put(volume.id(), volume.projectId().isEmpty() ? volume.inProject(defaultProject) : volume);
    }

    void remove(String id) {
        byId.remove(id);
    }

    Optional<Volume> find(String projectId, String id) {
        if (!byId.containsKey(id)) {
            anyVolume.ifPresent(pattern -> put(pattern.withId(id).inProject(projectId)));
        }
        return Optional.ofNullable(byId.get(id))
                .filter(volume -> volume.projectId().equals(projectId));
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
