/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The content of a request to create a volume from a snapshot (EVS API reference, "Creating EVS Disks"). The
 * volume inherits encryption and SCSI mode from the snapshot. The cloud rejects metadata about them (EVS.1043),
 * and so does the constructor.
 *
 * @param availabilityZone that of the source volume (EVS.2054)
 * @param volumeType that of the source volume (EVS.2096)
 * @param sizeGiB at least the size of the snapshot
 * @param metadata string map, as for a snapshot
 * @param tags not sent in the Cinder family; at most 10; keys of at most 36 and values of at most 43 letters,
 *     digits, {@code -} and {@code _}
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

    /** The metadata keys of encryption and SCSI mode (EVS API reference, "Creating EVS Disks"). */
    private static final Set<String> INHERITED_KEYS =
            Set.of("__system__encrypted", "__system__cmkid", "hw:passthrough");

    /** @throws IllegalArgumentException if the metadata contains a key of encryption or SCSI mode */
    public CreateVolumeRequest {
        Objects.requireNonNull(snapshotId);
        Objects.requireNonNull(availabilityZone);
        Objects.requireNonNull(volumeType);
        Objects.requireNonNull(name);
        metadata = Map.copyOf(metadata);
        tags = Map.copyOf(tags);
        var inherited = metadata.keySet().stream()
                .filter(key -> INHERITED_KEYS.contains(key.toLowerCase(Locale.ROOT)))
                .sorted()
                .toList();
        if (!inherited.isEmpty()) {
            throw new IllegalArgumentException("a volume inherits these metadata of its snapshot: " + inherited);
        }
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
