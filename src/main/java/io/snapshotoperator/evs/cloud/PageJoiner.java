/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins the pages of one list, and decides whether something is missing between or after them. A server can cut each page at a
 * limit of its own, without a word. So a page ends the list only if the cloud says so by {@code count}, or if the next page shows
 * nothing more.
 */
final class PageJoiner {
    /** What follows from the pages so far. */
    enum Progress {
        /** The next page must be read: {@link #next}. */
        UNFINISHED,
        COMPLETE,
        INCOMPLETE
    }

    /** How often a list goes back, because snapshots before the next page were deleted. */
    private static final int MAX_STEPS_BACK = 10;

    private final Map<SnapshotId, CloudSnapshot> joined = new LinkedHashMap<>();
    private final int pageSize;
    private final boolean byMarker;
    private PageRequest next;
    private List<SnapshotId> previous = List.of();
    private Optional<SnapshotId> last = Optional.empty();
    private Optional<Integer> firstCount = Optional.empty();
    private Optional<Integer> lastCount = Optional.empty();
    private int stepsBack;

    /** @param pageSize the limit to ask for; at least 2 if pages overlap */
    PageJoiner(int pageSize, boolean byMarker) {
        this.pageSize = pageSize;
        this.byMarker = byMarker;
        this.next = new PageRequest(pageSize, 0, Optional.empty());
    }

    /** Returns the page to read next. */
    PageRequest next() {
        return next;
    }

    /** Returns the snapshots of the pages so far, without duplicates. */
    Collection<CloudSnapshot> snapshots() {
        return joined.values();
    }

    /** Adds the page that was read for {@link #next}. */
    Progress add(SnapshotPage page) {
        var ids = page.snapshots().stream().map(CloudSnapshot::id).toList();
        if (!isJoined(ids)) {
            return stepBack();
        }
        if (!ids.isEmpty() && ids.equals(previous)) {
            // The cloud ignores offset or marker.
            return Progress.INCOMPLETE;
        }
        countFrom(page);
        if (isBehindEnd(ids)) {
            return !page.hasNext() && countsAgree() ? Progress.COMPLETE : Progress.INCOMPLETE;
        }
        if (byMarker && ids.stream().anyMatch(joined::containsKey)) {
            return Progress.INCOMPLETE;
        }
        append(page.snapshots());
        if (!page.hasNext() && ids.size() < pageSize && countsShowEnd()) {
            return Progress.COMPLETE;
        }
        previous = ids;
        next = following(ids);
        return Progress.UNFINISHED;
    }

    /**
     * Whether no snapshot can be missing between this page and the ones before. By offset, the page must contain a snapshot that
     * was read before: offsets count items, so they shift when a snapshot is deleted (EVS API reference, "Querying Details About
     * Snapshots").
     */
    private boolean isJoined(List<SnapshotId> ids) {
        return byMarker
                || joined.isEmpty()
                || (isProbe() && ids.isEmpty())
                || ids.stream().anyMatch(joined::containsKey);
    }

    /** Whether the next page cannot overlap, because only one snapshot was read so far. It must then show no other. */
    private boolean isProbe() {
        return previous.size() == 1;
    }

    private Progress stepBack() {
        if (isProbe() || ++stepsBack > MAX_STEPS_BACK) {
            return Progress.INCOMPLETE;
        }
        var offset = Math.max(0, next.offset() - Math.max(1, previous.size() / 2));
        next = new PageRequest(pageSize, offset, Optional.empty());
        return Progress.UNFINISHED;
    }

    private void countFrom(SnapshotPage page) {
        firstCount = firstCount.or(page::count);
        lastCount = page.count().or(() -> lastCount);
    }

    /** Whether the page shows nothing behind the last snapshot. */
    private boolean isBehindEnd(List<SnapshotId> ids) {
        return ids.isEmpty() || (ids.size() == 1 && last.equals(Optional.of(ids.get(0))));
    }

    /**
     * Whether the number of snapshots fits what the cloud counted. Snapshots that are created or deleted during the reading
     * change the count, and then the number lies between the first count and the last one.
     */
    private boolean countsAgree() {
        if (firstCount.isEmpty() || lastCount.isEmpty()) {
            return true;
        }
        var size = joined.size();
        return size >= Math.min(firstCount.get(), lastCount.get())
                && size <= Math.max(firstCount.get(), lastCount.get());
    }

    /** Whether the counts alone show that there is no further page. */
    private boolean countsShowEnd() {
        return firstCount.equals(lastCount) && firstCount.equals(Optional.of(joined.size()));
    }

    private void append(List<CloudSnapshot> snapshots) {
        for (var snapshot : snapshots) {
            if (joined.put(snapshot.id(), snapshot) == null) {
                last = Optional.of(snapshot.id());
            }
        }
    }

    private PageRequest following(List<SnapshotId> ids) {
        if (byMarker) {
            return new PageRequest(pageSize, 0, last);
        }
        var overlap = isProbe() ? 0 : 1;
        return new PageRequest(pageSize, next.offset() + ids.size() - overlap, Optional.empty());
    }
}
