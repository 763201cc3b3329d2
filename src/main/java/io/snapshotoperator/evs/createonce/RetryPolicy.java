/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.condition.Reason;
import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait before the same thing is tried again, and from when on silence means something. Delays are computed
 * from what is written on the object, so that a restart neither hurries nor forgets.
 *
 * @param settleTime how long an order may be under way at most
 * @param outcomeProvableFor how long after an order of unknown outcome the absence of its snapshot still proves that there was
 *     none; later it may have existed and been lost
 * @param initialBackoff before the second try of what time heals; doubled with every further one
 * @param maxBackoff between tries of what a person must repair
 */
public record RetryPolicy(
        Duration settleTime, Duration outcomeProvableFor, Duration initialBackoff, Duration maxBackoff) {
    /** After a change of hands or a conflict: at once, for practical purposes. */
    public static final Duration IMMEDIATE_REQUEUE = Duration.ofSeconds(1);

    /** The safety net under the shared looks. */
    public static final Duration FALLBACK_REQUEUE = Duration.ofSeconds(30);

    /** While only a change of the spec helps. Its event triggers the reconcile; this is the safety net. */
    public static final Duration SPEC_CHANGE_REQUEUE = Duration.ofHours(1);

    public RetryPolicy {
        Objects.requireNonNull(settleTime);
        Objects.requireNonNull(outcomeProvableFor);
        Objects.requireNonNull(initialBackoff);
        Objects.requireNonNull(maxBackoff);
    }

    /** Between looks for a snapshot whose order may still be under way. */
    public Duration recheckInterval() {
        return settleTime.dividedBy(6);
    }

    /**
     * Returns when the operator retries a call that failed for {@code reason}.
     *
     * @param failures how often the call has failed so far; 0 counts as 1
     */
    public Retry backoff(Reason reason, long failures) {
        return switch (reason.retryMode()) {
            case BACKOFF -> new Retry.After(exponential(initialBackoff, failures));
            case SLOW_BACKOFF -> new Retry.After(exponential(initialBackoff.multipliedBy(3), failures));
            case MAX_BACKOFF -> new Retry.After(maxBackoff);
            case ON_SPEC_CHANGE -> new Retry.OnSpecChange();
        };
    }

    private Duration exponential(Duration first, long failures) {
        var grown = first.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, 6));
        return grown.compareTo(maxBackoff) < 0 ? grown : maxBackoff;
    }
}
