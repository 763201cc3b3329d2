/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an error's body says, whichever of the parties on the way wrote it: EVS ({@code {"error":{"code","message"}}}),
 * Cinder ({@code {"badRequest":{…}}} and other wrappers), the gateway and IAM ({@code error_code}/{@code error_msg}),
 * Keystone (a numeric {@code code}), flat {@code code}/{@code message}, a load balancer (HTML or nothing). The EVS pages
 * use {@code error} as a stand-in for the wrapper's real name, so any name is taken.
 *
 * @param wrapper name of the object that holds the message; empty when the message lies at the top
 * @param code the vendor's code, verbatim; empty when there is none beside the HTTP status
 * @param message what it says, bounded and without control characters; never empty
 */
record ErrorBody(
        Shape shape, Optional<String> wrapper, Optional<String> code, String message, Optional<String> requestId) {

    enum Shape {
        JSON,
        HTML,
        TEXT,
        EMPTY
    }

    private static final int LONGEST_MESSAGE = 300;
    private static final int LONGEST_CODE = 64;
    /** Deeper down, or further on, nobody hides an error. */
    private static final int MOST_OBJECTS = 50;

    static ErrorBody of(CloudHttpResponse response) {
        var tree = response.json().filter(JsonNode::isContainerNode);
        if (tree.isPresent()) {
            return ofJson(tree.get(), response);
        }
        var text = new String(response.body(), StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return without(Shape.EMPTY, "no explanation");
        }
        if (text.startsWith("<")
                || response.headers()
                        .firstValue("Content-Type")
                        .filter(type -> type.toLowerCase(Locale.ROOT).contains("html"))
                        .isPresent()) {
            return without(Shape.HTML, "an HTML page, not the EVS API");
        }
        return without(Shape.TEXT, bounded(text, response.secrets()));
    }

    /** The names under which the catalogue may know this body: code, wrapper, shape. */
    Set<String> names() {
        var names = new LinkedHashSet<String>();
        code.ifPresent(names::add);
        wrapper.ifPresent(names::add);
        names.add("(" + shape.name().toLowerCase(Locale.ROOT) + ")");
        return names;
    }

    private static ErrorBody without(Shape shape, String message) {
        return new ErrorBody(shape, Optional.empty(), Optional.empty(), message, Optional.empty());
    }

    private static ErrorBody ofJson(JsonNode root, CloudHttpResponse response) {
        var requestId = text(root, "request_id").map(id -> bounded(id, List.of()));
        record Place(Optional<String> name, JsonNode object) {}
        var locations = new ArrayDeque<Place>();
        locations.add(new Place(Optional.empty(), root));
        for (var visited = 0; visited < MOST_OBJECTS && !locations.isEmpty(); visited++) {
            var location = locations.remove();
            var object = location.object();
            var code = text(object, "error_code").or(() -> text(object, "code"));
            var message = text(object, "error_msg").or(() -> text(object, "message"));
            if (code.isPresent() || message.isPresent()) {
                // Cinder and Keystone repeat the status as the code; the wrapper's name then says more.
                var vendorCode = code.filter(value -> !value.matches("\\d{3}"))
                        .or(() -> location.name().filter(name -> !name.equals("error")));
                return new ErrorBody(
                        Shape.JSON,
                        location.name(),
                        vendorCode.map(value -> cut(value, LONGEST_CODE)),
                        message.map(value -> bounded(value, response.secrets())).orElse("no explanation"),
                        requestId);
            }
            object.properties().forEach(field -> {
                if (field.getValue().isContainerNode()) {
                    locations.add(new Place(Optional.of(cut(field.getKey(), LONGEST_CODE)), field.getValue()));
                }
            });
            if (object.isArray()) {
                object.forEach(element -> locations.add(new Place(location.name(), element)));
            }
        }
        return new ErrorBody(
                Shape.JSON,
                Optional.empty(),
                Optional.empty(),
                bounded(root.toString(), response.secrets()),
                requestId);
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank());
    }

    private static String bounded(String text, List<String> secrets) {
        var clean = text;
        for (var secret : secrets) {
            clean = secret.isEmpty() ? clean : clean.replace(secret, "***");
        }
        clean = clean.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return clean.isEmpty() ? "no explanation" : cut(clean, LONGEST_MESSAGE);
    }

    /** Cuts between characters, never through one. */
    private static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        var end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
        return text.substring(0, end) + "…";
    }
}
