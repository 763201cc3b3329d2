/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.status.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What earlier passes wrote down, read from one version of the object.
 *
 * @param created when the object was created
 * @param deleting whether its deletion was asked for
 * @param finalizer whether our finalizer is on it
 * @param intent empty also when the annotation names another UID
 * @param held the recorded snapshot
 * @param readyAt first readiness
 * @param attempts oldest first, at most {@link #MAX_FAILURES}
 * @param reason of the last verdict written; empty before the first, or when it is a word that we do not know
 * @param surplus snapshots that were last seen beside the recorded one
 * @param observedGeneration of the last page written; -1 before the first
 */
public record RecordedState(
        ObjectIdentity owner,
        long generation,
        Instant created,
        boolean deleting,
        boolean finalizer,
        Optional<CreateIntent> intent,
        Optional<RecordedSnapshot> held,
        Optional<Instant> readyAt,
        List<RecordedFailure> attempts,
        Optional<Reason> reason,
        List<SnapshotId> surplus,
        long observedGeneration) {

    /** How many attempts a status keeps. */
    public static final int MAX_FAILURES = 5;

    /**
     * The snapshot whose id the status records.
     *
     * @param wireState its status word when it was last written down
     * @param place where it lives; empty only for a status written by hand
     */
    public record RecordedSnapshot(
            SnapshotId id,
            String wireState,
            Optional<CloudLocation> place,
            Optional<VolumeId> volumeId,
            Optional<String> name) {
        public SnapshotState state() {
            return SnapshotState.ofWire(wireState);
        }
    }

    public RecordedState {
        Objects.requireNonNull(owner);
        attempts = List.copyOf(attempts);
        surplus = List.copyOf(surplus);
    }

    /** The last attempt at an order of this kind. */
    Optional<RecordedFailure> lastFailure(String operation) {
        return attempts.stream().filter(a -> a.operation().equals(operation)).reduce((first, second) -> second);
    }

    /** Whether the order that the intent names is known to have been refused, so that nothing of it can be there. */
    public boolean lastCreateWasRejected() {
        return intent.isPresent()
                && attempts.stream()
                        .anyMatch(a -> a.orderId()
                                        .filter(intent.get().orderId()::equals)
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
