/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * A volume as the cloud stores it.
 *
 * @param projectId the project of the volume; empty: the default project
 * @param name null if none was given
 * @param status one of the words of EVS API reference: evs_disk_status, or any other
 * @param sizeGib whole GiB
 * @param snapshotTakes how long a snapshot of this volume is {@code creating}; empty: the default duration
 * @param creation what does not change after the creation
 * @param metadata never null
 * @param updatedAt null until the first change
 */
public record Volume(
        String id,
        String projectId,
        String name,
        String status,
        int sizeGib,
        String availabilityZone,
        String volumeType,
        Optional<Duration> snapshotTakes,
        Creation creation,
        Map<String, String> metadata,
        Instant updatedAt) {

    /** The creation time of the volumes that no create request made, as in querying_details_about_a_disk. */
    private static final Instant INITIALLY = Instant.parse("2016-02-03T02:19:11.723797Z");

    /** The fields that lists sort by (EVS API reference: querying_details_about_all_disks). */
    static final Map<String, Comparator<Volume>> SORTS = Map.of(
            "created_at",
            Comparator.comparing(Volume::createdAt).thenComparing(volume -> volume.creation.sequence()),
            "id",
            Comparator.comparing(Volume::id),
            "name",
            Comparator.comparing(Volume::name, Comparator.nullsFirst(Comparator.naturalOrder())),
            "status",
            Comparator.comparing(Volume::status),
            "size",
            Comparator.comparing(Volume::sizeGib));

    public Volume {
        metadata = Map.copyOf(metadata);
    }

    /**
     * What does not change after the creation of a volume.
     *
     * @param sequence counts the created volumes of this simulator from 1; 0 if no create request made the volume
     * @param snapshotId the snapshot of which the volume is a copy; empty if none
     * @param description null if none was given
     * @param listedFrom lists leave the volume out before this instant
     * @param readableFrom calls by id return 404 before this instant
     */
    record Creation(
            Instant at,
            long sequence,
            Optional<String> snapshotId,
            String description,
            boolean multiattach,
            Map<String, String> tags,
            Instant listedFrom,
            Instant readableFrom) {

        static final Creation INITIAL =
                new Creation(INITIALLY, 0, Optional.empty(), null, false, Map.of(), Instant.MIN, Instant.MIN);

        Creation {
            tags = Map.copyOf(tags);
        }

        Creation withSnapshotId(String id) {
            return new Creation(
                    at, sequence, Optional.of(id), description, multiattach, tags, listedFrom, readableFrom);
        }
    }

    /** Returns a detached volume of 40 GiB. */
    public static Volume available(String id) {
        return new Volume(
                id,
                "",
                "disk-" + id,
                "available",
                40,
                "eu-de-01",
                "SSD",
                Optional.empty(),
                Creation.INITIAL,
                Map.of(),
                INITIALLY);
    }

    /** Returns an attached volume of 40 GiB. */
    public static Volume inUse(String id) {
        return available(id).withStatus("in-use");
    }

    /** Returns the snapshot of which the volume is a copy; empty if none. */
    public Optional<String> snapshotId() {
        return creation.snapshotId();
    }

    /** Returns the description, or null if none was given. */
    public String description() {
        return creation.description();
    }

    public boolean multiattach() {
        return creation.multiattach();
    }

    public Map<String, String> tags() {
        return creation.tags();
    }

    public Instant createdAt() {
        return creation.at();
    }

    boolean isListedAt(Instant now) {
        return !now.isBefore(creation.listedFrom());
    }

    boolean isReadableAt(Instant now) {
        return !now.isBefore(creation.readableFrom());
    }

    public Volume withStatus(String word) {
        return new Volume(
                id,
                projectId,
                name,
                word,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }

    /** Returns the volume with a status that the cloud sets at this instant. */
    Volume withStatus(String word, Instant now) {
        return new Volume(
                id,
                projectId,
                name,
                word,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                now);
    }

    public Volume withName(String text) {
        return new Volume(
                id,
                projectId,
                text,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }

    public Volume withSizeGib(int size) {
        return new Volume(
                id,
                projectId,
                name,
                status,
                size,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }

    public Volume withAvailabilityZone(String zone) {
        return new Volume(
                id, projectId, name, status, sizeGib, zone, volumeType, snapshotTakes, creation, metadata, updatedAt);
    }

    public Volume withVolumeType(String type) {
        return new Volume(
                id,
                projectId,
                name,
                status,
                sizeGib,
                availabilityZone,
                type,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }

    public Volume withSnapshotTakes(Duration duration) {
        return new Volume(
                id,
                projectId,
                name,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                Optional.of(duration),
                creation,
                metadata,
                updatedAt);
    }

    /** Replaces all metadata. */
    public Volume withMetadata(Map<String, String> all) {
        return new Volume(
                id,
                projectId,
                name,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                all,
                updatedAt);
    }

    /** Returns the volume as a copy of this snapshot. */
    public Volume withSnapshotId(String snapshot) {
        return createdAs(creation.withSnapshotId(snapshot));
    }

    public Volume inProject(String project) {
        return new Volume(
                id,
                project,
                name,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }

    Volume createdAs(Creation other) {
        return new Volume(
                id,
                projectId,
                name,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                other,
                metadata,
                updatedAt);
    }

    Volume withId(String other) {
        return new Volume(
                other,
                projectId,
                "disk-" + other,
                status,
                sizeGib,
                availabilityZone,
                volumeType,
                snapshotTakes,
                creation,
                metadata,
                updatedAt);
    }
}
