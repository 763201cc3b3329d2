/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One snapshot as the cloud described it. Only the id is certain to be there; everything else may be absent (EVS
 * reference, snapshot object: the fields differ from call to call, and several may be null).
 *
 * @param wireState the status word, verbatim; empty when the cloud sent none
 * @param sizeGiB size of the disk when the snapshot was taken, not the space it uses
 * @param metadata what was sent at creation, possibly with keys that the cloud added
 */
public record CloudSnapshot(
        SnapshotId id,
        String wireState,
        Optional<VolumeId> volumeId,
        Optional<String> name,
        Optional<String> description,
        Optional<Integer> sizeGiB,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        Map<String, String> metadata) {

    public CloudSnapshot {
        Objects.requireNonNull(id);
        Objects.requireNonNull(wireState);
        metadata = Map.copyOf(metadata);
    }

    public SnapshotState state() {
        return SnapshotState.ofWire(wireState);
    }
}
