/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list, in the order of the cloud and not filtered by the operator.
 *
 * @param unreadable the number of further entries, which are left out because their ids are not usable. A list with such a
 *     page is incomplete: one of these entries can be the snapshot whose absence the caller wants to prove
 * @param count how many snapshots match on all pages; empty if the cloud does not say it (the Cinder family never does)
 * @param hasNext whether the page has a link to the next one. The link can be missing although there is a next page, and it can
 *     lead to an empty page
 */
public record SnapshotPage(List<CloudSnapshot> snapshots, int unreadable, Optional<Integer> count, boolean hasNext) {
    public SnapshotPage {
        snapshots = List.copyOf(snapshots);
    }

    /** Creates a page of readable entries only. */
    public SnapshotPage(List<CloudSnapshot> snapshots, Optional<Integer> count, boolean hasNext) {
        this(snapshots, 0, count, hasNext);
    }
}
