/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text of {@code docs/reference/crd.md}, made from the custom resource definitions. */
final class CrdReference {
    private CrdReference() {}

    static String text() {
        return """
                <!-- Generated from the custom resource definitions; do not edit. To write anew: %s -->

                # Custom resources

                What follows is made from the schemas of [`crds/`](../../crds), and a test keeps the two equal. The same texts
                are shown by `kubectl explain vsr.spec`. How the fields work together is told in the
                [guide](../guide/request-a-snapshot.md); what the conditions say, in [conditions.md](conditions.md).
                """.formatted(CustomResourceDefinitions.COMMAND)
                + CustomResourceDefinitions.generated().values().stream()
                        .map(yaml -> Serialization.unmarshal(yaml, CustomResourceDefinition.class))
                        .map(CrdReference::resource)
                        .collect(Collectors.joining())
                + annotations();
    }

    private static String resource(CustomResourceDefinition definition) {
        var names = definition.getSpec().getNames();
        return definition.getSpec().getVersions().stream()
                .map(version -> """

                        ## %s

                        `apiVersion: %s/%s`, `kind: %s`; %s. Short name `%s`, category %s.

                        %s

                        ### Spec

                        %s
                        ### Rules

                        The API server refuses what breaks one of these; "cannot be changed" holds from creation on.

                        %s
                        ### Status

                        %s
                        ### Columns of kubectl get

                        %s""".formatted(
                                names.getKind(),
                                definition.getSpec().getGroup(),
                                version.getName(),
                                names.getKind(),
                                definition.getSpec().getScope().equals("Namespaced") ? "namespaced" : "cluster-wide",
                                String.join("`, `", names.getShortNames()),
                                names.getCategories().stream()
                                        .map(category -> "`" + category + "`")
                                        .collect(Collectors.joining(", ")),
                                root(version).getDescription(),
                                fields(root(version).getProperties().get("spec")),
                                rules(root(version).getProperties().get("spec")),
                                fields(root(version).getProperties().get("status")),
                                columns(version)))
                .collect(Collectors.joining());
    }

    private static JSONSchemaProps root(CustomResourceDefinitionVersion version) {
        return version.getSchema().getOpenAPIV3Schema();
    }

    private static String fields(JSONSchemaProps object) {
        return "| field | type | default | what it is |\n|---|---|---|---|\n"
                + rows("", object).map(row -> row + "\n").collect(Collectors.joining());
    }

    private static Stream<String> rows(String prefix, JSONSchemaProps object) {
        var required = Optional.ofNullable(object.getRequired()).orElse(List.of());
        return object.getProperties().entrySet().stream()
                .flatMap(field -> Stream.concat(
                        Stream.of(row(prefix, field, required.contains(field.getKey()))),
                        below(prefix + field.getKey(), field.getValue())));
    }

    private static Stream<String> below(String path, JSONSchemaProps schema) {
        if (schema.getItems() != null && schema.getItems().getSchema().getProperties() != null) {
            return below(path + "[]", schema.getItems().getSchema());
        }
        return Optional.ofNullable(schema.getProperties()).filter(properties -> !properties.isEmpty()).stream()
                .flatMap(properties -> rows(path + ".", schema));
    }

    private static String row(String prefix, Map.Entry<String, JSONSchemaProps> field, boolean required) {
        var schema = field.getValue();
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        prefix + field.getKey(),
                        type(schema) + (required ? ", required" : ""),
                        schema.getDefault() == null
                                ? ""
                                : "`" + schema.getDefault().asText() + "`",
                        cell(schema.getDescription()));
    }

    private static String type(JSONSchemaProps schema) {
        if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
            return schema.getEnum().stream()
                    .map(word -> "`" + word.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        if (schema.getAdditionalProperties() != null) {
            return "map of strings";
        }
        return schema.getType().equals("array")
                ? "list of " + type(schema.getItems().getSchema()) + "s"
                : schema.getType();
    }

    private static String rules(JSONSchemaProps spec) {
        var lines = new ArrayList<String>();
        collectRules("spec", spec, lines);
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static void collectRules(String path, JSONSchemaProps schema, List<String> into) {
        if (schema.getXKubernetesValidations() != null) {
            schema.getXKubernetesValidations()
                    .forEach(rule -> into.add("- `%s%s`: %s"
                            .formatted(
                                    path, rule.getFieldPath() == null ? "" : rule.getFieldPath(), rule.getMessage())));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, field) -> collectRules(path + "." + name, field, into));
        }
    }

    private static String columns(CustomResourceDefinitionVersion version) {
        return "| column | from | what it is |\n|---|---|---|\n"
                + version.getAdditionalPrinterColumns().stream()
                        .map(CrdReference::column)
                        .collect(Collectors.joining());
    }

    private static String column(CustomResourceColumnDefinition column) {
        return "| %s%s | `%s` | %s |\n"
                .formatted(
                        column.getName(),
                        column.getPriority() != null && column.getPriority() > 0 ? " (with `-o wide`)" : "",
                        column.getJsonPath(),
                        cell(Optional.ofNullable(column.getDescription()).orElse("")));
    }

    private static String annotations() {
        return """

                ## Annotations

                | annotation | written by | what it does |
                |---|---|---|
                | `%s` | people | `"true"`: no order goes to the cloud; the state is still shown |
                | `%s` | people and tools | any new value: look at the cloud now |
                | `%s` | people | `"true"` on an object that is being deleted: leave the snapshot, say so, let go |
                | `%s` | people | any value: the deliberate answer to `CreateOutcomeUnknown`; the same value never orders twice |
                | `%s` | the operator | what it is about to order, written before each order; leave it alone |

                The finalizer is `%s`. It is put on with the first intent, or when an import is taken up, and goes when the cloud
                has confirmed that nothing is left, when the policy says retain, or when a person said forget.
                """.formatted(
                        Api.PAUSED,
                        Api.RECONCILE_REQUESTED_AT,
                        Api.ABANDON,
                        Api.RETRY_CREATE,
                        Api.CREATE_INTENT,
                        Api.FINALIZER);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
