/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.snapshot.Known.Held;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * More than one snapshot carries the marker of one request: the rest of an order that was delivered later than {@code
 * settle}, or a marker that someone copied. The first kind is deleted, the second only named.
 */
final class Surplus {
    private Surplus() {}

    static Decision decide(Case it, Held held, Sighting.Searched look) {
        var recorded =
                look.hits().stream().filter(hit -> hit.id().equals(held.id())).findFirst();
        var others =
                look.hits().stream().filter(hit -> !hit.id().equals(held.id())).toList();
        if (recorded.isEmpty()) {
            // The recorded one was not shown; nothing else may go before it is certain what became of it.
            return Decision.leave().again(Patience.SOON);
        }
        var named = Holding.page(it, recorded.get())
                .beside(others.stream().map(CloudSnapshot::id).toList());
        var doomed = others.stream()
                .filter(other -> mayGo(it, recorded.get(), other) && deletable(other))
                .findFirst();
        if (doomed.isPresent() && !it.wish().paused()) {
            return Decision.carryOut(
                            new Deed.Delete(doomed.get().id(), doomed.get().volumeId(), Optional.empty(), true), named)
                    .again(it.standing().patience().look())
                    .announcing(Verdict.of(
                            Reason.SurplusDeleted, "Its id is " + doomed.get().id() + "."));
        }
        return Decision.write(named).again(others.isEmpty() ? Patience.NET : Duration.ofMinutes(1));
    }

    /**
     * Ours by UID and installation, of the same disk, and of another order. The same order's id twice is a copied marker:
     * one order makes one snapshot.
     */
    static boolean mayGo(Case it, CloudSnapshot kept, CloudSnapshot other) {
        var theirs = Marker.of(other);
        var ours = Marker.of(kept);
        return theirs.isPresent()
                && ours.isPresent()
                && it.ours(other)
                && it.ours(kept)
                && other.volumeId().isPresent()
                && other.volumeId().equals(kept.volumeId())
                && !theirs.get().orderId().isEmpty()
                && !theirs.get().orderId().equals(ours.get().orderId());
    }

    private static boolean deletable(CloudSnapshot snapshot) {
        return List.of(SnapshotState.AVAILABLE, SnapshotState.ERROR).contains(snapshot.state());
    }
}
