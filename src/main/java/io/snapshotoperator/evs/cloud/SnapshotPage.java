/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list, in the order of the cloud and not filtered by the operator.
 *
 * @param count how many snapshots match on all pages; empty if the cloud does not say it (the Cinder family never does)
 * @param hasNext whether the page has a link to the next one. The link can be missing although there is a next page, and it can
 *     lead to an empty page
 */
public record SnapshotPage(List<CloudSnapshot> snapshots, Optional<Integer> count, boolean hasNext) {
    public SnapshotPage {
        snapshots = List.copyOf(snapshots);
    }
}
