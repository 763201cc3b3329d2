/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A snapshot as the cloud keeps it at one instant.
 *
 * @param name null if none was given
 * @param description null if none was given
 * @param status a word of EVS API reference: evs_snapshot_status, or whatever was set by hand
 * @param metadata never null
 * @param sizeGib that of the disk when the snapshot was taken
 * @param updatedAt null until it is first changed by somebody
 * @param sequence counts the snapshots of this simulator; settles the order of those made at the same instant
 * @param listedFrom lists leave it out before
 * @param readableFrom reads by id answer 404 before
 * @param step counts its changes of status, so that what was planned for an earlier status is dropped
 */
public record Snapshot(
        String id,
        String projectId,
        String volumeId,
        String name,
        String description,
        String status,
        Map<String, String> metadata,
        int sizeGib,
        Instant createdAt,
        Instant updatedAt,
        long sequence,
        Instant listedFrom,
        Instant readableFrom,
        int step) {

    public Snapshot {
        metadata = Map.copyOf(metadata);
    }

    /**
     * Made by a backup service rather than by a person: such snapshots are view-only and do not count towards the cap per
     * disk (EVS API reference: creating_an_evs_snapshot; user manual: deleting_an_evs_snapshot).
     */
    public boolean belongsToABackup() {
        return NameRules.isReserved(name);
    }

    /** As Cinder reports it: nothing until it is done (Cinder 12.0.0 cinder/volume/manager.py create_snapshot). */
    String progress() {
        return "creating".equals(status) ? "0%" : "100%";
    }

    Snapshot withStatus(String word) {
        return copy(name, description, word, metadata, updatedAt, step + 1);
    }

    Snapshot renamed(String newName, String newDescription, Instant now) {
        return copy(newName, newDescription, status, metadata, now, step);
    }

    Snapshot withMetadata(Map<String, String> all, Instant now) {
        return copy(name, description, status, all, now, step);
    }

    private Snapshot copy(
            String name, String description, String status, Map<String, String> metadata, Instant updatedAt, int step) {
        return new Snapshot(
                id,
                projectId,
                volumeId,
                name,
                description,
                status,
                new LinkedHashMap<>(metadata),
                sizeGib,
                createdAt,
                updatedAt,
                sequence,
                listedFrom,
                readableFrom,
                step);
    }
}
