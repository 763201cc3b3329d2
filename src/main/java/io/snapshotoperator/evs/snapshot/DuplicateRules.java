/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.util.List;
import java.util.Optional;

/**
 * More than one snapshot carries the marker of one request: the rest of an order that was delivered later than {@code
 * settle}, or a marker that someone copied. The first kind is deleted, the second only named.
 */
final class DuplicateRules {
    private DuplicateRules() {}

    static Decision decide(
            ReconcileInput input, RecordedState.RecordedSnapshot recordedSnapshot, Observation.SearchResult search) {
        var recorded = search.matches().stream()
                .filter(match -> match.id().equals(recordedSnapshot.id()))
                .findFirst();
        var others = search.matches().stream()
                .filter(match -> !match.id().equals(recordedSnapshot.id()))
                .toList();
        if (recorded.isEmpty() || (others.isEmpty() && !search.complete())) {
            // The look did not show everything; nothing may go, and nothing is said to be gone, before it is certain.
            return Decision.noChange()
                    .requeueAfter(input.environment().retryPolicy().recheckInterval());
        }
        var ids = others.stream().map(CloudSnapshot::id).toList();
        var doomed = others.stream()
                .filter(other -> mayDelete(input, recorded.get(), other))
                .toList();
        var next = doomed.stream().filter(DuplicateRules::isDeletableState).findFirst();
        var delay = DeleteRules.deleteRetryDelay(input);
        if (next.isPresent() && delay.isZero() && !input.desired().paused()) {
            var duplicate = next.get();
            return Decision.perform(
                            new Action.DeleteSnapshot(duplicate.id(), duplicate.volumeId(), Optional.empty(), true),
                            TrackRules.statusPatch(input, recorded.get()).withDuplicates(ids))
                    .requeueAfter(input.environment().retryPolicy().recheckInterval())
                    .withEvent(Verdict.of(SnapshotReason.DuplicateDeleteAccepted, "Its id is " + duplicate.id() + "."));
        }
        var decision =
                TrackRules.onFound(input, recordedSnapshot, recorded.get()).withDuplicates(ids);
        if (others.isEmpty()) {
            return decision;
        }
        var retryPolicy = input.environment().retryPolicy();
        if (doomed.isEmpty() || input.desired().paused()) {
            return decision.requeueNoLaterThan(Optional.of(retryPolicy.maxBackoff()));
        }
        return decision.requeueNoLaterThan(Optional.of(delay.isZero() ? retryPolicy.recheckInterval() : delay));
    }

    /**
     * Ours by UID and installation, of the same disk, and of another order. The same order's id twice is a copied marker:
     * one order makes one snapshot.
     */
    static boolean mayDelete(ReconcileInput input, CloudSnapshot kept, CloudSnapshot other) {
        var marker = OwnershipMarker.of(other);
        var recordedMarker = OwnershipMarker.of(kept);
        return marker.isPresent()
                && recordedMarker.isPresent()
                && input.isOwned(other)
                && input.isOwned(kept)
                && other.volumeId().isPresent()
                && other.volumeId().equals(kept.volumeId())
                && !marker.get().createId().isEmpty()
                && !marker.get().createId().equals(recordedMarker.get().createId());
    }

    private static boolean isDeletableState(CloudSnapshot snapshot) {
        return List.of(SnapshotState.AVAILABLE, SnapshotState.ERROR).contains(snapshot.state());
    }
}
