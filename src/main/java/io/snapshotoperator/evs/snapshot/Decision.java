/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from one look.
 *
 * @param deed carried out before the page is written; its outcome may replace the page
 * @param page written when it differs from what is there; empty leaves the status alone
 * @param lookAgainWithin the latest moment for the next pass; any event may bring it earlier. Empty: the slow resync
 *     suffices
 * @param notice an event to be announced once the page is written
 */
public record Decision(
        Action deed, Optional<StatusPatch> page, Optional<Duration> lookAgainWithin, Optional<Verdict> notice) {
    public Decision {
        Objects.requireNonNull(deed);
    }

    static Decision noChange() {
        return new Decision(new Action.None(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Decision patchStatus(StatusPatch page) {
        return new Decision(new Action.None(), Optional.of(page), Optional.empty(), Optional.empty());
    }

    static Decision perform(Action deed, StatusPatch page) {
        return new Decision(deed, Optional.of(page), Optional.empty(), Optional.empty());
    }

    static Decision perform(Action deed) {
        return new Decision(deed, Optional.empty(), Optional.empty(), Optional.empty());
    }

    Decision requeueAfter(Duration within) {
        return new Decision(deed, page, Optional.of(within), notice);
    }

    /** Not later than this, if it is given. */
    Decision requeueNoLaterThan(Optional<Duration> atTheLatest) {
        return atTheLatest
                .filter(within -> lookAgainWithin
                        .filter(sooner -> sooner.compareTo(within) <= 0)
                        .isEmpty())
                .map(this::requeueAfter)
                .orElse(this);
    }

    /** The same, with the ids of what lies beside the recorded snapshot. */
    Decision withDuplicates(List<SnapshotId> others) {
        return new Decision(deed, page.map(it -> it.withDuplicates(others)), lookAgainWithin, notice);
    }

    Decision withEvent(Verdict what) {
        return new Decision(deed, page, lookAgainWithin, Optional.of(what));
    }

    /** The same, once the page was written. */
    public Decision withoutStatusPatch() {
        return new Decision(deed, Optional.empty(), lookAgainWithin, notice);
    }
}
