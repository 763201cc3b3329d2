/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * Which snapshots a list should show. The cloud may ignore a filter without a word (Cinder drops filters that it does
 * not know), so whoever lists must check what comes back.
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

    /** Whether the filter, had the cloud obeyed it, would have let this snapshot pass. */
    public boolean matches(CloudSnapshot snapshot) {
        return volumeId.map(id -> snapshot.volumeId().filter(id::equals).isPresent())
                        .orElse(true)
                && status.map(word -> word.equals(snapshot.wireState())).orElse(true);
    }
}
