/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;

/**
 * The valid body of an update request. A member that the body does not have stays; a member that is null is removed.
 *
 * @param name used only if {@code changesName}; may be null
 * @param description used only if {@code changesDescription}; may be null
 */
record UpdateSnapshotBody(boolean changesName, String name, boolean changesDescription, String description) {

    Snapshot applyTo(Snapshot before, Instant now) {
        return before.renamed(
                changesName ? name : before.name(), changesDescription ? description : before.description(), now);
    }
}
