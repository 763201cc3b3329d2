/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a reconcile writes into the status. An empty component leaves the status as it is.
 *
 * @param snapshot the snapshot as the cloud described it
 * @param location the location of {@code snapshot}
 * @param volumeId the volume to which the source leads
 * @param cloudStatus a status word that takes precedence over the one of {@code snapshot}
 * @param failedAttempt the failure to add
 * @param duplicates the ids of the other snapshots that carry the ownership marker
 * @param replaced whether {@code snapshot} replaces a snapshot that ended in error
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record StatusPatch(
        Verdict verdict,
        Optional<CloudSnapshot> snapshot,
        Optional<CloudLocation> location,
        Optional<VolumeId> volumeId,
        Optional<String> cloudStatus,
        Optional<RecordedFailure> failedAttempt,
        Optional<List<SnapshotId>> duplicates,
        boolean replaced) {

    public StatusPatch {
        Objects.requireNonNull(verdict);
    }

    /** Returns a patch that only reports a verdict. */
    public static StatusPatch of(Verdict verdict) {
        return StatusPatchBuilder.builder().verdict(verdict).build();
    }

    StatusPatch withVerdict(Verdict other) {
        return StatusPatchBuilder.builder(this).verdict(other).build();
    }

    StatusPatch withSnapshot(CloudSnapshot described, CloudLocation at) {
        return StatusPatchBuilder.builder(this).snapshot(described).location(at).build();
    }

    StatusPatch withVolume(VolumeId id) {
        return StatusPatchBuilder.builder(this).volumeId(id).build();
    }

    StatusPatch withCloudStatus(String word) {
        return StatusPatchBuilder.builder(this).cloudStatus(word).build();
    }

    StatusPatch withFailedAttempt(RecordedFailure failure) {
        return StatusPatchBuilder.builder(this).failedAttempt(failure).build();
    }

    StatusPatch withDuplicates(List<SnapshotId> ids) {
        return StatusPatchBuilder.builder(this).duplicates(List.copyOf(ids)).build();
    }

    StatusPatch withReplacement(boolean isReplacement) {
        return StatusPatchBuilder.builder(this).replaced(isReplacement).build();
    }
}
