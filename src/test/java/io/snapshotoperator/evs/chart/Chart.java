/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Renders the chart with Helm 3 in this JVM. Needs no cluster and no helm binary. */
public final class Chart {
    static final Path FOLDER = Path.of("helm", "evs-snapshot-operator");

    /** The minimal values of an installation. */
    public static final String MINIMAL = """
            image: {repository: registry.example.com/evs}
            settings: {connection: {region: eu-de}}
            credentials: {existingSecret: evs}
            """;

    private Chart() {}

    /** Renders the manifests. Throws {@link IllegalStateException} with the message of Helm if it rejects the values. */
    static String render(String release, String namespace, String values) {
        try {
            var file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values);
                return new Helm(FOLDER)
                        .template()
                        .withName(release)
                        .withNamespace(namespace)
                        .withKubeVersion("1.34.0")
                        .withValuesFile(file)
                        .call();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what {@code helm install} prints for the user at its end. */
    static String notes(String values) {
        try {
            var file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values);
                var printed = new Helm(FOLDER)
                        .install()
                        .withName("evs-snapshot-operator")
                        .withNamespace("evs-system")
                        .withKubeVersion("1.34.0")
                        .withValuesFile(file)
                        .clientOnly()
                        .dryRun()
                        .withDryRunOption(DryRun.CLIENT)
                        .call()
                        .getOutput();
                return printed.substring(printed.indexOf("NOTES:\n") + "NOTES:\n".length());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<HasMetadata> objects(String values) {
        return parse(render("evs-snapshot-operator", "evs-system", values));
    }

    static List<HasMetadata> parse(String manifests) {
        var yaml = new KubernetesSerialization();
        return Stream.of(manifests.split("(?m)^---$"))
                .filter(document -> document.contains("apiVersion:"))
                .map(document -> yaml.<HasMetadata>unmarshal(document))
                .toList();
    }

    public static <T extends HasMetadata> List<T> of(Class<T> kind, List<HasMetadata> objects) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static JsonNode schema() {
        return tree(FOLDER.resolve("values.schema.json"));
    }

    static JsonNode description() {
        return tree(FOLDER.resolve("Chart.yaml"));
    }

    /** Reads a file in YAML or JSON. */
    static JsonNode tree(Path file) {
        try {
            return tree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads YAML or JSON. */
    static JsonNode tree(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String yaml(Object tree) {
        try {
            return new YAMLMapper().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
