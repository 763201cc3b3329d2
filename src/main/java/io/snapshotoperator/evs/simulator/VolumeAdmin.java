/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Reads and changes volumes as another tool does. The call log does not contain these changes. */
public final class VolumeAdmin {

    private final CloudState cloud;

    VolumeAdmin(CloudState cloud) {
        this.cloud = cloud;
    }

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

    /** Sets any status word. Throws {@link NoSuchElementException} if there is no such volume. */
    public void setStatus(String id, String word) {
        put(find(id).orElseThrow(() -> new NoSuchElementException("There is no volume " + id + "."))
                .withStatus(word));
    }

    /** Removes the volume and its snapshots at once. */
    public void remove(String id) {
        cloud.removeVolume(id);
    }
}
