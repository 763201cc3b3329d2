/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntent;
import java.time.Instant;
import java.util.Optional;

/** What a reconcile executes: at most one mutating call to the cloud, or one change of the object. */
public sealed interface Action {

    <R> R accept(Visitor<R> visitor);

    /** One method for each action. A visitor that lacks one does not compile. */
    interface Visitor<R> {
        R none();

        R createSnapshot(CreateSnapshot action);

        R deleteSnapshot(DeleteSnapshot action);

        R beginReplacement(BeginReplacement action);

        R updateSnapshot(UpdateSnapshot action);

        R addFinalizer(AddFinalizer action);

        R removeFinalizer(RemoveFinalizer action);

        R deleteRequest(DeleteRequest action);
    }

    /** Executes nothing. */
    record None() implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.none();
        }
    }

    /**
     * Records the create intent, then sends a create request.
     *
     * @param searchStartedAt the start of the search that found nothing; empty for the first create request, because no
     *     earlier one can exist
     */
    record CreateSnapshot(CreateIntent intent, CreateSnapshotRequest snapshot, Optional<Instant> searchStartedAt)
            implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createSnapshot(this);
        }
    }

    /**
     * Sends a delete request.
     *
     * @param volumeId the volume of the snapshot, as the cloud describes it
     * @param duplicate whether the snapshot is another one than the recorded one, which stays
     */
    record DeleteSnapshot(ModifiableSnapshot snapshot, Optional<VolumeId> volumeId, boolean duplicate)
            implements Action {
        public SnapshotId id() {
            return snapshot.id();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.deleteSnapshot(this);
        }
    }

    /**
     * Records in the create intent that a failed snapshot will be replaced, so that its absence does not count as missing.
     * The next reconcile reads the snapshot again and deletes it.
     */
    record BeginReplacement(CreateIntent intent) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.beginReplacement(this);
        }
    }

    /** Sends a new name or description. */
    record UpdateSnapshot(ModifiableSnapshot snapshot, UpdateSnapshotRequest change) implements Action {
        public SnapshotId id() {
            return snapshot.id();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.updateSnapshot(this);
        }
    }

    /** Adds the operator's finalizer, before the status records a snapshot. */
    record AddFinalizer() implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.addFinalizer(this);
        }
    }

    /**
     * Removes the operator's finalizer: no snapshot is left to delete, or the user keeps it.
     *
     * @param eventReason the reason of the event that the operator records; empty for no event
     */
    record RemoveFinalizer(Optional<Reason> eventReason) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.removeFinalizer(this);
        }
    }

    /** Deletes the object, because its time to live has passed. */
    record DeleteRequest() implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.deleteRequest(this);
        }
    }
}
