/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All disks that exist. Not safe for several threads; its owner locks. */
final class VolumeStore {

    private final String homeProject;
    private final Optional<Volume> anyVolume;
    private final Map<String, Volume> byId = new LinkedHashMap<>();

    /** @param anyDisk if given, an id never heard of exists as soon as it is looked for */
    VolumeStore(String homeProject, Optional<Volume> anyVolume) {
        this.homeProject = homeProject;
        this.anyVolume = anyVolume;
    }

    void put(Volume volume) {
        byId.put(volume.id(), volume.projectId().isEmpty() ? volume.inProject(homeProject) : volume);
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
