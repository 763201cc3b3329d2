/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The EVS simulator: a second implementation of the cloud's API over real HTTP, with state, time, IAM, signatures,
 * quotas and named faults. It uses only the JDK, Jackson and picocli, and no other package uses it. Each behavior cites
 * its source; a comment marks what is guessed. Start reading at {@link io.snapshotoperator.evs.simulator.EvsSimulator},
 * {@link io.snapshotoperator.evs.simulator.CloudState} and {@link io.snapshotoperator.evs.simulator.ControlHandler}.
 */
package io.snapshotoperator.evs.simulator;
