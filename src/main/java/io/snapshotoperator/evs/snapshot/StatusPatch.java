/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a pass writes into the status. Everything that is empty stays as it was.
 *
 * @param snapshot the snapshot as the cloud described it
 * @param location where it was seen
 * @param volumeId the disk that a claim led to, once it is known
 * @param cloudStatus a status word learnt otherwise than from {@code seen}
 * @param failedAttempt to be added to the attempts
 * @param duplicates ids of the snapshots beside the recorded one
 * @param replaced whether {@code seen} takes the place of a snapshot that ended in error
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
