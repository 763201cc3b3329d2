/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What earlier passes wrote down, read from one version of the object.
 *
 * @param createdAt when the object was created
 * @param isDeleting whether its deletion was asked for
 * @param hasFinalizer whether our finalizer is on it
 * @param intent empty also when the annotation names another UID
 * @param snapshot the recorded snapshot
 * @param readyAt first readiness
 * @param failures oldest first, at most {@link #MAX_FAILURES}
 * @param reason of the last verdict written; empty before the first, or when it is a word that we do not know
 * @param duplicates snapshots that were last seen beside the recorded one
 * @param observedGeneration of the last page written; -1 before the first
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record RecordedState(
        ObjectIdentity identity,
        long generation,
        Instant createdAt,
        boolean isDeleting,
        boolean hasFinalizer,
        Optional<CreateIntent> intent,
        Optional<RecordedSnapshot> snapshot,
        Optional<Instant> readyAt,
        List<RecordedFailure> failures,
        Optional<Reason> reason,
        List<SnapshotId> duplicates,
        long observedGeneration) {

    /** How many different failures a status keeps. */
    public static final int MAX_FAILURES = 5;

    /**
     * The snapshot whose id the status records.
     *
     * @param wireState its status word when it was last written down
     * @param location where it lives; empty only for a status written by hand
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

    /** The last attempt at an order of this kind. */
    Optional<RecordedFailure> lastFailure(String operation) {
        return failures.stream().filter(a -> a.operation().equals(operation)).reduce((first, second) -> second);
    }

    /** Whether the last verdict that was written has this reason. */
    public boolean reasonIs(Reason other) {
        return reason.filter(other::equals).isPresent();
    }

    /**
     * Returns how often this operation failed, as far as the status records it, but at most {@link #MAX_FAILURES}. The
     * limit keeps the back-off after a long outage short.
     */
    long failureCount(String operation) {
        var count = failures.stream()
                .filter(failure -> failure.operation().equals(operation))
                .mapToLong(RecordedFailure::count)
                .sum();
        return Math.min(count, MAX_FAILURES);
    }

    /** Whether the order that the intent names is known to have been refused, so that nothing of it can be there. */
    public boolean lastCreateWasRejected() {
        return intent.isPresent()
                && failures.stream()
                        .anyMatch(a -> a.createId()
                                        .filter(intent.get().createId()::equals)
                                        .isPresent()
                                && !a.mayHaveActed());
    }

    /**
     * Whether it is written down what became of the order that the intent names: it was refused, or it made the snapshot
     * that is being replaced. Then nothing of it is under way, and no predecessor can have another one under way, because
     * it would have had to write another intent first.
     */
    public boolean lastCreateOutcomeIsRecorded() {
        return lastCreateWasRejected()
                || intent.filter(CreateIntent::createdTheReplaced).isPresent();
    }

    boolean specIsUnobserved() {
        return observedGeneration < generation;
    }
}
