/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.createonce.CallObstacle;
import java.util.Objects;

/** What became of an action that calls the cloud. Each action has its own type of results. */
public sealed interface ActionResult permits CreateResult, DeleteResult, UpdateResult {

    /**
     * The call failed. {@code failure.mayHaveActed()} says whether the cloud may have acted. If it may have, the
     * operator observes the cloud before it repeats the call.
     */
    record Failed(CloudException.Details failure) implements CreateResult, DeleteResult, UpdateResult {
        public Failed {
            Objects.requireNonNull(failure);
        }

        @Override
        public <R> R accept(CreateResult.Visitor<R> visitor) {
            return visitor.failed(this);
        }

        @Override
        public <R> R accept(DeleteResult.Visitor<R> visitor) {
            return visitor.failed(this);
        }

        @Override
        public <R> R accept(UpdateResult.Visitor<R> visitor) {
            return visitor.failed(this);
        }
    }

    /** The operator sent no call, because of this obstacle. */
    record NotSent(CallObstacle obstacle) implements CreateResult, DeleteResult, UpdateResult {
        public NotSent {
            Objects.requireNonNull(obstacle);
        }

        @Override
        public <R> R accept(CreateResult.Visitor<R> visitor) {
            return visitor.notSent(this);
        }

        @Override
        public <R> R accept(DeleteResult.Visitor<R> visitor) {
            return visitor.notSent(this);
        }

        @Override
        public <R> R accept(UpdateResult.Visitor<R> visitor) {
            return visitor.notSent(this);
        }
    }
}
