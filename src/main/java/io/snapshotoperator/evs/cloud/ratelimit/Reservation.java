/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import java.time.Duration;

/** The result of {@link CallBudget#reserve}: whether the caller may make one call. */
public sealed interface Reservation {

    /** The caller may make one call now. */
    record Granted() implements Reservation {}

    /**
     * The caller must not make the call now.
     *
     * @param retryAfter the least time after which the caller may ask again; more than zero
     */
    record Denied(Duration retryAfter) implements Reservation {}
}
