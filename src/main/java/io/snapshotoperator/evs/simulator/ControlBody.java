/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The JSON object in the body of a call to the control API. It ignores nothing: an unknown member or a value of the wrong
 * type throws {@link IllegalArgumentException} with a sentence for the user.
 */
final class ControlBody {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final ObjectNode json;

    private ControlBody(ObjectNode json) {
        this.json = json;
    }

    /** @param members the members that the body can have */
    static ControlBody read(byte[] body, String... members) {
        var read = new ControlBody(object(body));
        var allowed = List.of(members);
        read.json.fieldNames().forEachRemaining(name -> {
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException(
                        "The body must not have the member '" + name + "'. Its members are " + allowed + ".");
            }
        });
        return read;
    }

    boolean has(String name) {
        return json.has(name);
    }

    String required(String name) {
        return text(name).orElseThrow(() -> wrong(name, "a text"));
    }

    Optional<String> text(String name) {
        return member(name).map(node -> {
            if (!node.isTextual()) {
                throw wrong(name, "a text");
            }
            return node.textValue();
        });
    }

    OptionalInt number(String name) {
        var node = member(name);
        if (node.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!node.get().isIntegralNumber() || !node.get().canConvertToInt()) {
            throw wrong(name, "a whole number");
        }
        return OptionalInt.of(node.get().intValue());
    }

    boolean isTrue(String name) {
        return member(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrong(name, "true or false");
                    }
                    return node.booleanValue();
                })
                .orElse(false);
    }

    Optional<Duration> duration(String name) {
        return text(name).map(DurationText::parse);
    }

    Optional<Map<String, String>> texts(String name) {
        return member(name).map(node -> {
            if (!node.isObject()) {
                throw wrong(name, "an object of texts");
            }
            var all = new LinkedHashMap<String, String>();
            node.properties()
                    .forEach(entry -> all.put(entry.getKey(), element(name, entry.getValue(), "an object of")));
            return all;
        });
    }

    List<String> list(String name) {
        var all = new ArrayList<String>();
        member(name).ifPresent(node -> {
            if (!node.isArray()) {
                throw wrong(name, "a list of texts");
            }
            node.forEach(value -> all.add(element(name, value, "a list of")));
        });
        return all;
    }

    private Optional<JsonNode> member(String name) {
        return Optional.ofNullable(json.get(name));
    }

    private static String element(String name, JsonNode value, String form) {
        if (!value.isTextual()) {
            throw wrong(name, form + " texts");
        }
        return value.textValue();
    }

    private static ObjectNode object(byte[] body) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The body must be a JSON object: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("The body must be a JSON object in UTF-8.", e);
        }
        throw new IllegalArgumentException("The body must be a JSON object.");
    }

    private static IllegalArgumentException wrong(String name, String form) {
        return new IllegalArgumentException("The member '" + name + "' must be " + form + ".");
    }
}
