/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/** The volume calls of one connection. As for {@link SnapshotClient}, a call that fails throws {@link CloudException}. */
public interface VolumeClient {
    /**
     * Sends a request to create a volume from a snapshot. The API has no idempotency token: two calls create two volumes. After an
     * exception with {@link CloudException#mayHaveActed()}, the caller must search for the ownership marker before the next call.
     */
    VolumeCreation createVolume(CreateVolumeRequest volume);

    /** Reads one volume; empty if EVS says that it does not exist (a 404 of EVS, never of the gateway). */
    Optional<CloudVolume> readVolume(VolumeId id);

    /** Reads one page of the list with details. */
    Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest page);

    /**
     * Sends a request to delete a volume. In the native family, the cloud deletes the snapshots of the volume too (OTC user manual,
     * "Deleting an EVS Snapshot"), so the caller must know that it has none. An accepted delete is not a completed delete: the
     * caller reads until the volume is absent.
     *
     * @return false if EVS says that the volume does not exist
     */
    boolean deleteVolume(VolumeId id);
}
