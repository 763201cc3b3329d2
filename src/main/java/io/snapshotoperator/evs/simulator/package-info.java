/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A second implementation of the cloud's API: disks and snapshots with real state and time, IAM, signatures, quotas,
 * refusals and named faults, answered over real HTTP with the vendor's own names and words. It may use the JDK, Jackson
 * and picocli and nothing of the other rooms, and no other room may use it; each fact cites the page that it comes from,
 * and what no page tells is marked "guessed". Start reading at {@link io.snapshotoperator.evs.simulator.EvsSimulator},
 * then {@link io.snapshotoperator.evs.simulator.Cloud} for what is true and
 * {@link io.snapshotoperator.evs.simulator.ControlHandler} for the control API under {@code /simulator/}.
 */
package io.snapshotoperator.evs.simulator;
