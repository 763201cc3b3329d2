/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;

/**
 * A snapshot as the cloud stores it at one instant.
 *
 * @param origin what does not change after the creation
 * @param name null if none was given
 * @param description null if none was given
 * @param status a word of EVS API reference: evs_snapshot_status, or any word that a test set
 * @param metadata never null
 * @param updatedAt null until the first update
 * @param step counts the status changes; a change that was scheduled for an earlier status is dropped
 */
public record Snapshot(
        Origin origin,
        String name,
        String description,
        String status,
        Map<String, String> metadata,
        Instant updatedAt,
        int step) {

    /** The fields that lists sort by (Cinder 12.0.0 cinder/db/sqlalchemy/models.py Snapshot). */
    static final Map<String, Comparator<Snapshot>> SORTS = Map.of(
            "created_at",
            Comparator.comparing(Snapshot::createdAt).thenComparing(Snapshot::sequence),
            "id",
            Comparator.comparing(Snapshot::id),
            "name",
            Comparator.comparing(Snapshot::name, Comparator.nullsFirst(Comparator.naturalOrder())),
            "status",
            Comparator.comparing(Snapshot::status),
            "volume_id",
            Comparator.comparing(Snapshot::volumeId),
            "volume_size",
            Comparator.comparing(Snapshot::sizeGib));

    public Snapshot {
        metadata = Map.copyOf(metadata);
    }

    /**
     * What does not change after the creation of a snapshot.
     *
     * @param sizeGib the size of the volume at the creation
     * @param sequence counts the snapshots of this simulator; sorts snapshots of the same instant
     * @param listedFrom lists leave the snapshot out before this instant
     * @param readableFrom reads by id return 404 before this instant
     */
    record Origin(
            String id,
            String projectId,
            String volumeId,
            int sizeGib,
            Instant createdAt,
            long sequence,
            Instant listedFrom,
            Instant readableFrom) {}

    public String id() {
        return origin.id();
    }

    public String projectId() {
        return origin.projectId();
    }

    public String volumeId() {
        return origin.volumeId();
    }

    public int sizeGib() {
        return origin.sizeGib();
    }

    public Instant createdAt() {
        return origin.createdAt();
    }

    long sequence() {
        return origin.sequence();
    }

    boolean isListedAt(Instant now) {
        return !now.isBefore(origin.listedFrom());
    }

    boolean isReadableAt(Instant now) {
        return !now.isBefore(origin.readableFrom());
    }

    /**
     * Returns whether a backup service made the snapshot. Such snapshots are view-only and do not count towards the
     * limit per volume (EVS API reference: creating_an_evs_snapshot; user manual: deleting_an_evs_snapshot).
     */
    public boolean belongsToBackup() {
        return NameRules.isReserved(name);
    }

    /**
     * Returns the progress as Cinder reports it: 0 until the end (Cinder 12.0.0 cinder/volume/manager.py
     * create_snapshot).
     */
    String progress() {
        return "creating".equals(status) ? "0%" : "100%";
    }

    Snapshot withStatus(String word) {
        return new Snapshot(origin, name, description, word, metadata, updatedAt, step + 1);
    }

    Snapshot renamed(String newName, String newDescription, Instant now) {
        return new Snapshot(origin, newName, newDescription, status, metadata, now, step);
    }

    Snapshot withMetadata(Map<String, String> all, Instant now) {
        return new Snapshot(origin, name, description, status, all, now, step);
    }
}
