/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The disks that exist, and what others may do to them. Leaves no trace in the ledger. */
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

    /** Adds it, or puts it in the place of the one with the same id. */
    public void put(Volume volume) {
        cloud.putVolume(volume);
    }

    /** Sets any word. Throws {@link NoSuchElementException} if there is no such disk. */
    public void setStatus(String id, String word) {
        put(find(id).orElseThrow(() -> new NoSuchElementException("The simulated cloud has no disk " + id))
                .withStatus(word));
    }

    /** It is gone at once, and its snapshots with it. */
    public void remove(String id) {
        cloud.removeVolume(id);
    }
}
