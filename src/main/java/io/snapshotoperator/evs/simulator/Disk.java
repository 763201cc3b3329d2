/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.Optional;

/**
 * A disk as the cloud keeps it.
 *
 * @param projectId where it lives; empty: the simulator's own project
 * @param status one of the words of EVS API reference: evs_disk_status, or any other
 * @param sizeGib whole GiB
 * @param snapshotTakes how long a snapshot of this disk is {@code creating}; empty: as long as everywhere
 */
public record Disk(
        String id,
        String projectId,
        String name,
        String status,
        int sizeGib,
        String availabilityZone,
        String volumeType,
        Optional<Duration> snapshotTakes) {

    /** A detached disk of 40 GiB. */
    public static Disk available(String id) {
        return new Disk(id, "", "disk-" + id, "available", 40, "eu-de-01", "SSD", Optional.empty());
    }

    /** An attached disk of 40 GiB. */
    public static Disk inUse(String id) {
        return available(id).withStatus("in-use");
    }

    public Disk withStatus(String word) {
        return new Disk(id, projectId, name, word, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }

    public Disk withSizeGib(int size) {
        return new Disk(id, projectId, name, status, size, availabilityZone, volumeType, snapshotTakes);
    }

    public Disk withAvailabilityZone(String zone) {
        return new Disk(id, projectId, name, status, sizeGib, zone, volumeType, snapshotTakes);
    }

    public Disk withVolumeType(String type) {
        return new Disk(id, projectId, name, status, sizeGib, availabilityZone, type, snapshotTakes);
    }

    public Disk withSnapshotTakes(Duration duration) {
        return new Disk(id, projectId, name, status, sizeGib, availabilityZone, volumeType, Optional.of(duration));
    }

    public Disk inProject(String project) {
        return new Disk(id, project, name, status, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }

    Disk withId(String other) {
        return new Disk(
                other, projectId, "disk-" + other, status, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }
}
