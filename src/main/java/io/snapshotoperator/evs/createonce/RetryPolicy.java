/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.condition.Reason;
import java.time.Duration;
import java.util.Objects;

/**
 * The delays before retries, and the times from which the absence of a snapshot proves something. Rules compute each
 * delay from recorded instants, so that a restart changes none.
 *
 * @param settleTime the longest time from the start of a create request until the cloud acts on it
 * @param outcomeProvableFor how long after a create request of unknown outcome the absence of its snapshot proves that
 *     it never existed; later, the snapshot may have existed and been deleted
 * @param initialBackoff the delay after the first failure that ends with time; it doubles with each further failure
 * @param maxBackoff the longest delay, and the delay after a failure that an administrator must repair
 */
public record RetryPolicy(
        Duration settleTime, Duration outcomeProvableFor, Duration initialBackoff, Duration maxBackoff) {
    /** After a conflict or an accepted action, when the next step is possible at once. */
    public static final Duration IMMEDIATE_REQUEUE = Duration.ofSeconds(1);

    /** While the poller observes a snapshot. Its update triggers the reconcile; this is the safety net. */
    public static final Duration FALLBACK_REQUEUE = Duration.ofSeconds(30);

    /** While only a change of the spec helps. Its event triggers the reconcile; this is the safety net. */
    public static final Duration SPEC_CHANGE_REQUEUE = Duration.ofHours(1);

    public RetryPolicy {
        Objects.requireNonNull(settleTime);
        Objects.requireNonNull(outcomeProvableFor);
        Objects.requireNonNull(initialBackoff);
        Objects.requireNonNull(maxBackoff);
    }

    /** Returns the delay between observations while a create request may still complete. */
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
