/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Map;

/**
 * The valid body of a create request.
 *
 * @param name null if none was given
 * @param description null if none was given
 * @param force whether the volume may be attached
 */
record CreateSnapshotBody(
        String volumeId, String name, String description, boolean force, Map<String, String> metadata) {}
