/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/**
 * A reason of a condition or an event. Each kind has one enum of reasons; {@link CommonReason} has those that every
 * kind needs. The list is closed and part of the API: removing or renaming a reason is an API change. {@code
 * docs/reference/conditions.md} gives the meaning of each reason and the action for the user.
 *
 * <p>A sentence says what is true and what to do. Stable facts (ids, limits) may follow it in a message. Facts that
 * differ on every attempt (counters, request ids) must not, because each of them would cause a write.
 */
public interface Reason {
    /** Returns the word that users see in conditions, events and metrics. */
    String name();

    /** Returns the effect on the three conditions. */
    Phase phase();

    /** Returns when the operator retries a call that failed with this reason. */
    RetryMode retryMode();

    /** Returns the text for users, which is the same each time: the {@link #fact()}, then what to do. */
    String sentence();

    /** Returns the part of the sentence that is also true if a better advice than its own follows. */
    default String fact() {
        return sentence();
    }
}
