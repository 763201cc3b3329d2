/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The result of reading all pages of a list.
 *
 * @param items the snapshots or volumes that match the filter, without duplicates
 * @param complete whether the list contains every matching item that existed from start to end of the reading;
 *     only a complete list proves absence
 */
public record Listing<T>(List<T> items, boolean complete) {

    /** The maximum number of pages. A list with more pages is incomplete. */
    static final int MAX_PAGES = 1000;

    public Listing {
        items = List.copyOf(items);
    }

    /**
     * Reads all pages of a list of snapshots. The list is complete if the pages are joined (by marker, or because
     * each page by offset shows a snapshot of the pages before it), if they show as many snapshots as the cloud
     * counted, and if nothing follows: no link to a next page, and either the count is reached by a page that is
     * not full, or one more page shows nothing more. A contradiction makes it incomplete, and an unreadable entry
     * too.
     *
     * @param pageSize 1 to {@link PageRequest#LARGEST}; at least 2 if pages overlap
     * @param beforeEachCall waits for a permit, or does nothing
     * @throws CloudException as {@link SnapshotClient#list}
     */
    public static Listing<CloudSnapshot> fetchAll(
            SnapshotClient cloud, SnapshotFilter filter, int pageSize, Runnable beforeEachCall) {
        var pages = new PageJoiner<CloudSnapshot>(pageSize, cloud.supportsMarkerPaging(), snapshot -> snapshot.id()
                .value());
        return readAll(pages, page -> cloud.list(filter, page), filter::matches, beforeEachCall);
    }

    /**
     * Reads all pages of a list of volumes, by marker, which both families document (EVS API reference, "Querying
     * Details About Disks"). It is complete under the same conditions as a list of snapshots.
     *
     * @param pageSize 1 to {@link PageRequest#LARGEST}
     * @param beforeEachCall waits for a permit, or does nothing
     * @throws CloudException as {@link VolumeClient#listVolumes}
     */
    public static Listing<CloudVolume> fetchAll(
            VolumeClient cloud, VolumeFilter filter, int pageSize, Runnable beforeEachCall) {
        var pages = new PageJoiner<CloudVolume>(
                pageSize, true, volume -> volume.id().value());
        return readAll(pages, page -> cloud.listVolumes(filter, page), filter::matches, beforeEachCall);
    }

    private static <T> Listing<T> readAll(
            PageJoiner<T> pages, Function<PageRequest, Page<T>> cloud, Predicate<T> filter, Runnable beforeEachCall) {
        var readable = true;
        var progress = PageJoiner.Progress.UNFINISHED;
        for (var read = 0; progress == PageJoiner.Progress.UNFINISHED && read < MAX_PAGES; read++) {
            beforeEachCall.run();
            var page = cloud.apply(pages.next());
            readable &= page.unreadable() == 0;
            progress = pages.add(page);
        }
        return new Listing<>(
                pages.items().stream().filter(filter).toList(), readable && progress == PageJoiner.Progress.COMPLETE);
    }
}
