/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

/** How the last holder left the Lease. */
public enum Predecessor {
    /** There was no Lease: a first installation, or a user deleted it. */
    NONE,
    /** No create request of the last holder can still reach the cloud. */
    DRAINED,
    /** The last holder crashed, lost the Lease, left with an open create request, or was another program. */
    UNCLEAN
}
