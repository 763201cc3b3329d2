/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a walk through the pages of a list showed.
 *
 * @param snapshots without repetition, and only such as pass the filter, which the cloud may have ignored
 * @param complete whether the walk can have missed none that was there from its beginning to its end; only then does
 *     absence mean anything
 */
public record SnapshotListing(List<CloudSnapshot> snapshots, boolean complete) {

    /** A project with more pages than this is not walked to the end; the listing is then incomplete. */
    static final int MAX_PAGES = 1000;

    public SnapshotListing {
        snapshots = List.copyOf(snapshots);
    }

    /**
     * Walks through all pages. Complete is: one page that was not full; pages by marker, where the family has them; or
     * pages by offset that overlap, each showing the last id of the one before, because offsets shift when something is
     * deleted meanwhile (EVS API reference, "Querying Details About Snapshots": offset counts items).
     *
     * @param pageSize 1 to {@link PageRequest#LARGEST}; at least 2 where pages overlap
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
            if (!cloud.supportsMarkerPaging() && last.isPresent() && !shows(page, last.get())) {
                return result(byId, filter, false);
            }
            page.forEach(snapshot -> byId.put(snapshot.id(), snapshot));
            if (page.size() < pageSize) {
                return result(byId, filter, true);
            }
            var end = page.get(page.size() - 1).id();
            if (last.equals(Optional.of(end))) {
                // The cloud repeats itself: it pages in another way than we believe.
                return result(byId, filter, false);
            }
            last = Optional.of(end);
            request = cloud.supportsMarkerPaging()
                    ? new PageRequest(pageSize, 0, last)
                    : new PageRequest(pageSize, request.offset() + pageSize - 1, Optional.empty());
        }
        return result(byId, filter, false);
    }

    private static boolean shows(List<CloudSnapshot> page, SnapshotId id) {
        return page.stream().anyMatch(snapshot -> snapshot.id().equals(id));
    }

    private static SnapshotListing result(
            Map<SnapshotId, CloudSnapshot> byId, SnapshotFilter filter, boolean complete) {
        return new SnapshotListing(
                byId.values().stream().filter(filter::matches).toList(), complete);
    }
}
