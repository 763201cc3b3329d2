/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of reading all pages of a list.
 *
 * @param snapshots the snapshots that match the filter, without duplicates
 * @param complete whether the list contains every matching snapshot that existed from start to end of the reading; only a
 *     complete list proves absence
 */
public record SnapshotListing(List<CloudSnapshot> snapshots, boolean complete) {

    /** The maximum number of pages. A list with more pages is incomplete. */
    static final int MAX_PAGES = 1000;

    public SnapshotListing {
        snapshots = List.copyOf(snapshots);
    }

    /**
     * Reads all pages. The list is complete if it is one page that is not full, or if the pages are joined by marker, or if
     * they overlap: each page by offset starts with the last id of the previous page. The overlap is necessary because offsets
     * shift when a snapshot is deleted during the reading (EVS API reference, "Querying Details About Snapshots": offset counts
     * items).
     *
     * @param pageSize 1 to {@link PageRequest#LARGEST}; at least 2 if pages overlap
     * @param beforeEachCall waits for a permit, or does nothing
     * @throws CloudException as {@link SnapshotClient#list}
     */
    public static SnapshotListing fetchAll(
            SnapshotClient cloud, SnapshotFilter filter, int pageSize, Runnable beforeEachCall) {
        Map<SnapshotId, CloudSnapshot> byId = new LinkedHashMap<>();
        var request = new PageRequest(pageSize, 0, Optional.empty());
        Optional<SnapshotId> last = Optional.empty();
        for (var pages = 1; pages <= MAX_PAGES; pages++) {
            beforeEachCall.run();
            var page = cloud.list(filter, request).snapshots();
            if (!cloud.supportsMarkerPaging() && last.isPresent() && !contains(page, last.get())) {
                return result(byId, filter, false);
            }
            page.forEach(snapshot -> byId.put(snapshot.id(), snapshot));
            if (page.size() < pageSize) {
                return result(byId, filter, true);
            }
            var end = page.get(page.size() - 1).id();
            if (last.equals(Optional.of(end))) {
                // The cloud returned the same page again: it does not page as the operator expects.
                return result(byId, filter, false);
            }
            last = Optional.of(end);
            request = cloud.supportsMarkerPaging()
                    ? new PageRequest(pageSize, 0, last)
                    : new PageRequest(pageSize, request.offset() + pageSize - 1, Optional.empty());
        }
        return result(byId, filter, false);
    }

    private static boolean contains(List<CloudSnapshot> page, SnapshotId id) {
        return page.stream().anyMatch(snapshot -> snapshot.id().equals(id));
    }

    private static SnapshotListing result(
            Map<SnapshotId, CloudSnapshot> byId, SnapshotFilter filter, boolean complete) {
        return new SnapshotListing(
                byId.values().stream().filter(filter::matches).toList(), complete);
    }
}
