/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Reads and changes volumes as another tool does. The call log does not contain these changes. */
public final class VolumeAdmin {

    private final CloudState cloud;

    VolumeAdmin(CloudState cloud) {
        this.cloud = cloud;
    }

    /** Returns the volumes of all projects in any status, including those that lists leave out. */
    public List<Volume> all() {
        return cloud.volumes();
    }

    public Optional<Volume> find(String id) {
        return all().stream().filter(volume -> volume.id().equals(id)).findFirst();
    }

    /** Adds the volume, or replaces the one with the same id. */
    public void put(Volume volume) {
        cloud.putVolume(volume);
    }

    /** Returns the volumes of a project, including those that lists leave out. */
    public List<Volume> ofProject(String projectId) {
        return all().stream()
                .filter(volume -> volume.projectId().equals(projectId))
                .toList();
    }

    /** Returns the existing volumes that create requests made, oldest first. */
    public List<Volume> created() {
        return all().stream().filter(volume -> volume.creation().sequence() > 0).toList();
    }

    /** Groups the existing volumes by the value of a metadata key. Volumes without the key are left out. */
    public Map<String, List<Volume>> livingBy(String metadataKey) {
        return all().stream()
                .filter(volume -> volume.metadata().containsKey(metadataKey))
                .collect(Collectors.groupingBy(
                        volume -> volume.metadata().get(metadataKey), LinkedHashMap::new, Collectors.toList()));
    }

    /**
     * Sets any status word and cancels the scheduled change of the volume. Throws {@link NoSuchElementException} if
     * there is no such volume.
     */
    public void setStatus(String id, String word) {
        change(id, volume -> volume.withStatus(word));
    }

    /** Replaces all metadata. Throws {@link NoSuchElementException} if there is no such volume. */
    public void setMetadata(String id, Map<String, String> metadata) {
        change(id, volume -> volume.withMetadata(metadata));
    }

    /** Sets the name. Throws {@link NoSuchElementException} if there is no such volume. */
    public void rename(String id, String name) {
        change(id, volume -> volume.withName(name));
    }

    /** Removes the volume and its snapshots at once. */
    public void remove(String id) {
        cloud.removeVolume(id);
    }

    private void change(String id, UnaryOperator<Volume> change) {
        cloud.changeVolumeAsAdmin(id, change)
                .orElseThrow(() -> new NoSuchElementException("There is no volume " + id + "."));
    }
}
