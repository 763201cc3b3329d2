/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter.RateLimitState;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits no reconciles. The default limiter of JOSDK does not limit them either, but it keeps a counter and a time for each
 * object.
 */
public final class NoRateLimit implements RateLimiter<RateLimitState> {
    private static final RateLimitState SHARED = new RateLimitState() {};

    @Override
    public Optional<Duration> isLimited(RateLimitState state) {
        return Optional.empty();
    }

    @Override
    public RateLimitState initState() {
        return SHARED;
    }
}
