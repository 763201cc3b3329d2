/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.Optional;

/**
 * Reads a volume from JSON (EVS API reference, "Querying Details About a Disk", "Querying Details About Disks";
 * OpenStack Cinder, "Show a volume's details"). As for {@link WireSnapshot}, everything except the id is optional.
 * A volume whose id or snapshot id is not usable is unreadable: the operator could not tell from which snapshot it
 * was created.
 */
final class WireVolume {
    private WireVolume() {}

    /** Reads the volume of a response {@code {"volume":{…}}}; empty if there is none, or if it is unreadable. */
    static Optional<CloudVolume> of(CloudHttpResponse response) {
        return WireFields.object(response, "volume", WireVolume::read);
    }

    /** Reads a volume; empty if its id is missing or not usable, or if its snapshot id is not usable. */
    static Optional<CloudVolume> read(JsonNode json, CloudText text) {
        var id = WireFields.id(json, "id", text);
        var snapshot = WireFields.reference(json, "snapshot_id", text);
        if (id.isEmpty() || !snapshot.usable()) {
            return Optional.empty();
        }
        return Optional.of(CloudVolumeBuilder.builder()
                .id(new VolumeId(id.get()))
                .wireState(WireFields.status(json, text))
                .name(WireFields.attribute(json, "name", text))
                .sizeGiB(WireFields.size(json.path("size")))
                .availabilityZone(WireFields.word(json, "availability_zone", text))
                .volumeType(WireFields.word(json, "volume_type", text))
                .snapshotId(snapshot.id().map(SnapshotId::new))
                .attached(!json.path("attachments").isEmpty())
                .createdAt(WireFields.time(json, "created_at"))
                .metadata(WireFields.metadata(json.path("metadata")))
                .build());
    }
}
