/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import java.time.Duration;
import java.time.Instant;

/**
 * A failure after which the operator makes no further attempt for some time. Wrong passwords lock the user (IAM.0061), wrong
 * signatures lock the key (API Gateway 0301), and IAM throttles strictly.
 */
record Cooldown(CloudException failure, Instant since, Instant until) {
    /** The longest cooldown, whatever the cloud asks for. */
    private static final Duration MAX = Duration.ofHours(1);

    static Cooldown after(CloudException failure, Instant now) {
        var defaultWait =
                switch (failure.kind()) {
                    case NOT_AUTHORIZED -> Duration.ofMinutes(5);
                    case THROTTLED -> Duration.ofMinutes(1);
                    // Callers that waited for the same attempt must not wait for a timeout of their own each.
                    default -> Duration.ofSeconds(10);
                };
        var wait = failure.details().retryAfter().orElse(defaultWait);
        return new Cooldown(failure, now, now.plus(wait.compareTo(MAX) < 0 ? wait : MAX));
    }

    /** Returns whether the cooldown lasts. It ends if the clock is set back to a time before the failure. */
    boolean isActive(Instant now) {
        return now.isBefore(until) && !now.isBefore(since);
    }

    CloudException toException(Instant now) {
        return CloudExceptionFactory.repeated(failure, until, now);
    }
}
