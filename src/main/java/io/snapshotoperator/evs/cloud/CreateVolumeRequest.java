/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The content of a request to create a volume from a snapshot (EVS API reference, "Creating EVS Disks"). Encryption and SCSI mode
 * are inherited from the snapshot; metadata about them is rejected with EVS.1043, so it must not contain their keys.
 *
 * @param availabilityZone that of the source volume (EVS.2054)
 * @param volumeType that of the source volume (EVS.2096)
 * @param sizeGiB at least the size of the snapshot
 * @param metadata string map, as for a snapshot
 * @param tags at most 10; keys of at most 36 and values of at most 43 letters, digits, {@code -} and {@code _}
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record CreateVolumeRequest(
        SnapshotId snapshotId,
        String availabilityZone,
        String volumeType,
        int sizeGiB,
        String name,
        Optional<String> description,
        Map<String, String> metadata,
        Map<String, String> tags) {
    public CreateVolumeRequest {
        Objects.requireNonNull(snapshotId);
        Objects.requireNonNull(availabilityZone);
        Objects.requireNonNull(volumeType);
        Objects.requireNonNull(name);
        metadata = Map.copyOf(metadata);
        tags = Map.copyOf(tags);
    }

    /**
     * Whether a response describes a volume that this request can have created: no entry of its metadata and no source snapshot
     * differs from the request. A response need not contain them.
     */
    public boolean isAnsweredBy(CloudVolume response) {
        return response.snapshotId().map(snapshotId::equals).orElse(true)
                && metadata.entrySet().stream().allMatch(entry -> entry.getValue()
                        .equals(response.metadata().getOrDefault(entry.getKey(), entry.getValue())));
    }
}
