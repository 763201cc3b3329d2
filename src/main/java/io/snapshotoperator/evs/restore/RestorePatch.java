/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.JobId;
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
 * @param volume the volume as the cloud described it. With it, the job is no longer recorded
 * @param jobId the job that creates the volume
 * @param jobEnded whether the recorded job is removed
 * @param snapshotId the snapshot of the create request
 * @param location the location of job and volume
 * @param failedAttempt the failure to add
 * @param duplicates the ids of the other volumes that carry the ownership marker
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record RestorePatch(
        Verdict verdict,
        Optional<CloudVolume> volume,
        Optional<JobId> jobId,
        boolean jobEnded,
        Optional<SnapshotId> snapshotId,
        Optional<CloudLocation> location,
        Optional<RecordedFailure> failedAttempt,
        Optional<List<VolumeId>> duplicates) {

    public RestorePatch {
        Objects.requireNonNull(verdict);
    }

    /** Returns a patch that only reports a verdict. */
    public static RestorePatch of(Verdict verdict) {
        return RestorePatchBuilder.builder().verdict(verdict).build();
    }

    RestorePatch withVerdict(Verdict other) {
        return RestorePatchBuilder.builder(this).verdict(other).build();
    }

    RestorePatch withVolume(CloudVolume described, Optional<CloudLocation> at) {
        return RestorePatchBuilder.builder(this)
                .volume(described)
                .jobEnded(true)
                .location(at)
                .build();
    }

    RestorePatch withoutJob() {
        return RestorePatchBuilder.builder(this).jobEnded(true).build();
    }

    RestorePatch withFailedAttempt(RecordedFailure failure) {
        return RestorePatchBuilder.builder(this).failedAttempt(failure).build();
    }

    RestorePatch withDuplicates(List<VolumeId> ids) {
        return RestorePatchBuilder.builder(this).duplicates(List.copyOf(ids)).build();
    }
}
