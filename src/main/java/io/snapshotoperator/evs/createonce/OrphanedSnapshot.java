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
 * A snapshot with the ownership marker of an object that does not exist. Possible causes are a removed finalizer, an
 * object created again with another UID, and a restored cluster. The operator counts and lists such snapshots and never
 * deletes them.
 */
public record OrphanedSnapshot(CloudSnapshot snapshot, OwnershipMarker marker) {
    public OrphanedSnapshot {
        Objects.requireNonNull(snapshot);
        Objects.requireNonNull(marker);
    }

    /**
     * Returns the orphaned snapshots of one installation, oldest first.
     *
     * @param installation this installation; the operator ignores the snapshots of others
     * @param living the UIDs of all objects that exist
     * @param watched whether this operator watches a namespace
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
