/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an inventory means for the watched snapshots.
 *
 * @param findings the updates to publish
 * @param missing the watched snapshots that are not listed
 * @param suspicious whether so many snapshots are missing at once that the connection is the probable cause
 */
record InventoryDiff(List<Finding> findings, Set<SnapshotId> missing, boolean suspicious) {
    /** More missing snapshots than this are suspicious if they are also more than half of the watched ones. */
    private static final int MAX_MISSING_AT_ONCE = 5;

    /** One update to publish. */
    record Finding(WatchedSnapshot snapshot, PollUpdate update) {}

    InventoryDiff {
        findings = List.copyOf(findings);
        missing = Set.copyOf(missing);
    }

    /**
     * Compares an inventory with the snapshots that were recorded before it began.
     *
     * @param missingBefore the watched snapshots that the previous inventory did not list. If the absence is suspicious, the
     *     diff reports only these, and snapshots that are being created
     */
    static InventoryDiff of(Inventory inventory, List<WatchedSnapshot> watched, Set<SnapshotId> missingBefore) {
        List<Finding> findings = new ArrayList<>();
        List<WatchedSnapshot> notListed = new ArrayList<>();
        for (var snapshot : watched) {
            var listed = inventory.find(snapshot.id());
            if (listed.isEmpty() && !snapshot.recorded().missing()) {
                notListed.add(snapshot);
            } else if (listed.isEmpty()) {
                if (!inventory.markedWith(snapshot.uid()).isEmpty()) {
                    findings.add(new Finding(snapshot, new PollUpdate.Duplicated()));
                }
            } else if (snapshot.differsFrom(listed.get())) {
                findings.add(new Finding(snapshot, new PollUpdate.Changed(listed.get())));
            } else if (inventory.markedWith(snapshot.uid()).stream()
                    .anyMatch(marked -> !marked.id().equals(snapshot.id()))) {
                findings.add(new Finding(snapshot, new PollUpdate.Duplicated()));
            }
        }
        var missing = ids(notListed);
        var suspicious = missing.size() > MAX_MISSING_AT_ONCE
                && missing.size() * 2 > ids(watched).size();
        for (var snapshot : notListed) {
            if (!suspicious || snapshot.isRecordedIn(SnapshotState.CREATING) || missingBefore.contains(snapshot.id())) {
                findings.add(new Finding(snapshot, ofMissing(snapshot)));
            }
        }
        return new InventoryDiff(findings, missing, suspicious);
    }

    private static PollUpdate ofMissing(WatchedSnapshot snapshot) {
        return snapshot.isRecordedIn(SnapshotState.DELETING)
                ? new PollUpdate.Deleted()
                : new PollUpdate.NoLongerListed();
    }

    private static Set<SnapshotId> ids(List<WatchedSnapshot> snapshots) {
        return snapshots.stream().map(WatchedSnapshot::id).collect(Collectors.toSet());
    }
}
