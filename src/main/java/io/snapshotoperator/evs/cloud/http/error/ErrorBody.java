/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the body of an error response. Several parties write such bodies: EVS ({@code {"error":{"code","message"}}}), Cinder
 * ({@code {"badRequest":{…}}} and other wrappers), the gateway and IAM ({@code error_code}/{@code error_msg}), Keystone (a
 * numeric {@code code}), others with {@code code}/{@code message} at the top, a load balancer (HTML or nothing). The EVS API
 * reference writes {@code error} instead of the real name of the wrapper, so any name is accepted.
 *
 * @param wrapper the name of the object that contains the message; empty if the message is at the top
 * @param code the vendor code, cleaned; empty if the body contains no code other than the HTTP status
 * @param message the message, cleaned; never empty
 */
record ErrorBody(
        Shape shape, Optional<String> wrapper, Optional<String> code, String message, Optional<String> requestId) {

    enum Shape {
        JSON,
        HTML,
        TEXT,
        EMPTY
    }

    private static final int MAX_MESSAGE = 256;
    private static final int MAX_CODE = 64;
    /** The search for code and message visits at most this number of objects. */
    private static final int MAX_OBJECTS = 50;

    private static final String NO_EXPLANATION = "no explanation";

    static ErrorBody of(CloudHttpResponse response) {
        var tree = response.json().filter(JsonNode::isContainerNode);
        if (tree.isPresent()) {
            return ofJson(tree.get(), response);
        }
        var text = new String(response.body(), StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return without(Shape.EMPTY, NO_EXPLANATION);
        }
        if (text.startsWith("<")
                || response.headers()
                        .firstValue("Content-Type")
                        .filter(type -> type.toLowerCase(Locale.ROOT).contains("html"))
                        .isPresent()) {
            return without(Shape.HTML, "an HTML page, not the EVS API");
        }
        return without(Shape.TEXT, cleanMessage(text, response));
    }

    /** Returns the names that a rule of {@link ErrorCatalog} can match: code, wrapper and shape. */
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
        var requestId = text(root, "request_id").flatMap(id -> CloudText.requestId(id, response.secrets()));
        record NamedNode(Optional<String> name, JsonNode node) {}
        var unvisited = new ArrayDeque<NamedNode>();
        unvisited.add(new NamedNode(Optional.empty(), root));
        for (var visited = 0; visited < MAX_OBJECTS && !unvisited.isEmpty(); visited++) {
            var current = unvisited.remove();
            var object = current.node();
            var code = text(object, "error_code").or(() -> text(object, "code"));
            var message = text(object, "error_msg").or(() -> text(object, "message"));
            if (code.isPresent() || message.isPresent()) {
                // Cinder and Keystone repeat the status as the code. The name of the wrapper then says more.
                var vendorCode = code.filter(value -> !value.matches("\\d{3}"))
                        .or(() -> current.name().filter(name -> !name.equals("error")));
                return new ErrorBody(
                        Shape.JSON,
                        cleanCode(current.name(), response),
                        cleanCode(vendorCode, response),
                        message.map(value -> cleanMessage(value, response)).orElse(NO_EXPLANATION),
                        requestId);
            }
            object.properties().forEach(field -> {
                if (field.getValue().isContainerNode()) {
                    unvisited.add(new NamedNode(Optional.of(field.getKey()), field.getValue()));
                }
            });
            if (object.isArray()) {
                object.forEach(element -> unvisited.add(new NamedNode(current.name(), element)));
            }
        }
        return new ErrorBody(
                Shape.JSON, Optional.empty(), Optional.empty(), cleanMessage(root.toString(), response), requestId);
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank());
    }

    /** Returns the message without control characters and secrets, cut to {@value #MAX_MESSAGE} code points. */
    private static String cleanMessage(String raw, CloudHttpResponse response) {
        var clean = CloudText.clean(raw, response.secrets(), MAX_MESSAGE);
        return clean.isEmpty() ? NO_EXPLANATION : clean;
    }

    private static Optional<String> cleanCode(Optional<String> raw, CloudHttpResponse response) {
        return raw.map(code -> CloudText.clean(code, response.secrets(), MAX_CODE))
                .filter(code -> !code.isEmpty());
    }
}
