/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the body of an error response. Several parties write such bodies: EVS ({@code {"error":{"code","message"}}}), Cinder
 * ({@code {"badRequest":{…}}} and other wrappers), the gateway and IAM ({@code error_code}/{@code error_msg}), Keystone (a
 * numeric {@code code}), others with {@code code}/{@code message} at the top, a load balancer (HTML or nothing). The EVS API
 * reference writes {@code error} instead of the real name of the wrapper, so any name is accepted.
 *
 * @param names the names that a rule of {@link ErrorCatalog} can match: code, name of the object that contains the message, and
 *     shape in parentheses
 * @param searchable the message that a rule can match. Like {@code names}, it contains what the response contains, because a
 *     secret that is also a word of the message must not change its meaning. Not to be shown
 * @param code the vendor code, to be shown; empty if the body contains no code other than the HTTP status, and no such name
 * @param message the message, to be shown; never empty
 */
record ErrorBody(
        Shape shape,
        Set<String> names,
        String searchable,
        Optional<String> code,
        String message,
        Optional<String> requestId) {

    enum Shape {
        JSON,
        HTML,
        TEXT,
        EMPTY
    }

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
        return ofMessage(Shape.TEXT, Set.of(), Optional.empty(), Optional.of(text), response);
    }

    private static ErrorBody without(Shape shape, String message) {
        return new ErrorBody(shape, names(shape), message, Optional.empty(), message, Optional.empty());
    }

    private static Set<String> names(Shape shape) {
        return Set.of("(" + shape.name().toLowerCase(Locale.ROOT) + ")");
    }

    private static ErrorBody ofMessage(
            Shape shape, Set<String> names, Optional<String> code, Optional<String> raw, CloudHttpResponse response) {
        var allNames = new HashSet<>(names(shape));
        allNames.addAll(names);
        var message = raw.map(text -> response.text().clean(text, CloudText.MAX_MESSAGE))
                .filter(text -> !text.isEmpty())
                .orElse(NO_EXPLANATION);
        return new ErrorBody(
                shape,
                Set.copyOf(allNames),
                raw.map(text -> CloudText.withoutSecrets().clean(text, CloudText.MAX_MESSAGE))
                        .orElse(NO_EXPLANATION),
                code.flatMap(response.text()::code),
                message,
                Optional.empty());
    }

    private ErrorBody withRequestId(Optional<String> id) {
        return new ErrorBody(shape, names, searchable, code, message, id);
    }

    private static ErrorBody ofJson(JsonNode root, CloudHttpResponse response) {
        var requestId = text(root, "request_id").flatMap(response.text()::requestId);
        record NamedNode(Optional<String> name, JsonNode node) {}
        var unvisited = new ArrayDeque<NamedNode>();
        unvisited.add(new NamedNode(Optional.empty(), root));
        for (var visited = 0; visited < MAX_OBJECTS && !unvisited.isEmpty(); visited++) {
            var current = unvisited.remove();
            var object = current.node();
            var code = text(object, "error_code").or(() -> text(object, "code"));
            var message = text(object, "error_msg").or(() -> text(object, "message"));
            if (code.isPresent() || message.isPresent()) {
                var wrapper = current.name().flatMap(CloudText.withoutSecrets()::code);
                // Cinder and Keystone repeat the status as the code. The name of the wrapper then says more.
                var vendorCode = code.filter(value -> !value.matches("\\d{3}"))
                        .flatMap(CloudText.withoutSecrets()::code)
                        .or(() -> wrapper.filter(name -> !name.equals("error")));
                var names = Stream.concat(vendorCode.stream(), wrapper.stream()).collect(Collectors.toSet());
                return ofMessage(Shape.JSON, names, vendorCode, message, response)
                        .withRequestId(requestId);
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
        return ofMessage(Shape.JSON, Set.of(), Optional.empty(), Optional.of(root.toString()), response)
                .withRequestId(requestId);
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(node -> node.isValueNode() && !node.isNull())
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank());
    }

    /** Returns what can be shown. */
    @Override
    public String toString() {
        return shape + code.map(value -> " " + value).orElse("") + ": " + message;
    }
}
