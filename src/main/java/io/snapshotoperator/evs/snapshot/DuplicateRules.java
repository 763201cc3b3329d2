/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.util.List;

/**
 * The rules for several snapshots with the ownership marker of one request. Either the cloud acted on a create
 * request later than the settle time, or someone copied the marker. The operator deletes the first kind and only lists
 * the second.
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
            // The search may have missed a snapshot, so the operator neither deletes one nor reports one as deleted.
            return Decision.noChange().requeueAfter(input.retryPolicy().recheckInterval());
        }
        var ids = others.stream().map(CloudSnapshot::id).toList();
        var deletable = others.stream()
                .filter(other -> mayDelete(input, recorded.get(), other))
                .toList();
        var next = deletable.stream().filter(DuplicateRules::isDeletableState).findFirst();
        var modifiable = next.flatMap(duplicate -> ModifiableSnapshot.check(input, duplicate));
        var delay = DeleteRules.deleteRetryDelay(input);
        if (modifiable.isPresent() && delay.isZero() && !input.desired().paused()) {
            var duplicate = next.get();
            return Decision.perform(
                            new Action.DeleteSnapshot(modifiable.get(), duplicate.volumeId(), true),
                            TrackRules.statusPatch(input, recorded.get()).withDuplicates(ids))
                    .requeueAfter(input.retryPolicy().recheckInterval())
                    .withEvent(Verdict.of(SnapshotReason.DuplicateDeleteAccepted, "Its id is " + duplicate.id() + "."));
        }
        var decision =
                TrackRules.onFound(input, recordedSnapshot, recorded.get()).withDuplicates(ids);
        if (others.isEmpty()) {
            return decision;
        }
        if (deletable.isEmpty() || input.desired().paused()) {
            return decision.requeueNoLaterThan(input.retryPolicy().maxBackoff());
        }
        return decision.requeueNoLaterThan(delay.isZero() ? input.retryPolicy().recheckInterval() : delay);
    }

    /**
     * Whether the operator may delete {@code other}: it is owned, no other object refers to it, and it has the same volume
     * as the snapshot that is kept and another create id. The same create id twice means a copied marker, because one
     * create request creates one snapshot.
     */
    static boolean mayDelete(ReconcileInput input, CloudSnapshot kept, CloudSnapshot other) {
        var marker = OwnershipMarker.of(other);
        var recordedMarker = OwnershipMarker.of(kept);
        return marker.isPresent()
                && recordedMarker.isPresent()
                && input.isOwned(other)
                && input.isOwned(kept)
                && !input.isUsedByOthers(other)
                && other.volumeId().isPresent()
                && other.volumeId().equals(kept.volumeId())
                && !marker.get().createId().isEmpty()
                && !marker.get().createId().equals(recordedMarker.get().createId());
    }

    private static boolean isDeletableState(CloudSnapshot snapshot) {
        return List.of(SnapshotState.AVAILABLE, SnapshotState.ERROR).contains(snapshot.state());
    }
}
