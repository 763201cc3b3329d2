/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a call got no permit, and when the operator asks again.
 *
 * @param retryAfter the time after which the operator asks again
 * @param until when the cause ends, if that is known
 */
public record PermitDenial(Cause cause, Duration retryAfter, Optional<Instant> until) {
    /** Why there is no permit. */
    public enum Cause {
        /** The configured rate of calls is used up. */
        RATE,
        /** Too many calls of this kind are in flight on the connection. */
        CALLS_IN_FLIGHT,
        /** The cloud asked the connection to send no call for some time. */
        PAUSED_BY_CLOUD,
        /** The cloud does not respond to the calls of the connection. */
        CLOUD_UNAVAILABLE,
        /** The cloud reported a used-up quota to another request. */
        QUOTA_USED_UP
    }

    public PermitDenial {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(retryAfter);
    }

    /** Returns what the request waits for. */
    public Verdict verdict() {
        var end = until.map(instant -> instant.truncatedTo(ChronoUnit.SECONDS)).map(Instant::toString);
        return switch (cause) {
            case RATE -> Verdict.of(CommonReason.WaitingForBudget);
            case CALLS_IN_FLIGHT ->
                Verdict.of(CommonReason.CloudUnavailable, "Many calls of this connection still wait for a response.");
            case PAUSED_BY_CLOUD ->
                Verdict.of(
                        CommonReason.Throttled,
                        end.map(time -> "The cloud asked for no call until " + time + ".")
                                .orElse(""));
            case CLOUD_UNAVAILABLE ->
                Verdict.of(
                        CommonReason.CloudUnavailable,
                        "Other calls of this connection got no response, so the operator sends only single calls until one"
                                + " does.");
            case QUOTA_USED_UP ->
                Verdict.of(
                        CommonReason.QuotaExceeded,
                        "Another request got this response"
                                + end.map(time -> ", so the operator sends no create request until " + time)
                                        .orElse("")
                                + ".");
        };
    }
}
