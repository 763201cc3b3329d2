/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

/** Why a snapshot is kept. */
public enum Keep {
    /** It is the newest one that can be restored. No policy deletes it. */
    LAST_GOOD,
    LAST,
    WITHIN,
    HOURLY,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY,
    /** The policy has no rule. */
    EVERYTHING,
    IN_FLIGHT,
    IN_USE,
    HELD,
    /** The operator cannot tell now whether it can be restored. */
    UNCERTAIN,
    /** It failed, no newer one can be restored, and it is among the newest of these. */
    NO_NEWER_GOOD,
    /** It is among the failed ones that the policy keeps. */
    RECENT_FAILURE,
    /** It is being deleted already. */
    DELETING;

    static Keep of(Tier tier) {
        return switch (tier) {
            case HOURLY -> HOURLY;
            case DAILY -> DAILY;
            case WEEKLY -> WEEKLY;
            case MONTHLY -> MONTHLY;
            case YEARLY -> YEARLY;
        };
    }
}
