/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

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

    /**
     * The operator sent no call. It reconciles again after {@code retryAfter}, which starts with a new observation
     * and a new decision.
     *
     * @param denial why the call got no permit; present only for {@link Cause#NO_PERMIT}, and then always
     */
    record NotSent(Cause cause, Duration retryAfter, Optional<PermitDenial> denial)
            implements CreateResult, DeleteResult, UpdateResult {
        /** Why the operator sent no call. */
        public enum Cause {
            /** The connection granted no permit. */
            NO_PERMIT,
            /** This process has another call for the same volume in flight. */
            VOLUME_BUSY,
            /** The process is stopping. The next leader reconciles the object. */
            STOPPING,
            /** The Lease is lost, or it could end before the call does. */
            LEASE_TOO_SHORT,
            /** An earlier create request for the object may still complete. The operator searches for its snapshot. */
            PRIOR_CREATE_UNRESOLVED,
            /** The object has changed since the decision. */
            CONFLICT
        }

        public NotSent {
            Objects.requireNonNull(cause);
            Objects.requireNonNull(retryAfter);
            if (denial.isPresent() != (cause == Cause.NO_PERMIT)) {
                throw new IllegalArgumentException("only a call without a permit has a denial, and it must have one");
            }
        }

        public NotSent(Cause cause, Duration retryAfter) {
            this(cause, retryAfter, Optional.empty());
        }

        /** The connection granted no permit. */
        public static NotSent denied(PermitDenial denial) {
            return new NotSent(Cause.NO_PERMIT, denial.retryAfter(), Optional.of(denial));
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
