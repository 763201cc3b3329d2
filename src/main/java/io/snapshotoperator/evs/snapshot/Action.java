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

/** What a pass carries out: at most one order to the cloud, or one act on the object. */
public sealed interface Action {

    <R> R accept(Visitor<R> cases);

    /** One method for each deed, so that a shell that forgets one does not compile. */
    interface Visitor<R> {
        R none();

        R createSnapshot(CreateSnapshot action);

        R deleteSnapshot(DeleteSnapshot action);

        R updateSnapshot(UpdateSnapshot action);

        R addFinalizer(AddFinalizer action);

        R removeFinalizer(RemoveFinalizer action);

        R deleteRequest(DeleteRequest action);
    }

    record None() implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.none();
        }
    }

    /**
     * Write the intent, then order.
     *
     * @param searchStartedAt when the look that found nothing was begun; empty for a first order, before which none can have
     *     been made
     */
    record CreateSnapshot(CreateIntent intent, CreateSnapshotRequest snapshot, Optional<Instant> searchStartedAt)
            implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.createSnapshot(this);
        }
    }

    /**
     * Order a deletion.
     *
     * @param intent written first when present: the deletion makes room for another snapshot
     * @param duplicate whether it is a second snapshot of the same request rather than the recorded one
     */
    record DeleteSnapshot(SnapshotId id, Optional<VolumeId> volumeId, Optional<CreateIntent> intent, boolean duplicate)
            implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.deleteSnapshot(this);
        }
    }

    /** Order a new name or description. */
    record UpdateSnapshot(SnapshotId id, UpdateSnapshotRequest change) implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.updateSnapshot(this);
        }
    }

    /** Put our finalizer on, before anything is recorded. */
    record AddFinalizer() implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.addFinalizer(this);
        }
    }

    /** Take our finalizer off: nothing is left to do, or a person said so. */
    record RemoveFinalizer(Optional<Reason> eventReason) implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.removeFinalizer(this);
        }
    }

    /** Delete the object, because its time to live has passed. */
    record DeleteRequest() implements Action {
        @Override
        public <R> R accept(Visitor<R> cases) {
            return cases.deleteRequest(this);
        }
    }
}
