/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import java.time.Duration;
import java.time.Instant;

/**
 * A failure remembered, so that what failed is left alone for a while: wrong passwords lock the user (IAM.0061), wrong
 * signatures the key (API Gateway 0301), and IAM throttles strictly.
 */
record Cooldown(CloudException failure, Instant since, Instant until) {

    static Cooldown after(CloudException failure, Instant now) {
        var usual =
                switch (failure.kind()) {
                    case NOT_AUTHORIZED -> Duration.ofMinutes(5);
                    case THROTTLED -> Duration.ofMinutes(1);
                    // Long enough that callers who queued behind one timeout do not each wait for another.
                    default -> Duration.ofSeconds(10);
                };
        return new Cooldown(
                failure, now, now.plus(failure.details().retryAfter().orElse(usual)));
    }

    /** A clock that was set back to before the failure ends the hold. */
    boolean isActive(Instant now) {
        return now.isBefore(until) && !now.isBefore(since);
    }

    CloudException toException(Instant now) {
        return CloudExceptionFactory.repeated(failure, until, now);
    }
}
