/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.HashMap;
import java.util.Map;
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
        return response.complete()
                ? response.json().flatMap(json -> read(json.path("snapshot"), response.text()))
                : Optional.empty();
    }

    /** Reads a snapshot; empty if its id is missing or not usable, or if its volume id is not usable. */
    static Optional<CloudSnapshot> read(JsonNode json, CloudText text) {
        var id = textOf(json, "id").flatMap(text::id).filter(EvsCall::isValidPathSegment);
        var rawVolumeId = textOf(json, "volume_id").filter(value -> !value.isBlank());
        var volumeId = rawVolumeId.flatMap(text::id);
        if (id.isEmpty() || rawVolumeId.isPresent() != volumeId.isPresent()) {
            return Optional.empty();
        }
        return Optional.of(CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id.get()))
                .wireState(text.verbatim(textOf(json, "status").orElse(""), CloudText.MAX_STATUS_WORD))
                .volumeId(volumeId.map(VolumeId::new))
                .name(attribute(json, "name", text))
                .description(attribute(json, "description", text))
                .sizeGiB(size(json.path("size")))
                .createdAt(textOf(json, "created_at").flatMap(WireTime::parse))
                .updatedAt(textOf(json, "updated_at").flatMap(WireTime::parse))
                .metadata(metadata(json.path("metadata")))
                .build());
    }

    private static Optional<String> textOf(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText);
    }

    private static Optional<String> attribute(JsonNode json, String field, CloudText text) {
        return textOf(json, field).map(raw -> text.clean(raw, CloudText.MAX_ATTRIBUTE));
    }

    private static Optional<Integer> size(JsonNode json) {
        var fits = !json.isNumber() || json.canConvertToInt();
        return Optional.of(json.asInt(-1)).filter(number -> fits && number >= 0);
    }

    /** Keeps secrets in values, because an entry decides whether a snapshot is owned. */
    private static Map<String, String> metadata(JsonNode json) {
        var metadata = new HashMap<String, String>();
        json.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                metadata.put(
                        CloudText.verbatimWithSecrets(entry.getKey(), CloudText.MAX_ATTRIBUTE),
                        CloudText.verbatimWithSecrets(entry.getValue().asText(), CloudText.MAX_ATTRIBUTE));
            }
        });
        return metadata;
    }
}
