/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One volume as the cloud describes it. Only the id is always present; everything else can be absent or null (EVS API reference,
 * "Querying Details About a Disk"). All texts are bounded and without control characters ({@link CloudText}), and without
 * secrets, except in the metadata.
 *
 * @param wireState the status word as received, or with an ellipsis at the end; the empty text if the cloud sent none
 * @param volumeType such as {@code SSD}; the documented example has null
 * @param snapshotId the snapshot from which the volume was created
 * @param attached whether the list of attachments has an entry
 * @param metadata the metadata of the create request, possibly with keys that the cloud added
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record CloudVolume(
        VolumeId id,
        String wireState,
        Optional<String> name,
        Optional<Integer> sizeGiB,
        Optional<String> availabilityZone,
        Optional<String> volumeType,
        Optional<SnapshotId> snapshotId,
        boolean attached,
        Optional<Instant> createdAt,
        Map<String, String> metadata) {

    public CloudVolume {
        Objects.requireNonNull(id);
        Objects.requireNonNull(wireState);
        metadata = Map.copyOf(metadata);
    }

    public VolumeState state() {
        return VolumeState.ofWire(wireState);
    }

    /** Returns the id and the status word. The metadata can contain a secret that the cloud repeats. */
    @Override
    public String toString() {
        return "volume " + id + " in status " + wireState;
    }
}
