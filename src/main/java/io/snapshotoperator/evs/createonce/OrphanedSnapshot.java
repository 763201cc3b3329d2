/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A snapshot that carries our marker and has no object any more: its object lost its finalizer, was re-created with
 * another UID, or lives in a cluster that was restored. Counted and named, never deleted.
 */
public record OrphanedSnapshot(CloudSnapshot snapshot, OwnershipMarker marker) {
    public OrphanedSnapshot {
        Objects.requireNonNull(snapshot);
        Objects.requireNonNull(marker);
    }

    /**
     * The orphans of one installation, oldest first.
     *
     * @param installation ours; another's snapshots are none of our business
     * @param living UIDs of all objects that exist
     * @param watched whether this operator would know of an object in that namespace
     */
    public static List<OrphanedSnapshot> find(
            Collection<CloudSnapshot> snapshots, String installation, Set<String> living, Predicate<String> watched) {
        return snapshots.stream()
                .flatMap(snapshot ->
                        OwnershipMarker.of(snapshot).stream().map(marker -> new OrphanedSnapshot(snapshot, marker)))
                .filter(orphan -> orphan.marker().installation().equals(installation)
                        && watched.test(orphan.marker().namespace())
                        && !living.contains(orphan.marker().uid()))
                .sorted(Comparator.comparing(orphan ->
                        orphan.snapshot().createdAt().map(Object::toString).orElse("")
                                + orphan.snapshot().id()))
                .toList();
    }
}
