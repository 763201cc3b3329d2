/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What earlier reconciles recorded, read from one resource version of the object.
 *
 * @param deletionRequestedAt when a user deleted the object; empty if it is not being deleted
 * @param intent the last create intent; empty also if the annotation names another UID, or if {@code hasInvalidIntent}
 * @param hasInvalidIntent whether the annotation cannot be read, so that a create request of unknown outcome may exist
 * @param snapshotId the snapshot of the last create request
 * @param jobId the job that creates the volume; empty before the create request, and once the volume is known
 * @param volumeId the volume whose id the status records; empty if there is none
 * @param location the location of job and volume
 * @param readyAt the time of the first readiness; empty before it
 * @param failures oldest first, at most {@link RecordedFailure#MAX_RECORDED}
 * @param duplicates the other volumes that carried the ownership marker at the last observation
 * @param observedGeneration the generation of the last status patch; -1 before the first one
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record RecordedRestore(
        ObjectIdentity identity,
        long generation,
        Instant createdAt,
        Optional<Instant> deletionRequestedAt,
        boolean hasFinalizer,
        Optional<CreateIntent> intent,
        boolean hasInvalidIntent,
        Optional<SnapshotId> snapshotId,
        Optional<JobId> jobId,
        Optional<VolumeId> volumeId,
        Optional<CloudLocation> location,
        Optional<Instant> readyAt,
        List<RecordedFailure> failures,
        Optional<Reason> reason,
        List<VolumeId> duplicates,
        long observedGeneration) {

    public RecordedRestore {
        Objects.requireNonNull(identity);
        Objects.requireNonNull(createdAt);
        failures = List.copyOf(failures);
        duplicates = List.copyOf(duplicates);
    }

    public boolean isDeleting() {
        return deletionRequestedAt.isPresent();
    }

    /** Returns this state with the intent counted as invalid if its time is later than {@code latest}. */
    public RecordedRestore rejectIntentAfter(Instant latest) {
        return intent.filter(recorded -> recorded.at().isAfter(latest)).isEmpty()
                ? this
                : RecordedRestoreBuilder.builder(this)
                        .intent(Optional.empty())
                        .hasInvalidIntent(true)
                        .build();
    }

    /** Whether the object shows that a create request may have been sent for it. */
    public boolean mayHaveSentCreate() {
        return intent.isPresent() || hasInvalidIntent;
    }

    /** Whether the cloud may contain a volume of the object, as far as the object shows. A user can remove the create intent. */
    public boolean mayHaveVolume() {
        return mayHaveSentCreate() || jobId.isPresent() || volumeId.isPresent() || recordsEndedJob();
    }

    /** Whether the status records a job of the last create request that failed or was lost. */
    boolean recordsEndedJob() {
        return lastJobFailure().isPresent();
    }

    /** Whether the cloud rejected the create request of the intent, or its job failed, so that none is in flight. */
    public boolean lastCreateOutcomeIsRecorded() {
        return intent.filter(last -> RecordedFailure.isRejected(failures, last.createId())
                        || failedJob().isPresent())
                .isPresent();
    }

    /** Returns the failure of the job of the last create request; empty if it did not fail, as far as the status says. */
    Optional<RecordedFailure> failedJob() {
        return lastJobFailure().filter(failure -> !failure.mayHaveActed());
    }

    /** Returns when the cloud said that it does not know the job of the last create request; empty if it did not say so. */
    Optional<Instant> jobLostAt() {
        return lastJobFailure().filter(RecordedFailure::mayHaveActed).map(RecordedFailure::at);
    }

    /** Returns the rejection of the last create request itself; empty if it was not rejected. */
    Optional<RecordedFailure> rejectedCreate() {
        return intent.flatMap(last -> failures.stream()
                .filter(failure -> failure.operation().equals(RecordedFailure.CREATE)
                        && failure.createId().equals(Optional.of(last.createId())))
                .reduce((earlier, later) -> later)
                .filter(failure -> !failure.mayHaveActed()));
    }

    /**
     * Returns the failure of the job of the last create request. Without a create intent, which a user can remove,
     * or without a create id, it is unknown to which create request a failure belongs. It then counts, so that
     * nothing is created without a question to the user.
     */
    private Optional<RecordedFailure> lastJobFailure() {
        var createId = intent.map(CreateIntent::createId);
        return failures.stream()
                .filter(failure -> failure.operation().equals(RecordedFailure.JOB)
                        && (createId.isEmpty()
                                || failure.createId().isEmpty()
                                || failure.createId().equals(createId)))
                .reduce((earlier, later) -> later);
    }

    public boolean reasonIs(Reason other) {
        return reason.filter(other::equals).isPresent();
    }

    /** Whether the spec has changed since the last status patch. */
    boolean specIsUnobserved() {
        return observedGeneration < generation;
    }
}
