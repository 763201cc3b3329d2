/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Compares two versions of a custom resource definition. A break is what can make the newer one drop, reject or change an
 * object that the older one accepted. It is conservative: a rule or pattern that differs is a break, also if it only allows
 * more.
 */
final class SchemaBreaks {
    /** A larger value, or none, accepts more. */
    private static final Set<String> UPPER_LIMITS = Set.of("maxLength", "maxItems", "maxProperties", "maximum");

    /** A smaller value, or none, accepts more. */
    private static final Set<String> LOWER_LIMITS = Set.of("minLength", "minItems", "minProperties", "minimum");

    /** A difference can reject objects, or give them another meaning. */
    private static final List<String> FIXED = List.of(
            "type",
            "format",
            "pattern",
            "default",
            "multipleOf",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-preserve-unknown-fields");

    private final List<String> found = new ArrayList<>();

    private SchemaBreaks() {}

    /** Returns one sentence for each break; empty if every object that the older definition accepts remains as it is. */
    static List<String> between(JsonNode older, JsonNode newer) {
        var breaks = new SchemaBreaks();
        for (var name : List.of("/spec/group", "/spec/scope", "/spec/names/kind", "/spec/names/plural")) {
            breaks.requireEqual(name, older.at(name), newer.at(name));
        }
        for (var version : older.at("/spec/versions")) {
            var name = version.path("name").asText();
            find(newer.at("/spec/versions"), name)
                    .filter(same -> same.path("served").asBoolean())
                    .ifPresentOrElse(
                            same -> breaks.compareVersions(version, same),
                            () -> breaks.found.add("version " + name + " is not served"));
        }
        return breaks.found;
    }

    private static Optional<JsonNode> find(JsonNode versions, String name) {
        return StreamSupport.stream(versions.spliterator(), false)
                .filter(version -> version.path("name").asText().equals(name))
                .findFirst();
    }

    private void compareVersions(JsonNode older, JsonNode newer) {
        requireEqual("subresources", older.path("subresources"), newer.path("subresources"));
        requireEqual("storage", older.path("storage"), newer.path("storage"));
        compare("", older.at("/schema/openAPIV3Schema"), newer.at("/schema/openAPIV3Schema"));
    }

    private void compare(String path, JsonNode older, JsonNode newer) {
        FIXED.forEach(key -> requireEqual(path + " " + key, older.path(key), newer.path(key)));
        UPPER_LIMITS.forEach(key -> requireLimit(path + " " + key, older.path(key), newer.path(key), 1));
        LOWER_LIMITS.forEach(key -> requireLimit(path + " " + key, older.path(key), newer.path(key), -1));
        if (older.path("nullable").asBoolean() && !newer.path("nullable").asBoolean()) {
            found.add(path + " nullable is removed");
        }
        requireNoneAdded(path + " required", texts(older.path("required")), texts(newer.path("required")));
        requireNoneAdded(
                path + " rule",
                rules(older),
                rules(newer).stream()
                        .filter(rule -> !concernsOnlyNewField(rule, older))
                        .toList());
        if (newer.has("enum")) {
            requireNoneAdded(
                    path + " enum without", older.has("enum") ? texts(newer.path("enum")) : Set.of(), enumOf(older));
        }
        older.path("properties").properties().forEach(field -> {
            var name = path + "." + field.getKey();
            if (newer.path("properties").has(field.getKey())) {
                compare(name, field.getValue(), newer.path("properties").path(field.getKey()));
            } else {
                found.add(name + " is removed");
            }
        });
        for (var nested : List.of("items", "additionalProperties")) {
            if (older.has(nested)) {
                compare(path + "[]", older.path(nested), newer.path(nested));
            }
        }
    }

    private void requireEqual(String name, JsonNode older, JsonNode newer) {
        if (!older.equals(newer)) {
            found.add(name.strip() + " was " + older + " and is " + newer);
        }
    }

    private void requireLimit(String name, JsonNode older, JsonNode newer, int direction) {
        if (newer.isMissingNode()) {
            return;
        }
        if (older.isMissingNode() || direction * Double.compare(newer.asDouble(), older.asDouble()) < 0) {
            found.add(name + " was " + older + " and is " + newer);
        }
    }

    private void requireNoneAdded(String name, Collection<String> before, Collection<String> after) {
        after.stream().filter(text -> !before.contains(text)).forEach(text -> found.add(name + " " + text));
    }

    /** The allowed values, or one that stands for any other value. */
    private static Collection<String> enumOf(JsonNode schema) {
        return schema.has("enum") ? texts(schema.path("enum")) : Set.of("any value");
    }

    private static List<String> rules(JsonNode schema) {
        return stream(schema.path("x-kubernetes-validations"))
                .map(rule -> rule.path("rule").asText())
                .toList();
    }

    /** Whether the rule accepts every object without a field that the older definition does not have. */
    private static boolean concernsOnlyNewField(String rule, JsonNode older) {
        var field = Pattern.compile("^!has\\(self\\.(\\w+)\\) \\|\\| ").matcher(rule);
        return field.find() && !older.path("properties").has(field.group(1));
    }

    private static List<String> texts(JsonNode array) {
        return stream(array).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
