/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/** When the operator retries a call that failed with a reason. The durations are those of the retry policy. */
public enum RetryMode {
    /** After the initial back-off, which doubles with each failure. */
    BACKOFF,
    /** As {@link #BACKOFF}, from three times the initial back-off: the failure usually lasts that long. */
    SLOW_BACKOFF,
    /** After the maximum back-off: the failure lasts until someone repairs its cause. */
    MAX_BACKOFF,
    /** When the spec has changed: the cloud rejects the same request each time. */
    ON_SPEC_CHANGE
}
