/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * Selects the snapshots of a list. The cloud can ignore a filter silently (Cinder drops unknown filters), so the caller must
 * check the result.
 */
public record SnapshotFilter(Optional<VolumeId> volumeId, Optional<String> status) {

    public static SnapshotFilter all() {
        return new SnapshotFilter(Optional.empty(), Optional.empty());
    }

    public static SnapshotFilter ofVolume(VolumeId volumeId) {
        return new SnapshotFilter(Optional.of(volumeId), Optional.empty());
    }

    public static SnapshotFilter inStatus(String status) {
        return new SnapshotFilter(Optional.empty(), Optional.of(status));
    }

    /** Returns whether this snapshot matches the filter. The case of a status word does not matter. */
    public boolean matches(CloudSnapshot snapshot) {
        return volumeId.map(id -> snapshot.volumeId().filter(id::equals).isPresent())
                        .orElse(true)
                && status.map(word -> word.equalsIgnoreCase(snapshot.wireState()))
                        .orElse(true);
    }
}
