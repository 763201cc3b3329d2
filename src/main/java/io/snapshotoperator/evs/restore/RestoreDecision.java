/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from an observation.
 *
 * @param action executed before the status patch is written; its result can replace the patch
 * @param statusPatch written if it changes the status; empty if the status stays as it is
 * @param requeueAfter the longest time until the next reconcile; any event can trigger it earlier. Empty if an event is sufficient
 * @param event the event to record after the status patch is written
 */
public record RestoreDecision(
        RestoreAction action,
        Optional<RestorePatch> statusPatch,
        Optional<Duration> requeueAfter,
        Optional<Verdict> event) {
    public RestoreDecision {
        Objects.requireNonNull(action);
    }

    /** Returns the decision to change nothing until an event arrives. */
    public static RestoreDecision nothing() {
        return perform(new RestoreAction.None());
    }

    /** Returns the decision to change nothing and to reconcile again after this time. */
    public static RestoreDecision nothingUntil(Duration delay) {
        return new RestoreDecision(new RestoreAction.None(), Optional.empty(), Optional.of(delay), Optional.empty());
    }

    static RestoreDecision perform(RestoreAction action) {
        return new RestoreDecision(action, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static RestoreDecision patchStatus(RestorePatch patch) {
        return new RestoreDecision(new RestoreAction.None(), Optional.of(patch), Optional.empty(), Optional.empty());
    }

    static RestoreDecision report(Verdict verdict) {
        return patchStatus(RestorePatch.of(verdict));
    }

    public RestoreDecision requeueAfter(Duration delay) {
        return new RestoreDecision(action, statusPatch, Optional.of(delay), event);
    }

    /** Shortens the delay until the next reconcile to {@code limit} if it is longer or absent. */
    public RestoreDecision requeueNoLaterThan(Duration limit) {
        var isSooner = requeueAfter.filter(delay -> delay.compareTo(limit) <= 0).isPresent();
        return isSooner ? this : requeueAfter(limit);
    }

    RestoreDecision withAction(RestoreAction other) {
        return new RestoreDecision(other, statusPatch, requeueAfter, event);
    }

    RestoreDecision withStatusPatch(RestorePatch patch) {
        return new RestoreDecision(action, Optional.of(patch), requeueAfter, event);
    }

    public RestoreDecision withEvent(Verdict verdict) {
        return new RestoreDecision(action, statusPatch, requeueAfter, Optional.of(verdict));
    }

    /** Removes the status patch, because it has been written. */
    public RestoreDecision withoutStatusPatch() {
        return new RestoreDecision(action, Optional.empty(), requeueAfter, event);
    }
}
