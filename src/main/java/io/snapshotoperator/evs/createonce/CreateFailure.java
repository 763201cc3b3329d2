/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.time.Instant;

/**
 * What follows from a failed create request, whatever it should create.
 *
 * @param attempt what the status records
 * @param retryAfter when the operator reconciles again
 */
public record CreateFailure(Verdict verdict, RecordedFailure attempt, Duration retryAfter) {

    /** @param createId the id of the create request */
    public static CreateFailure of(
            CloudException.Details failure, String createId, RetryPolicy retryPolicy, Instant now) {
        var verdict = failure.mayHaveActed() ? Verdict.of(unresolved(failure)) : FailureReasons.verdictFor(failure);
        var delay = failure.mayHaveActed()
                ? retryPolicy.recheckInterval()
                : retryPolicy.backoff(verdict.reason(), 1).delayOr(RetryPolicy.SPEC_CHANGE_REQUEUE);
        return new CreateFailure(
                verdict,
                RecordedFailure.of(failure, RecordedFailure.CREATE, now).ofCreate(createId),
                failure.retryAfter()
                        .filter(requested -> requested.compareTo(delay) > 0)
                        .orElse(delay));
    }

    private static CommonReason unresolved(CloudException.Details failure) {
        return failure.kind() == CloudException.Kind.THROTTLED
                ? CommonReason.Throttled
                : CommonReason.VerifyingPreviousCreate;
    }
}
