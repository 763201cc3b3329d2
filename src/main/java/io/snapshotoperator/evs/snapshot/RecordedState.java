/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
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
 * @param createdAt the creation time of the object
 * @param deletionRequestedAt when a user deleted the object; empty if it is not being deleted
 * @param hasFinalizer whether the object has the operator's finalizer
 * @param contentHold why the snapshot must not be deleted yet although the object is being deleted: its VolumeSnapshotContent still
 *     exists. Empty if nothing holds it
 * @param intent the last create intent; empty also if the annotation names another UID, if {@code hasInvalidIntent}, or
 *     on an import, for which nothing is created
 * @param hasInvalidIntent whether the annotation cannot be read, so that a create request of unknown outcome may exist
 * @param snapshot the snapshot whose id the status records; empty if there is none
 * @param volumeId the volume that the status records; empty before the source was resolved
 * @param replacements how many failed snapshots were replaced
 * @param readyAt the time of the first readiness; empty before it
 * @param failures oldest first, at most {@link RecordedFailure#MAX_RECORDED}
 * @param reason the reason of the last verdict; empty before the first one, or if this version does not know the reason
 * @param duplicates the other snapshots that carried the ownership marker at the last observation
 * @param volumeAtRisk the name of the PersistentVolume that the status names as to be deleted with the snapshot; empty if it
 *     names none
 * @param observedGeneration the generation of the last status patch; -1 before the first one
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record RecordedState(
        ObjectIdentity identity,
        long generation,
        Instant createdAt,
        Optional<Instant> deletionRequestedAt,
        boolean hasFinalizer,
        Optional<String> contentHold,
        Optional<CreateIntent> intent,
        boolean hasInvalidIntent,
        Optional<RecordedSnapshot> snapshot,
        Optional<VolumeId> volumeId,
        int replacements,
        Optional<Instant> readyAt,
        List<RecordedFailure> failures,
        Optional<Reason> reason,
        List<SnapshotId> duplicates,
        Optional<String> volumeAtRisk,
        long observedGeneration) {

    /**
     * The snapshot whose id the status records.
     *
     * @param wireState the last recorded status word
     * @param location the location of the snapshot; empty only if someone edited the status
     */
    @RecordBuilder
    @RecordBuilder.Options(addConcreteSettersForOptional = true)
    public record RecordedSnapshot(
            SnapshotId id,
            String wireState,
            Optional<CloudLocation> location,
            Optional<VolumeId> volumeId,
            Optional<String> name) {
        public SnapshotState state() {
            return SnapshotState.ofWire(wireState);
        }
    }

    public RecordedState {
        Objects.requireNonNull(identity);
        failures = List.copyOf(failures);
        duplicates = List.copyOf(duplicates);
    }

    /** Whether the object is being deleted. */
    public boolean isDeleting() {
        return deletionRequestedAt.isPresent();
    }

    /**
     * Returns this state with the intent counted as invalid if its time is later than {@code latest}. Such a time would
     * make every search for the snapshot inconclusive until then.
     */
    public RecordedState rejectIntentAfter(Instant latest) {
        return intent.filter(recorded -> recorded.at().isAfter(latest)).isEmpty()
                ? this
                : RecordedStateBuilder.builder(this)
                        .intent(Optional.empty())
                        .hasInvalidIntent(true)
                        .build();
    }

    /** Whether the object shows that a create request may have been sent for it. */
    boolean mayHaveSentCreate() {
        return intent.isPresent() || hasInvalidIntent;
    }

    /** Returns the newest failure of this operation; empty if none is recorded. */
    Optional<RecordedFailure> lastFailure(String operation) {
        return RecordedFailure.last(failures, operation);
    }

    /** Whether the last verdict that was written has this reason. */
    public boolean reasonIs(Reason other) {
        return reason.filter(other::equals).isPresent();
    }

    /** Returns how often this operation failed, as {@link RecordedFailure#count(List, String)} counts. */
    long failureCount(String operation) {
        return RecordedFailure.count(failures, operation);
    }

    /** Whether the cloud rejected the create request of the intent, so that it created no snapshot. */
    public boolean lastCreateWasRejected() {
        return intent.filter(last -> RecordedFailure.isRejected(failures, last.createId()))
                .isPresent();
    }

    /**
     * Whether the object records the outcome of the create request of the intent: the cloud rejected it, or it
     * created the snapshot that is replaced. Then it is not in flight, and no earlier leader can have another one in
     * flight, because it must write another intent first.
     */
    public boolean lastCreateOutcomeIsRecorded() {
        return lastCreateWasRejected()
                || intent.filter(CreateIntent::createdTheReplaced).isPresent();
    }

    /** Whether the spec has changed since the last status patch. */
    boolean specIsUnobserved() {
        return observedGeneration < generation;
    }
}
