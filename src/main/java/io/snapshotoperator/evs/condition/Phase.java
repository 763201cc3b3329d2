/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

/** The effect of a reason on the three conditions. */
public enum Phase {
    /** {@code Ready} true, {@code Reconciling} false, {@code Stalled} false. */
    READY,
    /** {@code Ready} false, {@code Reconciling} true, {@code Stalled} false. */
    PROGRESSING,
    /** {@code Ready} false, {@code Reconciling} false, {@code Stalled} true. */
    STALLED,
    /** As {@link #PROGRESSING}, but a user asked the operator to wait, so the wait has no limit and is no failure. */
    PAUSED
}
