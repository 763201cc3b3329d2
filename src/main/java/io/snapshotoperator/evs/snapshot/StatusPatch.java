/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
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

    /** A page that says nothing but a verdict. */
    public static StatusPatch verdict(Verdict verdict) {
        return of(verdict);
    }

    static StatusPatch of(Verdict verdict) {
        return new StatusPatch(
                verdict,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    StatusPatch withSnapshot(CloudSnapshot snapshot, CloudLocation at) {
        return new StatusPatch(
                verdict,
                Optional.of(snapshot),
                Optional.of(at),
                volumeId,
                cloudStatus,
                failedAttempt,
                duplicates,
                replaced);
    }

    StatusPatch withVolume(VolumeId id) {
        return new StatusPatch(
                verdict, snapshot, location, Optional.of(id), cloudStatus, failedAttempt, duplicates, replaced);
    }

    StatusPatch withCloudStatus(String word) {
        return new StatusPatch(
                verdict, snapshot, location, volumeId, Optional.of(word), failedAttempt, duplicates, replaced);
    }

    StatusPatch withFailedAttempt(RecordedFailure failed) {
        return new StatusPatch(
                verdict, snapshot, location, volumeId, cloudStatus, Optional.of(failed), duplicates, replaced);
    }

    StatusPatch withDuplicates(List<SnapshotId> others) {
        return new StatusPatch(
                verdict,
                snapshot,
                location,
                volumeId,
                cloudStatus,
                failedAttempt,
                Optional.of(List.copyOf(others)),
                replaced);
    }

    StatusPatch withReplacement(boolean another) {
        return new StatusPatch(verdict, snapshot, location, volumeId, cloudStatus, failedAttempt, duplicates, another);
    }
}
