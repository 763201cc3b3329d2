/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The content of a create request (EVS API reference, "Creating an EVS Snapshot").
 *
 * @param force whether the cloud creates the snapshot even if the volume is attached
 * @param metadata string map; Cinder accepts keys {@code ^[a-zA-Z0-9-_:. ]{1,255}$} (no slash) and values of at most 255
 *     characters
 */
public record CreateSnapshotRequest(
        VolumeId volumeId, String name, Optional<String> description, boolean force, Map<String, String> metadata) {
    public CreateSnapshotRequest {
        Objects.requireNonNull(volumeId);
        Objects.requireNonNull(name);
        metadata = Map.copyOf(metadata);
    }

    /**
     * Whether a response describes a snapshot that this request can have created: it is of the same volume, and no entry
     * of its metadata differs from the request. The response need not contain the metadata (EVS API reference, "Creating
     * an EVS Snapshot": the field is optional).
     */
    public boolean isAnsweredBy(CloudSnapshot response) {
        return response.volumeId().equals(Optional.of(volumeId))
                && metadata.entrySet().stream().allMatch(entry -> entry.getValue()
                        .equals(response.metadata().getOrDefault(entry.getKey(), entry.getValue())));
    }
}
