/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the rules of {@code crds/} and the cases of {@link CrdRulesIT} together; needs no server. */
class CrdCasesTest {

    @Test
    void everyRuleHasACaseThatShowsItsMessage() throws IOException {
        var shown = messagesOfTheCases();

        var rules = CustomResourceDefinitions.committed().values().stream()
                .map(yaml -> Serialization.unmarshal(yaml, CustomResourceDefinition.class))
                .flatMap(definition -> definition.getSpec().getVersions().stream())
                .flatMap(version -> rules("", version.getSchema().getOpenAPIV3Schema()))
                .toList();

        assertThat(rules).isNotEmpty().allSatisfy(said -> assertThat(shown).contains(said));
    }

    /** What the server says when a rule is broken: path and message, but for the reason and the value between them. */
    private static Stream<String> rules(String path, JSONSchemaProps schema) {
        var own = Stream.ofNullable(schema.getXKubernetesValidations())
                .flatMap(rules -> rules.stream())
                .map(rule -> said(path, rule));
        var below = Stream.ofNullable(schema.getProperties())
                .flatMap(properties -> properties.entrySet().stream())
                .flatMap(property -> rules(
                        path.isEmpty() ? property.getKey() : path + "." + property.getKey(), property.getValue()));
        return Stream.concat(own, below);
    }

    private static String said(String path, ValidationRule rule) {
        return path + (rule.getFieldPath() == null ? "" : rule.getFieldPath()) + " … " + rule.getMessage();
    }

    private static String messagesOfTheCases() throws IOException {
        try (var files = Files.walk(Path.of("src", "test", "resources", "CrdRules"))) {
            return files.filter(file -> file.endsWith("message.txt"))
                    .map(CrdCasesTest::read)
                    .map(text -> text.replaceAll(": (Forbidden|Required value|Invalid value): (\"[^\"]*\": )?", " … "))
                    .reduce("", String::concat);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
