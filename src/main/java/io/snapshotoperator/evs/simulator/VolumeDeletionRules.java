/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Collection;
import java.util.Set;

/** Decides whether the cloud deletes a volume, and throws the error of the cloud if it does not. */
final class VolumeDeletionRules {

    /** EVS API reference: error_codes EVS.1046. */
    private static final Set<String> DELETABLE =
            Set.of("available", "error", "error_extending", "error_restoring", "error_rollbacking");

    private VolumeDeletionRules() {}

    /**
     * The native family deletes the snapshots with the volume (user manual: deleting_an_evs_snapshot). Cinder rejects
     * the call if there are snapshots, unless the request says cascade (Cinder 12.0.0 cinder/volume/api.py delete).
     */
    static void check(Volume volume, Collection<Snapshot> snapshots, boolean deletesSnapshots) {
        if (!DELETABLE.contains(volume.status()) || (!deletesSnapshots && !snapshots.isEmpty())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1046",
                    "volume status must be available, error, error_extending, error_restoring, error_rollbacking when"
                            + " delete volume!",
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or"
                            + " error_managing and must not be migrating, attached, belong to a group, have snapshots"
                            + " or be disassociated from snapshots after volume transfer.");
        }
        if (snapshots.stream().anyMatch(snapshot -> "backing-up".equals(snapshot.status()))) {
            var message = "Volume is backing-up, forbidden deleting!";
            throw ApiErrorException.ofEvs(400, "EVS.2130", message, message);
        }
    }
}
