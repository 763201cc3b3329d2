/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * A change of name, description or both, the only fields that can change (EVS API reference, "Updating an EVS Snapshot").
 * At least one must be present: Cinder responds with 400 to an empty change.
 */
public record UpdateSnapshotRequest(Optional<String> name, Optional<String> description) {
    public UpdateSnapshotRequest {
        if (name.isEmpty() && description.isEmpty()) {
            throw new IllegalArgumentException("an update must contain a name or a description");
        }
    }
}
