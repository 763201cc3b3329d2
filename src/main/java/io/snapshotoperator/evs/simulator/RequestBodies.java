/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads and checks request bodies as strictly as Cinder does (Cinder 12.0.0 cinder/api/schemas/snapshots.py,
 * cinder/api/validation/parameter_types.py). If EVS has its own code for an error, the native family returns that code.
 */
final class RequestBodies {

    private static final Set<String> TRUE = Set.of("true", "1", "on", "yes", "y", "t");
    private static final Set<String> FALSE = Set.of("false", "0", "off", "no", "n", "f");

    private final ObjectMapper mapper = new ObjectMapper();

    /** EVS API reference: creating_an_evs_snapshot. */
    CreateSnapshotBody create(byte[] body) {
        var snapshot = wrapped(body, "snapshot");
        onlyMembers(snapshot, Set.of("volume_id", "force", "metadata", "description", "name"));
        var volumeId = snapshot.get("volume_id");
        if (volumeId == null) {
            throw ApiErrorException.badRequest(
                    "Invalid input for field/attribute snapshot. 'volume_id' is a required property");
        }
        if (!volumeId.isTextual() || volumeId.textValue().isEmpty()) {
            throw invalid("volume_id", volumeId, "is not a 'uuid'");
        }
        return new CreateSnapshotBody(
                volumeId.textValue(),
                name(snapshot.get("name")),
                description(snapshot.get("description")),
                bool("force", snapshot.get("force")),
                metadata(snapshot.get("metadata")));
    }

    /** EVS API reference: updating_an_evs_snapshot. Cinder requires at least one of the two members. */
    UpdateSnapshotBody update(byte[] body) {
        var snapshot = wrapped(body, "snapshot");
        onlyMembers(snapshot, Set.of("name", "description"));
        if (snapshot.isEmpty()) {
            throw ApiErrorException.badRequest(
                    "Invalid input for field/attribute snapshot. {} does not have enough properties");
        }
        return new UpdateSnapshotBody(
                snapshot.has("name"),
                name(snapshot.get("name")),
                snapshot.has("description"),
                description(snapshot.get("description")));
    }

    /** Returns the object in the only member that the body may have. */
    ObjectNode wrapped(byte[] body, String member) {
        var root = object(body);
        onlyMembers(root, Set.of(member));
        if (!(root.get(member) instanceof ObjectNode inner)) {
            throw ApiErrorException.badRequest("Missing required element '%s' in request body.".formatted(member));
        }
        return inner;
    }

    ObjectNode object(byte[] body) {
        try {
            if (body.length > 0 && mapper.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw malformed();
        }
        throw malformed();
    }

    /** Cinder 12.0.0 cinder/volume/api.py: the metadata calls have other checks than the create call. */
    static Map<String, String> metadataOfMetadataCall(JsonNode node) {
        var all = new LinkedHashMap<String, String>();
        for (var entry : node.properties()) {
            var key = entry.getKey();
            if (key.isEmpty()) {
                throw ApiErrorException.badRequest("Invalid metadata: Metadata property key blank.");
            }
            if (!entry.getValue().isTextual()) {
                throw ApiErrorException.badRequest(
                        "Invalid metadata: The value of metadata key %s is not a string.".formatted(key));
            }
            var value = entry.getValue().textValue();
            if (key.length() > NameRules.MAX_METADATA_LENGTH) {
                throw ApiErrorException.ofCinder(
                        413, "Metadata property key %s greater than 255 characters.".formatted(key));
            }
            if (value.length() > NameRules.MAX_METADATA_LENGTH) {
                throw ApiErrorException.ofCinder(
                        413, "Metadata property key %s value greater than 255 characters.".formatted(key));
            }
            all.put(key, value);
        }
        return all;
    }

    private static ApiErrorException malformed() {
        return ApiErrorException.ofEvs(400, "EVS.1052", "invalid http body!", "Malformed request body");
    }

    private static void onlyMembers(ObjectNode node, Set<String> allowed) {
        for (var entry : node.properties()) {
            if (!allowed.contains(entry.getKey())) {
                throw ApiErrorException.badRequest(
                        "Additional properties are not allowed ('%s' was unexpected)".formatted(entry.getKey()));
            }
        }
    }

    private static String name(JsonNode node) {
        var name = text("name", node, "EVS.1003", "invalid volume name!");
        if (NameRules.isReserved(name)) {
            // EVS API reference: creating_an_evs_snapshot forbids the prefix. The text of the error is guessed.
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1003",
                    "invalid volume name!",
                    "Invalid input for field/attribute name. The prefix of the name is reserved for backups.");
        }
        return name;
    }

    private static String description(JsonNode node) {
        return text("description", node, "EVS.1004", "invalid volume description!");
    }

    private static String text(String field, JsonNode node, String code, String evsMessage) {
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw invalid(field, node, "is not of type 'string'");
        }
        if (NameRules.isTooLong(node.textValue())) {
            throw ApiErrorException.ofEvs(
                    400,
                    code,
                    evsMessage,
                    "Invalid input for field/attribute %s. Value: %s. It is too long."
                            .formatted(field, node.textValue()));
        }
        return node.textValue();
    }

    /** Returns false if the member is absent. Cinder accepts words for true and false. */
    static boolean bool(String field, JsonNode node) {
        if (node == null) {
            return false;
        }
        var word = node.isBoolean() || node.isTextual() ? node.asText().toLowerCase(Locale.ROOT) : "";
        if (TRUE.contains(word)) {
            return true;
        }
        if (FALSE.contains(word)) {
            return false;
        }
        throw invalid(field, node, "is not one of the boolean words");
    }

    private static Map<String, String> metadata(JsonNode node) {
        if (node == null || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw invalid("metadata", node, "is not of type 'object'");
        }
        var all = new LinkedHashMap<String, String>();
        for (var entry : node.properties()) {
            if (!NameRules.isMetadataKey(entry.getKey())) {
                throw ApiErrorException.badRequest(("Invalid input for field/attribute metadata. "
                                + "Additional properties are not allowed ('%s' was unexpected)")
                        .formatted(entry.getKey()));
            }
            var value = entry.getValue();
            if (!value.isTextual()) {
                throw invalid(entry.getKey(), value, "is not of type 'string'");
            }
            if (value.textValue().length() > NameRules.MAX_METADATA_LENGTH) {
                throw invalid(entry.getKey(), value, "is too long");
            }
            all.put(entry.getKey(), value.textValue());
        }
        return all;
    }

    private static ApiErrorException invalid(String field, JsonNode value, String complaint) {
        return ApiErrorException.badRequest("Invalid input for field/attribute %s. Value: %s. %s %s"
                .formatted(field, value.asText(), value, complaint));
    }
}
