/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * More than one snapshot carries the marker of one request: the rest of an order that was delivered later than {@code
 * settle}, or a marker that someone copied. The first kind is deleted, the second only named.
 */
final class DuplicateRules {
    private DuplicateRules() {}

    static Decision decide(ReconcileInput it, RecordedState.RecordedSnapshot held, Observation.SearchResult look) {
        var recorded =
                look.hits().stream().filter(hit -> hit.id().equals(held.id())).findFirst();
        var others =
                look.hits().stream().filter(hit -> !hit.id().equals(held.id())).toList();
        if (recorded.isEmpty() || (others.isEmpty() && !look.complete())) {
            // The look did not show everything; nothing may go, and nothing is said to be gone, before it is certain.
            return Decision.noChange().requeueAfter(it.standing().patience().recheckInterval());
        }
        var ids = others.stream().map(CloudSnapshot::id).toList();
        var doomed = others.stream()
                .filter(other -> mayDelete(it, recorded.get(), other))
                .toList();
        var next = doomed.stream().filter(DuplicateRules::isDeletableState).findFirst();
        var due = DeleteRules.deleteRetryDelay(it);
        if (next.isPresent() && due.isEmpty() && !it.wish().paused()) {
            var surplus = next.get();
            return Decision.perform(
                            new Action.DeleteSnapshot(surplus.id(), surplus.volumeId(), Optional.empty(), true),
                            TrackRules.statusPatch(it, recorded.get()).withDuplicates(ids))
                    .requeueAfter(it.standing().patience().recheckInterval())
                    .withEvent(Verdict.of(Reason.SurplusDeleted, "Its id is " + surplus.id() + "."));
        }
        var decision = TrackRules.onFound(it, held, recorded.get()).withDuplicates(ids);
        if (others.isEmpty()) {
            return decision;
        }
        var patience = it.standing().patience();
        var again = doomed.isEmpty() || it.wish().paused() ? patience.rare() : due.orElse(patience.recheckInterval());
        return decision.requeueNoLaterThan(Optional.of(again));
    }

    /**
     * Ours by UID and installation, of the same disk, and of another order. The same order's id twice is a copied marker:
     * one order makes one snapshot.
     */
    static boolean mayDelete(ReconcileInput it, CloudSnapshot kept, CloudSnapshot other) {
        var theirs = OwnershipMarker.of(other);
        var ours = OwnershipMarker.of(kept);
        return theirs.isPresent()
                && ours.isPresent()
                && it.isOwned(other)
                && it.isOwned(kept)
                && other.volumeId().isPresent()
                && other.volumeId().equals(kept.volumeId())
                && !theirs.get().orderId().isEmpty()
                && !theirs.get().orderId().equals(ours.get().orderId());
    }

    private static boolean isDeletableState(CloudSnapshot snapshot) {
        return List.of(SnapshotState.AVAILABLE, SnapshotState.ERROR).contains(snapshot.state());
    }
}
