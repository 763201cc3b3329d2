/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list of snapshots or volumes, in the order of the cloud and not filtered by the operator.
 *
 * @param unreadable the number of further entries, which are left out because their ids are not usable. A list
 *     with such a page is incomplete: one of these entries can be the item whose absence the caller wants to prove
 * @param count how many items match on all pages; empty if the cloud does not say it (the Cinder family never
 *     does)
 * @param hasNext whether the page has a link to the next one. The link can be missing although there is a next
 *     page, and it can lead to an empty page
 */
public record Page<T>(List<T> items, int unreadable, Optional<Integer> count, boolean hasNext) {
    public Page {
        items = List.copyOf(items);
    }

    /** Creates a page of readable entries only. */
    public Page(List<T> items, Optional<Integer> count, boolean hasNext) {
        this(items, 0, count, hasNext);
    }
}
