/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Joins the pages of one list, and decides whether something is missing between or after them. A server can cut each page at a
 * limit of its own, without a word. So a page ends the list only if the cloud says so by {@code count}, or if the next page shows
 * nothing more.
 */
final class PageJoiner<T> {
    /** What follows from the pages so far. */
    enum Progress {
        /** The next page must be read: {@link #next}. */
        UNFINISHED,
        COMPLETE,
        INCOMPLETE
    }

    /** How often a list goes back, because items before the next page were deleted. */
    private static final int MAX_STEPS_BACK = 10;

    private final Map<String, T> joined = new LinkedHashMap<>();
    private final int pageSize;
    private final boolean byMarker;
    private final Function<T, String> idOf;
    private PageRequest next;
    private List<String> previous = List.of();
    private Optional<String> last = Optional.empty();
    private Optional<Integer> firstCount = Optional.empty();
    private Optional<Integer> lastCount = Optional.empty();
    private int stepsBack;

    /** @param pageSize the limit to ask for; at least 2 if pages overlap */
    PageJoiner(int pageSize, boolean byMarker, Function<T, String> idOf) {
        this.pageSize = pageSize;
        this.byMarker = byMarker;
        this.idOf = idOf;
        this.next = new PageRequest(pageSize, 0, Optional.empty());
    }

    /** Returns the page to read next. */
    PageRequest next() {
        return next;
    }

    /** Returns the items of the pages so far, without duplicates. */
    Collection<T> items() {
        return joined.values();
    }

    /** Adds the page that was read for {@link #next}. */
    Progress add(Page<T> page) {
        var ids = page.items().stream().map(idOf).toList();
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
        append(page.items());
        if (!page.hasNext() && ids.size() < pageSize && countsShowEnd()) {
            return Progress.COMPLETE;
        }
        previous = ids;
        next = following(ids);
        return Progress.UNFINISHED;
    }

    /**
     * Whether no item can be missing between this page and the ones before. By offset, the page must contain an
     * item that was read before: offsets count items, so they shift when one is deleted (EVS API reference,
     * "Querying Details About Snapshots").
     */
    private boolean isJoined(List<String> ids) {
        return byMarker
                || joined.isEmpty()
                || (isProbe() && ids.isEmpty())
                || ids.stream().anyMatch(joined::containsKey);
    }

    /** Whether the next page cannot overlap, because only one item was read so far. It must then show no other. */
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

    private void countFrom(Page<T> page) {
        firstCount = firstCount.or(page::count);
        lastCount = page.count().or(() -> lastCount);
    }

    /** Whether the page shows nothing behind the last item. */
    private boolean isBehindEnd(List<String> ids) {
        return ids.isEmpty() || (ids.size() == 1 && last.equals(Optional.of(ids.get(0))));
    }

    /**
     * Whether the number of items fits what the cloud counted. Items that are created or deleted during the
     * reading change the count, and then the number lies between the first count and the last one.
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

    private void append(List<T> items) {
        for (var item : items) {
            var id = idOf.apply(item);
            if (joined.put(id, item) == null) {
                last = Optional.of(id);
            }
        }
    }

    private PageRequest following(List<String> ids) {
        if (byMarker) {
            return new PageRequest(pageSize, 0, last);
        }
        var overlap = isProbe() ? 0 : 1;
        return new PageRequest(pageSize, next.offset() + ids.size() - overlap, Optional.empty());
    }
}
