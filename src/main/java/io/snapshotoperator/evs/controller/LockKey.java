/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.util.Optional;

/** What a mutating call locks within its connection, so that no second one for the same thing runs at the same time. */
public sealed interface LockKey {
    /** Returns the volume that is locked; empty if the lock is for a snapshot only. */
    Optional<VolumeId> volumeId();

    /** Locks a volume. The cloud rejects a call while the volume is in a transient state. */
    record OfVolume(VolumeId id) implements LockKey {
        @Override
        public Optional<VolumeId> volumeId() {
            return Optional.of(id);
        }
    }

    /** Locks a snapshot, for a call that does not need the volume or does not know it. */
    record OfSnapshot(SnapshotId id) implements LockKey {
        @Override
        public Optional<VolumeId> volumeId() {
            return Optional.empty();
        }
    }
}
