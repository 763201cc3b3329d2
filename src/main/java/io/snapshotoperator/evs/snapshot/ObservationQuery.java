/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Instant;
import java.util.Optional;

/** What a reconcile must observe in the cloud before it can decide. */
public sealed interface ObservationQuery {

    /** Nothing: the recorded state is sufficient. */
    record None() implements ObservationQuery {}

    /**
     * The poller's update of a recorded snapshot. The operator reads the snapshot by id only if the update requires it.
     */
    record PollerUpdate(SnapshotId id) implements ObservationQuery {}

    /** The snapshot as a read by id shows it now. */
    record GetById(SnapshotId id) implements ObservationQuery {}

    /**
     * The snapshots that carry the ownership marker of the object.
     *
     * @param volumeId the volume to search; empty means the whole project
     * @param notBefore a match counts at any time; absence counts only if a complete search starts at this time or
     *     later
     * @param name the name in the create request, by which the operator detects that the cloud dropped the marker
     * @param createdAfter the time of the last create intent; empty if there is none. An unmarked snapshot that is
     *     older cannot result from it.
     */
    record FindByMarker(Optional<VolumeId> volumeId, Instant notBefore, String name, Optional<Instant> createdAfter)
            implements ObservationQuery {}

    /** The recorded snapshot by id, and if it exists, all snapshots with the object's marker. */
    record GetThenFindDuplicates(SnapshotId id, FindByMarker search) implements ObservationQuery {}

    /** The recorded snapshot by id, and if it does not exist, all snapshots with the object's marker. */
    record ConfirmGoneThenFind(SnapshotId id, FindByMarker thenFind) implements ObservationQuery {}
}
