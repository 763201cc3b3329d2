/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Instant;
import java.util.Optional;

/** What a reconcile must observe in the cloud before it decides. */
public sealed interface VolumeQuery {

    /** Nothing. */
    record None() implements VolumeQuery {}

    /** The snapshot and the volume from which it was created. */
    record ReadSource(SnapshotId snapshotId) implements VolumeQuery {}

    /**
     * All volumes with the ownership marker of the object, from a list that starts at {@code notBefore} or later; and if there is
     * none, the source of the next create request.
     */
    record FindByMarker(Instant notBefore, Optional<SnapshotId> thenReadSource) implements VolumeQuery {}

    /** The volume that a job creates. The list of volumes in creation, which all restores share, usually shows it. */
    record FollowJob(JobId jobId) implements VolumeQuery {}

    /** A volume in creation, from the same list; its own read follows only when the list does not show it. */
    record FollowVolume(VolumeId volumeId) implements VolumeQuery {}

    /**
     * A volume that was ready, from a list of all volumes that started at {@code notBefore} or later. Only its own read proves that
     * it is absent. If the list shows other volumes with the marker, one of them is read with its snapshots.
     */
    record Recheck(VolumeId volumeId, Instant notBefore) implements VolumeQuery {}

    /**
     * The next volume to delete, with its snapshots: the recorded one, or else one with the ownership marker, from a list that starts
     * at {@code notBefore} or later.
     */
    record FindToDelete(Optional<VolumeId> recorded, Instant notBefore) implements VolumeQuery {}
}
