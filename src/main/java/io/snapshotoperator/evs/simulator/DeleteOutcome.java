/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/**
 * What becomes of a snapshot after its delete request is accepted (Cinder 12.0.0 cinder/volume/manager.py
 * delete_snapshot).
 */
enum DeleteOutcome {
    GONE,
    ERROR_DELETING,
    BACK_TO_AVAILABLE
}
