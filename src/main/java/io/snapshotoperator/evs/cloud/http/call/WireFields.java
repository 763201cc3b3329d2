/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads the fields of JSON objects of the cloud. A field of another type counts as absent, and a text is cleaned. */
final class WireFields {
    /**
     * The id of another object.
     *
     * @param usable whether the field is absent or null, or contains an id that can be used
     */
    record Reference(Optional<String> id, boolean usable) {}

    private WireFields() {}

    /** Reads the object of a response {@code {"name":{…}}}; empty if there is none, or if it is unreadable. */
    static <T> Optional<T> object(
            CloudHttpResponse response, String name, BiFunction<JsonNode, CloudText, Optional<T>> reader) {
        return response.complete()
                ? response.json().flatMap(json -> reader.apply(json.path(name), response.text()))
                : Optional.empty();
    }

    /** Returns the id of the object itself; empty if it is missing or cannot be a path segment. */
    static Optional<String> id(JsonNode json, String field, CloudText text) {
        return raw(json, field).flatMap(text::id).filter(EvsCall::isValidPathSegment);
    }

    /** Returns the id of another object. Such an id is not a path segment of a request unless the caller checks it. */
    static Reference reference(JsonNode json, String field, CloudText text) {
        var raw = raw(json, field).filter(value -> !value.isBlank());
        var id = raw.flatMap(text::id);
        return new Reference(id, raw.isPresent() == id.isPresent());
    }

    /** Returns the text as received; empty if the field is absent, null, an object or a list. */
    static Optional<String> raw(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText);
    }

    /** Returns a text that only people read. */
    static Optional<String> attribute(JsonNode json, String field, CloudText text) {
        return raw(json, field).map(value -> text.clean(value, CloudText.MAX_ATTRIBUTE));
    }

    /** Returns a text that the operator sends back to the cloud: as received, or with an ellipsis at the end. */
    static Optional<String> word(JsonNode json, String field, CloudText text) {
        return raw(json, field)
                .filter(value -> !value.isBlank())
                .map(value -> text.verbatim(value, CloudText.MAX_ATTRIBUTE));
    }

    /** Returns the status word as received, or with an ellipsis at the end; the empty text if there is none. */
    static String status(JsonNode json, CloudText text) {
        return text.verbatim(raw(json, "status").orElse(""), CloudText.MAX_STATUS_WORD);
    }

    static Optional<Instant> time(JsonNode json, String field) {
        return raw(json, field).flatMap(WireTime::parse);
    }

    static Optional<Integer> size(JsonNode json) {
        var fits = !json.isNumber() || json.canConvertToInt();
        return Optional.of(json.asInt(-1)).filter(number -> fits && number >= 0);
    }

    /** Returns string entries. Keeps secrets in values, because an entry decides whether an object is owned. */
    static Map<String, String> metadata(JsonNode json) {
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
