/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a snapshot from JSON. The fields differ from call to call (EVS API reference, "Creating an EVS Snapshot", "Querying
 * Details About an EVS Snapshot", "Querying Details About Snapshots"), several can be null, and the cloud can add more. So
 * everything except the id is optional, and unknown fields are ignored.
 */
final class WireSnapshot {
    private WireSnapshot() {}

    /** Reads the snapshot of a response {@code {"snapshot":{…}}}; empty if there is no snapshot with an id. */
    static Optional<CloudSnapshot> of(CloudHttpResponse response) {
        return response.complete() ? response.json().flatMap(json -> read(json.path("snapshot"))) : Optional.empty();
    }

    /** Reads a snapshot; empty if it has no id. */
    static Optional<CloudSnapshot> read(JsonNode json) {
        return text(json, "id").filter(id -> !id.isBlank()).map(id -> CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState(text(json, "status").orElse(""))
                .volumeId(text(json, "volume_id")
                        .filter(value -> !value.isBlank())
                        .map(VolumeId::new))
                .name(text(json, "name"))
                .description(text(json, "description"))
                .sizeGiB(size(json.path("size")))
                .createdAt(text(json, "created_at").flatMap(WireTime::parse))
                .updatedAt(text(json, "updated_at").flatMap(WireTime::parse))
                .metadata(metadata(json.path("metadata")))
                .build());
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText);
    }

    private static Optional<Integer> size(JsonNode json) {
        var number = json.asInt(-1);
        return number < 0 ? Optional.empty() : Optional.of(number);
    }

    private static Map<String, String> metadata(JsonNode json) {
        var metadata = new HashMap<String, String>();
        json.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                metadata.put(entry.getKey(), entry.getValue().asText());
            }
        });
        return metadata;
    }
}
