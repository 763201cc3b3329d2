/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;

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
     * Reads all pages. The list is complete if the pages are joined (by marker, or because each page by offset shows a snapshot of
     * the pages before it), if they show as many snapshots as the cloud counted, and if nothing follows: no link to a next page,
     * and either the count is reached by a page that is not full, or one more page shows nothing more. A contradiction makes it
     * incomplete, and an unreadable entry too.
     *
     * @param pageSize 1 to {@link PageRequest#LARGEST}; at least 2 if pages overlap
     * @param beforeEachCall waits for a permit, or does nothing
     * @throws CloudException as {@link SnapshotClient#list}
     */
    public static SnapshotListing fetchAll(
            SnapshotClient cloud, SnapshotFilter filter, int pageSize, Runnable beforeEachCall) {
        var pages = new PageJoiner(pageSize, cloud.supportsMarkerPaging());
        var readable = true;
        var progress = PageJoiner.Progress.UNFINISHED;
        for (var read = 0; progress == PageJoiner.Progress.UNFINISHED && read < MAX_PAGES; read++) {
            beforeEachCall.run();
            var page = cloud.list(filter, pages.next());
            readable &= page.unreadable() == 0;
            progress = pages.add(page);
        }
        return new SnapshotListing(
                pages.snapshots().stream().filter(filter::matches).toList(),
                readable && progress == PageJoiner.Progress.COMPLETE);
    }
}
