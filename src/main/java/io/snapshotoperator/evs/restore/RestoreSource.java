/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Verdict;
import java.util.Optional;

/** The snapshot to which the request of a restore leads, as the status of the request says. Only the operator writes that. */
public sealed interface RestoreSource {
    /**
     * The request is ready and records this snapshot.
     *
     * @param location where the cloud of the request has the snapshot; empty if the status does not say it
     * @param requestUid the UID of the request
     * @param imported whether the request imports the snapshot, so that its user named the id
     */
    record Usable(SnapshotId snapshotId, Optional<CloudLocation> location, String requestUid, boolean imported)
            implements RestoreSource {}

    /** There is no snapshot that can be restored now. */
    record NotUsable(Verdict verdict) implements RestoreSource {}
}
