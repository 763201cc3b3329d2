/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.Optional;

/**
 * Reads a snapshot from JSON. The fields differ from call to call (EVS API reference, "Creating an EVS Snapshot", "Querying
 * Details About an EVS Snapshot", "Querying Details About Snapshots"), several can be null, and the cloud can add more. So
 * everything except the id is optional, and unknown fields are ignored. Every text is bounded and cleaned here, and nowhere
 * else. A snapshot whose id or volume id is not usable is unreadable: the operator would put the id into the path of a
 * request, or could not tell to which volume the snapshot belongs.
 */
final class WireSnapshot {
    private WireSnapshot() {}

    /** Reads the snapshot of a response {@code {"snapshot":{…}}}; empty if there is none, or if it is unreadable. */
    static Optional<CloudSnapshot> of(CloudHttpResponse response) {
        return WireFields.object(response, "snapshot", WireSnapshot::read);
    }

    /** Reads a snapshot; empty if its id is missing or not usable, or if its volume id is not usable. */
    static Optional<CloudSnapshot> read(JsonNode json, CloudText text) {
        var id = WireFields.id(json, "id", text);
        var volume = WireFields.reference(json, "volume_id", text);
        if (id.isEmpty() || !volume.usable()) {
            return Optional.empty();
        }
        return Optional.of(CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id.get()))
                .wireState(WireFields.status(json, text))
                .volumeId(volume.id().map(VolumeId::new))
                .name(WireFields.attribute(json, "name", text))
                .description(WireFields.attribute(json, "description", text))
                .sizeGiB(WireFields.size(json.path("size")))
                .createdAt(WireFields.time(json, "created_at"))
                .updatedAt(WireFields.time(json, "updated_at"))
                .metadata(WireFields.metadata(json.path("metadata")))
                .build());
    }
}
