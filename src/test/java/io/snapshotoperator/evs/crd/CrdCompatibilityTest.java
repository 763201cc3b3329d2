/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The definition accepts what that of an older commit accepted. An intended break goes into the changelog, and then the older
 * definition in {@code src/test/resources/CrdUpgrade} is replaced.
 */
class CrdCompatibilityTest {
    static final Path OLDER = Path.of("src", "test", "resources", "CrdUpgrade", "volumesnapshotrequests.yml");
    static final Path COMMITTED =
            CustomResourceDefinitions.FOLDER.resolve("volumesnapshotrequests.evs.snapshot-operator.io-v1.yml");

    private static JsonNode read(Path file) throws IOException {
        return new YAMLMapper().readTree(file.toFile());
    }

    @Test
    void acceptsAndKeepsWhatOlderDefinitionAccepted() throws IOException {
        assertThat(SchemaBreaks.between(read(OLDER), read(COMMITTED))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void findsBreak(String expected, Consumer<ObjectNode> change) throws IOException {
        var newer = read(OLDER);
        change.accept((ObjectNode) newer.at("/spec/versions/0"));

        assertThat(SchemaBreaks.between(read(OLDER), newer))
                .singleElement()
                .asString()
                .contains(expected);
    }

    static Stream<Arguments> findsBreak() {
        return Stream.of(
                breaks("version v1alpha1 is not served", version -> version.put("served", false)),
                breaks("subresources", version -> version.remove("subresources")),
                breaks(".status.snapshotId is removed", version -> status(version)
                        .remove("snapshotId")),
                breaks(".spec.force type", version -> field(version, "force").put("type", "string")),
                breaks(".spec.name maxLength", version -> field(version, "name").put("maxLength", 63)),
                breaks(".spec.maxAttempts minimum", version -> field(version, "maxAttempts")
                        .put("minimum", 2)),
                breaks(".spec.ttl minLength", version -> field(version, "ttl").put("minLength", 1)),
                breaks(".spec.readyWithin default", version -> field(version, "readyWithin")
                        .put("default", "2h")),
                breaks(".spec.deletionPolicy enum without Retain", version -> field(version, "deletionPolicy")
                        .putArray("enum")
                        .add("Delete")),
                breaks(".spec.description enum without any value", version -> field(version, "description")
                        .putArray("enum")
                        .add("nightly")),
                breaks(".spec required name", version -> ((ObjectNode) spec(version))
                        .withArray("required")
                        .add("name")),
                breaks(".spec.ttl rule self != '0s'", version -> field(version, "ttl")
                        .withArray("x-kubernetes-validations")
                        .addObject()
                        .put("rule", "self != '0s'")),
                breaks(".spec rule !has(self.name) || self.name != 'a'", version -> ((ObjectNode) spec(version))
                        .withArray("x-kubernetes-validations")
                        .addObject()
                        .put("rule", "!has(self.name) || self.name != 'a'")),
                breaks(".spec.metadata[] maxLength", version -> ((ObjectNode)
                                field(version, "metadata").path("additionalProperties"))
                        .put("maxLength", 10)),
                breaks(".status.conditions x-kubernetes-list-type", version -> ((ObjectNode)
                                status(version).path("conditions"))
                        .put("x-kubernetes-list-type", "atomic")));
    }

    private static Arguments breaks(String expected, Consumer<ObjectNode> change) {
        return Arguments.of(expected, change);
    }

    private static ObjectNode field(ObjectNode version, String name) {
        return (ObjectNode) spec(version).path("properties").path(name);
    }

    private static JsonNode spec(ObjectNode version) {
        return version.at("/schema/openAPIV3Schema/properties/spec");
    }

    private static ObjectNode status(ObjectNode version) {
        return (ObjectNode) version.at("/schema/openAPIV3Schema/properties/status/properties");
    }
}
