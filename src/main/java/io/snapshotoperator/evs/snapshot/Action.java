/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.status.Reason;
import java.time.Instant;
import java.util.Optional;

/** What a pass carries out: at most one order to the cloud, or one act on the object. */
public sealed interface Action {

    <R> R on(Cases<R> cases);

    /** One method for each deed, so that a shell that forgets one does not compile. */
    interface Cases<R> {
        R nothing();

        R create(Create deed);

        R delete(Delete deed);

        R change(Change deed);

        R hold(Hold deed);

        R letGo(LetGo deed);

        R expire(Expire deed);
    }

    record Nothing() implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.nothing();
        }
    }

    /**
     * Write the intent, then order.
     *
     * @param searched when the look that found nothing was begun; empty for a first order, before which none can have
     *     been made
     */
    record Create(CreateIntent intent, CreateSnapshotRequest snapshot, Optional<Instant> searched) implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.create(this);
        }
    }

    /**
     * Order a deletion.
     *
     * @param intent written first when present: the deletion makes room for another snapshot
     * @param surplus whether it is a second snapshot of the same request rather than the recorded one
     */
    record Delete(SnapshotId id, Optional<VolumeId> volumeId, Optional<CreateIntent> intent, boolean surplus)
            implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.delete(this);
        }
    }

    /** Order a new name or description. */
    record Change(SnapshotId id, UpdateSnapshotRequest change) implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.change(this);
        }
    }

    /** Put our finalizer on, before anything is recorded. */
    record Hold() implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.hold(this);
        }
    }

    /** Take our finalizer off: nothing is left to do, or a person said so. */
    record LetGo(Optional<Reason> announce) implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.letGo(this);
        }
    }

    /** Delete the object, because its time to live has passed. */
    record Expire() implements Action {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.expire(this);
        }
    }
}
