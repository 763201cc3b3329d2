/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Leader election by a Lease that records whether its last holder drained its create requests. Start reading at {@link
 * io.snapshotoperator.evs.leader.LeaderElection}.
 */
package io.snapshotoperator.evs.leader;
