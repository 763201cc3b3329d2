/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.List;

/** One page of a list, in the order of the cloud and not filtered by the operator. */
public record SnapshotPage(List<CloudSnapshot> snapshots) {
    public SnapshotPage {
        snapshots = List.copyOf(snapshots);
    }
}
