/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from one look.
 *
 * @param action carried out before the page is written; its outcome may replace the page
 * @param statusPatch written when it differs from what is there; empty leaves the status alone
 * @param requeueAfter the latest moment for the next pass; any event may bring it earlier. Empty: the slow resync
 *     suffices
 * @param event an event to be announced once the page is written
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

    Decision requeueAfter(Duration within) {
        return new Decision(action, statusPatch, Optional.of(within), event);
    }

    /** Not later than this, if it is given. */
    Decision requeueNoLaterThan(Optional<Duration> atTheLatest) {
        return atTheLatest
                .filter(within -> requeueAfter
                        .filter(sooner -> sooner.compareTo(within) <= 0)
                        .isEmpty())
                .map(this::requeueAfter)
                .orElse(this);
    }

    /** The same, with the ids of what lies beside the recorded snapshot. */
    Decision withDuplicates(List<SnapshotId> others) {
        return new Decision(action, statusPatch.map(patch -> patch.withDuplicates(others)), requeueAfter, event);
    }

    Decision withEvent(Verdict what) {
        return new Decision(action, statusPatch, requeueAfter, Optional.of(what));
    }

    /** The same, once the page was written. */
    public Decision withoutStatusPatch() {
        return new Decision(action, Optional.empty(), requeueAfter, event);
    }
}
