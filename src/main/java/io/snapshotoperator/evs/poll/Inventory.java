/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All snapshots of a project, from one complete list. */
public final class Inventory {
    /** One inventory costs less than a separate read for each of more objects than this. */
    static final int BULK_THRESHOLD = 5;

    private final Instant startedAt;
    private final List<CloudSnapshot> snapshots;
    private final Map<SnapshotId, CloudSnapshot> byId = new HashMap<>();
    private final Map<String, List<CloudSnapshot>> byUid = new HashMap<>();

    private Inventory(Instant startedAt, List<CloudSnapshot> snapshots) {
        this.startedAt = startedAt;
        this.snapshots = List.copyOf(snapshots);
        this.snapshots.forEach(this::index);
    }

    /** Indexes a complete list that began at {@code startedAt}. */
    static Inventory of(Instant startedAt, Listing<CloudSnapshot> listing) {
        if (!listing.complete()) {
            throw new IllegalArgumentException("An inventory needs a complete list");
        }
        return new Inventory(startedAt, listing.items());
    }

    private void index(CloudSnapshot snapshot) {
        byId.put(snapshot.id(), snapshot);
        OwnershipMarker.of(snapshot).ifPresent(marker -> byUid.computeIfAbsent(marker.uid(), uid -> new ArrayList<>(1))
                .add(snapshot));
    }

    /** Returns when the list began. */
    public Instant startedAt() {
        return startedAt;
    }

    /** Returns all snapshots, in the sequence of the cloud. */
    public List<CloudSnapshot> snapshots() {
        return snapshots;
    }

    /** Returns the snapshots whose ownership marker has this UID. */
    public List<CloudSnapshot> markedWith(String uid) {
        return Collections.unmodifiableList(byUid.getOrDefault(uid, List.of()));
    }

    /** Returns the snapshot with this id; empty if the cloud did not list it. */
    Optional<CloudSnapshot> find(SnapshotId id) {
        return Optional.ofNullable(byId.get(id));
    }
}
