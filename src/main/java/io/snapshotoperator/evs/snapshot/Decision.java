/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from an observation.
 *
 * @param action executed before the status patch is written; its result can replace the patch
 * @param statusPatch written if it changes the status; empty if the status stays as it is
 * @param requeueAfter the longest time until the next reconcile; any event can trigger it earlier. Empty if an event or
 *     the resync is sufficient
 * @param event the event to record after the status patch is written
 */
public record Decision(
        Action action, Optional<StatusPatch> statusPatch, Optional<Duration> requeueAfter, Optional<Verdict> event) {
    public Decision {
        Objects.requireNonNull(action);
    }

    static Decision noChange() {
        return new Decision(new Action.None(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Decision patchStatus(StatusPatch statusPatch) {
        return new Decision(new Action.None(), Optional.of(statusPatch), Optional.empty(), Optional.empty());
    }

    static Decision perform(Action action, StatusPatch statusPatch) {
        return new Decision(action, Optional.of(statusPatch), Optional.empty(), Optional.empty());
    }

    static Decision perform(Action action) {
        return new Decision(action, Optional.empty(), Optional.empty(), Optional.empty());
    }

    Decision withAction(Action other) {
        return new Decision(other, statusPatch, requeueAfter, event);
    }

    Decision withStatusPatch(StatusPatch other) {
        return new Decision(action, Optional.of(other), requeueAfter, event);
    }

    /** Sets the delay until the next reconcile. */
    Decision requeueAfter(Duration delay) {
        return new Decision(action, statusPatch, Optional.of(delay), event);
    }

    /** Shortens the delay until the next reconcile to {@code limit} if it is longer or absent. */
    public Decision requeueNoLaterThan(Duration limit) {
        var isSooner = requeueAfter.filter(delay -> delay.compareTo(limit) <= 0).isPresent();
        return isSooner ? this : requeueAfter(limit);
    }

    /** Adds the ids of the other snapshots with this marker to the status patch, if there is one. */
    Decision withDuplicates(List<SnapshotId> ids) {
        return new Decision(action, statusPatch.map(patch -> patch.withDuplicates(ids)), requeueAfter, event);
    }

    Decision withEvent(Verdict verdict) {
        return new Decision(action, statusPatch, requeueAfter, Optional.of(verdict));
    }

    /** Removes the status patch, because it has been written. */
    public Decision withoutStatusPatch() {
        return new Decision(action, Optional.empty(), requeueAfter, event);
    }
}
