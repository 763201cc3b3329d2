/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;

/**
 * What becomes of a snapshot or volume after its delete request is accepted (Cinder 12.0.0 cinder/volume/manager.py
 * delete_snapshot, delete_volume).
 */
enum DeleteOutcome {
    GONE,
    ERROR_DELETING,
    BACK_TO_AVAILABLE;

    static DeleteOutcome of(List<FaultRule> faults) {
        return faults.stream()
                .map(FaultRule::fault)
                .map(fault -> switch (fault) {
                    case DELETE_ENDS_IN_ERROR_DELETING -> ERROR_DELETING;
                    case DELETE_BOUNCES -> BACK_TO_AVAILABLE;
                    default -> GONE;
                })
                .filter(current -> current != GONE)
                .findFirst()
                .orElse(GONE);
    }
}
