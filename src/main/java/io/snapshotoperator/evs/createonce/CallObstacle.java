/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Why the operator did not send a mutating call. It reconciles again after {@code retryAfter}, which starts with a new observation
 * and a new decision.
 *
 * @param denial why the call got no permit; present only for {@link Cause#NO_PERMIT}, and then always
 */
public record CallObstacle(Cause cause, Duration retryAfter, Optional<PermitDenial> denial) {
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
        /** An earlier create request for the object may still complete. The operator searches for what it created. */
        PRIOR_CREATE_UNRESOLVED,
        /** The object has changed since the decision. */
        CONFLICT
    }

    public CallObstacle {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(retryAfter);
        if (denial.isPresent() != (cause == Cause.NO_PERMIT)) {
            throw new IllegalArgumentException("only a call without a permit has a denial, and it must have one");
        }
    }

    public CallObstacle(Cause cause, Duration retryAfter) {
        this(cause, retryAfter, Optional.empty());
    }

    /** The connection granted no permit. */
    public static CallObstacle denied(PermitDenial denial) {
        return new CallObstacle(Cause.NO_PERMIT, denial.retryAfter(), Optional.of(denial));
    }
}
