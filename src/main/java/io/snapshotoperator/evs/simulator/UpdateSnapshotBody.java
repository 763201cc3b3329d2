/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;

/**
 * A valid request to change name or description; what the body did not mention stays, what it gave as null is removed.
 *
 * @param name only read if {@code changesName}; may be null
 * @param description only read if {@code changesDescription}; may be null
 */
record UpdateSnapshotBody(boolean changesName, String name, boolean changesDescription, String description) {

    Snapshot applyTo(Snapshot before, Instant now) {
        return before.renamed(
                changesName ? name : before.name(), changesDescription ? description : before.description(), now);
    }
}
