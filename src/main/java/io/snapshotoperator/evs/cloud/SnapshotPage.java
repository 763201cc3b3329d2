/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;

/** One page of a list, in the cloud's order and unfiltered by us; at most as long as the request's limit. */
public record SnapshotPage(List<CloudSnapshot> snapshots) {
    public SnapshotPage {
        snapshots = List.copyOf(snapshots);
    }
}
