/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Generates the files of {@code crds/} from the records of the API. It adds what annotations cannot express: the status
 * before the first reconcile, the schema of conditions and the order of the columns.
 */
public final class CustomResourceDefinitions {
    public static final Path FOLDER = Path.of("crds");

    /** A copy, because Helm reads no files outside a chart. */
    static final Path CHART_FOLDER = Path.of("helm", "evs-snapshot-operator", "files", "crds");

    /** A copy, because kustomize reads no files outside its folder. */
    static final Path KUSTOMIZE_FOLDER = Path.of("deploy", "crd");

    static final String COMMAND = "mvn -Pcrds test";

    private static final List<Class<? extends CustomResource<?, ?>>> RESOURCES = List.of(
            VolumeSnapshotRequest.class,
            EvsConnection.class,
            VolumeSnapshotSchedule.class,
            VolumeSnapshotRestore.class);

    private CustomResourceDefinitions() {}

    /** Returns the contents by file name. */
    static SortedMap<String, String> generated() {
        var files = new TreeMap<String, String>();
        for (var resource : RESOURCES) {
            var output = new InMemory();
            new CRDGenerator()
                    .customResourceClasses(resource)
                    .forCRDVersions("v1")
                    .withOutput(output)
                    .withPostProcessor(postProcessor(resource))
                    .generate();
            output.contents.forEach((name, bytes) -> files.put(name + ".yml", withHeader(bytes)));
        }
        return files;
    }

    static SortedMap<String, String> committed() {
        return committed(FOLDER);
    }

    /** Returns the committed contents of one of the three folders, by file name. */
    public static SortedMap<String, String> committed(Path path) {
        var files = new TreeMap<String, String>();
        try (var folder = Files.list(path)) {
            for (var file : (Iterable<Path>) folder::iterator) {
                if (file.toString().endsWith(".yml")) {
                    files.put(file.getFileName().toString(), Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    static void write() {
        generated().forEach((name, content) -> {
            for (var path : List.of(FOLDER, CHART_FOLDER, KUSTOMIZE_FOLDER)) {
                try {
                    Files.createDirectories(path);
                    Files.writeString(path.resolve(name), content);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private static String withHeader(ByteArrayOutputStream bytes) {
        var yaml = bytes.toString(StandardCharsets.UTF_8);
        return "# Generated from the records of io.snapshotoperator.evs.api; do not edit. To generate again: " + COMMAND
                + "\n"
                + "# SPDX-License-Identifier: Apache-2.0\n"
                + yaml.substring(yaml.indexOf('\n') + 1);
    }

    private static CRDPostProcessor postProcessor(Class<?> resource) {
        return new CRDPostProcessor() {
            @Override
            public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
                var version =
                        ((CustomResourceDefinition) crd).getSpec().getVersions().get(0);
                sortColumns(version, resource);
                completeSchema(version.getSchema().getOpenAPIV3Schema(), resource);
                return crd;
            }
        };
    }

    /** Restores the declared order of the columns, because the generator sorts them by path. */
    private static void sortColumns(CustomResourceDefinitionVersion version, Class<?> resource) {
        var declared = Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        var columns = new ArrayList<>(version.getAdditionalPrinterColumns());
        columns.sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
        version.setAdditionalPrinterColumns(columns);
    }

    private static void completeSchema(JSONSchemaProps schema, Class<?> resource) {
        schema.setDescription(resource.getAnnotation(JsonClassDescription.class).value());
        // If the spec were optional, a user could remove it later and so evade every rule that forbids a change.
        schema.setRequired(List.of("spec"));
        removeDuplicateRules(schema);

        var status = schema.getProperties().get("status");
        status.setDescription("The state of the object. Only the operator writes it.");
        status.getProperties()
                .put(
                        "conditions",
                        conditions(status.getProperties().get("conditions").getDescription()));
        // Tools then read an object as in progress before its first reconcile, without a write by the operator.
        status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", -1));
        schema.getProperties().get("spec").setDescription("What the user asks for.");
    }

    /** Java puts the annotations of a record component on its field and its accessor, and the generator reads both. */
    private static void removeDuplicateRules(JSONSchemaProps schema) {
        if (schema.getXKubernetesValidations() != null) {
            schema.setXKubernetesValidations(new ArrayList<>(
                    schema.getXKubernetesValidations().stream().distinct().toList()));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CustomResourceDefinitions::removeDuplicateRules);
        }
        if (schema.getItems() != null) {
            removeDuplicateRules(schema.getItems().getSchema());
        }
    }

    /** Returns the schema of {@code metav1.Condition}, as its markers define it (k8s.io/apimachinery, meta/v1/types.go). */
    private static JSONSchemaProps conditions(String description) {
        return new JSONSchemaPropsBuilder()
                .withDescription(description)
                .withType("array")
                .withXKubernetesListType("map")
                .withXKubernetesListMapKeys("type")
                .withNewItems()
                .withSchema(new JSONSchemaPropsBuilder()
                        .withType("object")
                        .withRequired("lastTransitionTime", "message", "reason", "status", "type")
                        .withProperties(new TreeMap<>(Map.of(
                                "lastTransitionTime",
                                text("The time of the last change of status (RFC 3339, UTC).")
                                        .withFormat("date-time")
                                        .build(),
                                "message",
                                text("The explanation in sentences: the state, and what to do.")
                                        .withMaxLength(32768L)
                                        .build(),
                                "observedGeneration",
                                new JSONSchemaPropsBuilder()
                                        .withType("integer")
                                        .withFormat("int64")
                                        .withMinimum(0d)
                                        .withDescription("The metadata.generation to which the condition refers.")
                                        .build(),
                                "reason",
                                text("The reason, from a closed list.")
                                        .withMinLength(1L)
                                        .withMaxLength(1024L)
                                        .withPattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
                                        .build(),
                                "status",
                                text("True, False or Unknown.")
                                        .withEnum(Stream.of("True", "False", "Unknown")
                                                .map(JsonNodeFactory.instance::textNode)
                                                .map(JsonNode.class::cast)
                                                .toList())
                                        .build(),
                                "type",
                                text("Ready, Reconciling or Stalled.")
                                        .withMaxLength(316L)
                                        .build())))
                        .build())
                .endItems()
                .build();
    }

    private static JSONSchemaPropsBuilder text(String description) {
        return new JSONSchemaPropsBuilder().withType("string").withDescription(description);
    }

    private static final class InMemory extends AbstractCRDOutput<ByteArrayOutputStream> {
        private final Map<String, ByteArrayOutputStream> contents = new TreeMap<>();

        @Override
        protected ByteArrayOutputStream createStreamFor(String crdName) {
            return contents.computeIfAbsent(crdName, name -> new ByteArrayOutputStream());
        }
    }
}
