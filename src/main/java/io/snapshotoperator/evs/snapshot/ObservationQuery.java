/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Instant;
import java.util.Optional;

/** What a pass needs to know of the cloud before it can decide. */
public sealed interface ObservationQuery {

    /** Nothing: what is known suffices. */
    record None() implements ObservationQuery {}

    /** What the shared looks know of a recorded snapshot; read by id only where they say that something changed. */
    record PollerUpdate(SnapshotId id) implements ObservationQuery {}

    /** How the snapshot stands now, read by id. */
    record GetById(SnapshotId id) implements ObservationQuery {}

    /**
     * Which snapshots carry the marker of this object.
     *
     * @param volumeId the disk to look at; empty means the whole project
     * @param notBefore a hit counts whenever it was seen; that there is none counts only from a complete look begun then
     *     or later
     * @param name the name that our order gave, to notice a cloud that drops the marker
     * @param createdAfter when the last order was intended; empty when there was none
     */
    record FindByMarker(Optional<VolumeId> volumeId, Instant notBefore, String name, Optional<Instant> createdAfter)
            implements ObservationQuery {}

    /** Which snapshots carry the marker of this object beside the recorded one, unless that one is gone by id. */
    record GetThenFindDuplicates(SnapshotId id, FindByMarker search) implements ObservationQuery {}

    /** Whether the recorded snapshot is gone by id, and if so, whether another one of ours is beside it. */
    record ConfirmGoneThenFind(SnapshotId id, FindByMarker thenFind) implements ObservationQuery {}
}
