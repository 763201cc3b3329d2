/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * A volume as the cloud stores it.
 *
 * @param projectId the project of the volume; empty: the default project
 * @param status one of the words of EVS API reference: evs_disk_status, or any other
 * @param sizeGib whole GiB
 * @param snapshotTakes how long a snapshot of this volume is {@code creating}; empty: the default duration
 */
public record Volume(
        String id,
        String projectId,
        String name,
        String status,
        int sizeGib,
        String availabilityZone,
        String volumeType,
        Optional<Duration> snapshotTakes) {

    /**
     * The fields that lists sort by (EVS API reference: querying_details_about_all_disks). All volumes have the same
     * creation time.
     */
    static final Map<String, Comparator<Volume>> SORTS = Map.of(
            "created_at",
            (first, second) -> 0,
            "id",
            Comparator.comparing(Volume::id),
            "name",
            Comparator.comparing(Volume::name),
            "status",
            Comparator.comparing(Volume::status),
            "size",
            Comparator.comparing(Volume::sizeGib));

    /** Returns a detached volume of 40 GiB. */
    public static Volume available(String id) {
        return new Volume(id, "", "disk-" + id, "available", 40, "eu-de-01", "SSD", Optional.empty());
    }

    /** Returns an attached volume of 40 GiB. */
    public static Volume inUse(String id) {
        return available(id).withStatus("in-use");
    }

    public Volume withStatus(String word) {
        return new Volume(id, projectId, name, word, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }

    public Volume withSizeGib(int size) {
        return new Volume(id, projectId, name, status, size, availabilityZone, volumeType, snapshotTakes);
    }

    public Volume withAvailabilityZone(String zone) {
        return new Volume(id, projectId, name, status, sizeGib, zone, volumeType, snapshotTakes);
    }

    public Volume withVolumeType(String type) {
        return new Volume(id, projectId, name, status, sizeGib, availabilityZone, type, snapshotTakes);
    }

    public Volume withSnapshotTakes(Duration duration) {
        return new Volume(id, projectId, name, status, sizeGib, availabilityZone, volumeType, Optional.of(duration));
    }

    public Volume inProject(String project) {
        return new Volume(id, project, name, status, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }

    Volume withId(String other) {
        return new Volume(
                other, projectId, "disk-" + other, status, sizeGib, availabilityZone, volumeType, snapshotTakes);
    }
}
