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

/** Generates the text of {@code docs/reference/crd.md} from the custom resource definitions. */
final class CrdReference {
    private CrdReference() {}

    static String text() {
        return """
                <!-- Generated from the custom resource definitions; do not edit. To generate again: %s -->

                # Custom resources

                This document is generated from the schemas in [`crds/`](../../crds). A test keeps the two equal. The command
                `kubectl explain vsr.spec` shows the same texts. The [guide](../guide/request-a-snapshot.md) describes how the fields
                work together. [conditions.md](conditions.md) describes the conditions and their reasons.
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

                        The API server rejects an object that violates one of these rules. A field that cannot be
                        changed is fixed when the object is created.

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
        return "| field | type | default | description |\n|---|---|---|---|\n"
                + rows("", object).map(row -> row + "\n").collect(Collectors.joining());
    }

    private static Stream<String> rows(String prefix, JSONSchemaProps object) {
        var required = Optional.ofNullable(object.getRequired()).orElse(List.of());
        return object.getProperties().entrySet().stream()
                .flatMap(field -> Stream.concat(
                        Stream.of(row(prefix, field, required.contains(field.getKey()))),
                        nestedRows(prefix + field.getKey(), field.getValue())));
    }

    private static Stream<String> nestedRows(String path, JSONSchemaProps schema) {
        if (schema.getItems() != null && schema.getItems().getSchema().getProperties() != null) {
            return nestedRows(path + "[]", schema.getItems().getSchema());
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
                    .map(value -> "`" + value.asText() + "`")
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

    private static void collectRules(String path, JSONSchemaProps schema, List<String> lines) {
        if (schema.getXKubernetesValidations() != null) {
            schema.getXKubernetesValidations()
                    .forEach(rule -> lines.add("- `%s%s`: %s"
                            .formatted(
                                    path, rule.getFieldPath() == null ? "" : rule.getFieldPath(), rule.getMessage())));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, field) -> collectRules(path + "." + name, field, lines));
        }
        if (schema.getItems() != null) {
            collectRules(path + "[]", schema.getItems().getSchema(), lines);
        }
    }

    private static String columns(CustomResourceDefinitionVersion version) {
        return "| column | from | description |\n|---|---|---|\n"
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

                | annotation | set by | effect |
                |---|---|---|
                | `%s` | users | `"true"`: the operator sends no create, delete or update request. It still records what the cloud reports |
                | `%s` | users and tools | any new value: the operator reads the cloud now |
                | `%s` | users | `"true"` on an object that is being deleted: the operator leaves the snapshot in the cloud, records an event and removes the finalizer |
                | `%s` | users | any new value: another create request is allowed after `CreateOutcomeUnknown`. The same value never allows a second one |
                | `%s` | users | `"true"` on a request of a schedule: the retention policy does not delete it |
                | `%s` | the operator | the create intent, recorded before each create request. Do not edit it |
                | `%s` | the operator | the slot of a request of a schedule, in UTC. Do not edit it |

                The labels `%s` (the UID) and `%s` (the name) tell which schedule created a request. Do not edit them.

                The finalizer is `%s`. The operator adds it with the first create intent, or when it
                finds the snapshot of an import. The operator removes it when the cloud has confirmed that no snapshot is
                left, when `deletionPolicy` is `Retain`, or when the user has set `abandon`.
                """.formatted(
                        Api.PAUSED,
                        Api.RECONCILE_REQUESTED_AT,
                        Api.ABANDON,
                        Api.RETRY_CREATE,
                        Api.HOLD,
                        Api.CREATE_INTENT,
                        Api.SLOT,
                        Api.SCHEDULE_UID,
                        Api.SCHEDULE,
                        Api.FINALIZER);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
