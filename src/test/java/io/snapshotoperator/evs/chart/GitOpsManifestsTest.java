/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The manifests of {@code deploy/gitops} fit to the repository: their paths exist, the chart accepts their values, and the names
 * are those of the chart. {@code ManifestsIT} checks their schemas.
 */
class GitOpsManifestsTest {
    private static final Path FOLDER = Path.of("deploy", "gitops");

    @Test
    void pathsExistInRepository() {
        var paths = all().flatMap(manifest -> Stream.of(
                        manifest.at("/spec/path"),
                        manifest.at("/spec/source/path"),
                        manifest.at("/spec/chart/spec/chart")))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();

        assertThat(paths).hasSizeGreaterThanOrEqualTo(6).allSatisfy(path -> assertThat(Path.of(path))
                .isDirectory());
    }

    @Test
    void sourcesAndDependenciesExist() {
        var names = all().map(manifest -> kindOf(manifest) + "/" + namespaceOf(manifest) + "/" + nameOf(manifest))
                .toList();

        assertThat(ofKind("Kustomization", "kustomize.toolkit.fluxcd.io/v1"))
                .hasSize(3)
                .allSatisfy(kustomization -> {
                    var source = kustomization.at("/spec/sourceRef/name").asText();
                    assertThat(names).contains("GitRepository/" + namespaceOf(kustomization) + "/" + source);
                    kustomization.at("/spec/dependsOn").forEach(needed -> assertThat(names)
                            .contains("Kustomization/" + namespaceOf(kustomization) + "/"
                                    + needed.path("name").asText()));
                });
    }

    @Test
    void chartAcceptsValuesOfArgoAndFlux() {
        var argo = ofKind("Application", "argoproj.io/v1alpha1").stream()
                .filter(application -> application.at("/spec/source/helm").isObject())
                .toList();
        var flux = ofKind("HelmRelease", "helm.toolkit.fluxcd.io/v2");
        assertThat(argo).hasSize(1);
        assertThat(flux).hasSize(1);

        var byArgo = render(argo.get(0), "/spec/source/helm", "/spec/destination/namespace", "valuesObject");
        var byFlux = render(flux.get(0), "/spec", "/spec/targetNamespace", "values");

        assertThat(Chart.of(Deployment.class, byArgo)).hasSize(1);
        assertThat(byArgo).as("both install the same").isEqualTo(byFlux);
    }

    @Test
    void healthChecksNameObjectsOfRelease() {
        var kustomization = ofKind("Kustomization", "kustomize.toolkit.fluxcd.io/v1").stream()
                .filter(candidate -> candidate.at("/spec/healthChecks").isArray())
                .findFirst()
                .orElseThrow();
        var release = ofKind("HelmRelease", "helm.toolkit.fluxcd.io/v2").get(0);
        var deployment = Chart.of(Deployment.class, render(release, "/spec", "/spec/targetNamespace", "values"))
                .get(0)
                .getMetadata();

        assertThat(StreamSupport.stream(kustomization.at("/spec/healthChecks").spliterator(), false))
                .extracting(
                        check -> check.path("kind").asText(),
                        check -> check.path("namespace").asText(),
                        check -> check.path("name").asText())
                .containsExactly(
                        tuple("HelmRelease", namespaceOf(release), nameOf(release)),
                        tuple("Deployment", deployment.getNamespace(), deployment.getName()));
    }

    @Test
    void rolesOfServiceAccountAreThoseOfChart() {
        var roles = Chart.of(ClusterRole.class, Chart.objects(Chart.MINIMAL)).stream()
                .map(role -> role.getMetadata().getName())
                .toList();

        assertThat(ofKind("RoleBinding", "rbac.authorization.k8s.io/v1"))
                .extracting(binding -> binding.at("/roleRef/name").asText())
                .filteredOn(name -> name.startsWith("evs-"))
                .isNotEmpty()
                .isSubsetOf(roles);
    }

    private static List<HasMetadata> render(JsonNode manifest, String release, String namespace, String values) {
        return Chart.parse(Chart.render(
                manifest.at(release).path("releaseName").asText(),
                manifest.at(namespace).asText(),
                Chart.yaml(manifest.at(release).path(values))));
    }

    private static List<JsonNode> ofKind(String kind, String apiVersion) {
        return all().filter(manifest -> kindOf(manifest).equals(kind)
                        && manifest.path("apiVersion").asText().equals(apiVersion))
                .toList();
    }

    private static String kindOf(JsonNode manifest) {
        return manifest.path("kind").asText();
    }

    private static String nameOf(JsonNode manifest) {
        return manifest.at("/metadata/name").asText();
    }

    private static String namespaceOf(JsonNode manifest) {
        return manifest.at("/metadata/namespace").asText();
    }

    private static Stream<JsonNode> all() {
        try (var files = Files.walk(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .flatMap(GitOpsManifestsTest::documents)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> documents(Path file) {
        try {
            return Stream.of(Files.readString(file).split("(?m)^---$")).map(Chart::tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
