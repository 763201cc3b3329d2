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

/** Checks that each rule of {@code crds/} has a case of {@link CrdRulesIT}; needs no API server. */
class CrdCasesTest {

    @Test
    void everyRuleHasCaseWithItsMessage() throws IOException {
        var messages = caseMessages();

        var rules = CustomResourceDefinitions.committed().values().stream()
                .map(yaml -> Serialization.unmarshal(yaml, CustomResourceDefinition.class))
                .flatMap(definition -> definition.getSpec().getVersions().stream())
                .flatMap(version -> rules("", version.getSchema().getOpenAPIV3Schema()))
                .toList();

        assertThat(rules).isNotEmpty().allSatisfy(rule -> assertThat(messages).contains(rule));
    }

    /** Returns path and message of each rule, without what the API server prints between them: reason and value. */
    private static Stream<String> rules(String path, JSONSchemaProps schema) {
        var own = Stream.ofNullable(schema.getXKubernetesValidations())
                .flatMap(rules -> rules.stream())
                .map(rule -> pathAndMessage(path, rule));
        var nested = Stream.ofNullable(schema.getProperties())
                .flatMap(properties -> properties.entrySet().stream())
                .flatMap(property -> rules(
                        path.isEmpty() ? property.getKey() : path + "." + property.getKey(), property.getValue()));
        var items = Stream.ofNullable(schema.getItems()).flatMap(list -> rules(path + "[]", list.getSchema()));
        return Stream.of(own, nested, items).flatMap(rules -> rules);
    }

    private static String pathAndMessage(String path, ValidationRule rule) {
        return path + (rule.getFieldPath() == null ? "" : rule.getFieldPath()) + " … " + message(rule);
    }

    /** The message, or the expression for it with three dots instead of what it computes. */
    private static String message(ValidationRule rule) {
        return rule.getMessageExpression() == null
                ? rule.getMessage()
                : rule.getMessageExpression().replaceAll("' \\+ .* \\+ '", "…").replaceAll("^'|'$", "");
    }

    private static String caseMessages() throws IOException {
        try (var files = Files.walk(Path.of("src", "test", "resources", "CrdRules"))) {
            return files.filter(file -> file.endsWith("message.txt"))
                    .map(CrdCasesTest::read)
                    .map(text -> text.replaceAll(": (Forbidden|Required value|Invalid value): (\"[^\"]*\": )?", " … ")
                            .replaceAll(" key \"[^\"]*\"", " key \"…\"")
                            .replaceAll("\\[[0-9]+]", "[]"))
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
