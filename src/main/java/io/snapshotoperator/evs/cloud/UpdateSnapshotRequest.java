/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * A change of the two fields that the cloud lets one change (EVS reference, "Updating an EVS Snapshot"). At least one
 * must be present: Cinder answers 400 to an empty change.
 */
public record UpdateSnapshotRequest(Optional<String> name, Optional<String> description) {
    public UpdateSnapshotRequest {
        if (name.isEmpty() && description.isEmpty()) {
            throw new IllegalArgumentException("a change must name what it changes");
        }
    }
}
