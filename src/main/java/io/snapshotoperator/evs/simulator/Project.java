/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/**
 * A project (tenant) of the account.
 *
 * @param id 32 hexadecimal characters in the real cloud; the simulator does not check it
 * @param name {@code <region>} or {@code <region>_<suffix>}, e.g. {@code eu-de}
 */
public record Project(String id, String name) {}
