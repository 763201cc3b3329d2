/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.snapshotoperator.evs.testing.FluxController;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RealApiServer.Output;
import io.snapshotoperator.evs.testing.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Checks the manifests of {@code deploy/gitops} with a real API server, and tries the quota and the policies there. */
class ManifestsIT {
    private static final Path FOLDER = Path.of("deploy", "gitops");
    private static final Path POLICIES = FOLDER.resolve("policies");
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    @TempDir
    static Path directory;

    private static RealApiServer server;

    @BeforeAll
    static void start() {
        server = RealApiServer.shared(RealApiServer.NEWEST);
        // Those of Argo CD and of Flux's helm-controller. FluxController has the others of Flux.
        succeed("apply", "--server-side", "-f", "src/test/resources/gitops/crds");
        succeed("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
        Stream.of("argocd", "flux-system", "shop", "evs-snapshot-operator")
                .forEach(namespace -> createNamespace(namespace, Map.of()));
    }

    @TestFactory
    Stream<DynamicTest> apiServerAcceptsEveryManifest() throws IOException {
        try (var files = Files.walk(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    // A file of kustomize, and a patch. Other tests check them.
                    .filter(file -> !file.endsWith("kustomization.yaml") && !file.equals(ArgoHealth.PATCH))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(FOLDER.relativize(file).toString(), () -> dryRun(file)))
                    .toList()
                    .stream();
        }
    }

    private static void dryRun(Path file) throws IOException {
        if (Files.readString(file).contains("kustomize.toolkit.fluxcd.io")) {
            FluxController.installCrds(server);
        }
        succeed(
                "apply",
                "--server-side",
                "--dry-run=server",
                "--validate=strict",
                "-n",
                namespaceOf(file),
                "-f",
                file.toString());
    }

    /** That of the manifests. Only those of the application name none. */
    private static String namespaceOf(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("  namespace: "))
                .map(line -> line.substring("  namespace: ".length()))
                .findFirst()
                .orElse("shop");
    }

    @Test
    void apiServerAcceptsWhatKustomizeBuilds() {
        for (var folder : List.of("shop", "shop/snapshot", "shop/app", "flux/operator")) {
            var namespace = folder.startsWith("shop") ? "shop" : "flux-system";
            succeed(
                    "apply",
                    "--server-side",
                    "--dry-run=server",
                    "--validate=strict",
                    "-n",
                    namespace,
                    "-k",
                    FOLDER.resolve(folder).toString());
        }
    }

    @Test
    void patchAddsHealthScriptsAndKeepsOtherSettings() {
        var namespace = freshNamespace(Map.of());
        server.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("argocd-cm")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToData("url", "https://argocd.example.com")
                        .build())
                .create();

        succeed("patch", "configmap", "argocd-cm", "-n", namespace, "--patch-file", ArgoHealth.PATCH.toString());

        var data = server.client()
                .configMaps()
                .inNamespace(namespace)
                .withName("argocd-cm")
                .require()
                .getData();
        var health = "resource.customizations.health.evs.snapshot-operator.io_";
        assertThat(data)
                .containsOnlyKeys(
                        "url",
                        health + "VolumeSnapshotRequest",
                        health + "EvsConnection",
                        health + "VolumeSnapshotSchedule",
                        health + "VolumeSnapshotRestore")
                .containsEntry("url", "https://argocd.example.com");
        var argo = ArgoHealth.ofData(data);
        for (var kind :
                List.of("VolumeSnapshotRequest", "EvsConnection", "VolumeSnapshotSchedule", "VolumeSnapshotRestore")) {
            var object = new ObjectMapper().createObjectNode();
            object.put("apiVersion", "evs.snapshot-operator.io/v1alpha1").put("kind", kind);
            object.putObject("metadata").put("generation", 1);
            assertThat(argo.of(object).status()).isEqualTo("Progressing");
        }
    }

    @Test
    void quotaLimitsObjectsOfEachKind() throws IOException {
        assertThat(server.startControllers("resourcequota-controller"))
                .as("kube-controller-manager is there")
                .isTrue();
        var namespace = freshNamespace(Map.of());
        var quota = Files.readString(POLICIES.resolve("quota.yaml"))
                .replace("namespace: shop", "namespace: " + namespace)
                .replace("\"20\"", "\"1\"")
                .replace("\"5\"", "\"1\"")
                .replace("\"3\"", "\"1\"");
        succeed("apply", "-f", write(quota));
        // The controller computes what is used. Until then nothing is limited.
        Story.eventually().untilAsserted(() -> assertThat(server.client()
                        .resourceQuotas()
                        .inNamespace(namespace)
                        .withName("snapshots")
                        .require()
                        .getStatus()
                        .getUsed())
                .hasSize(4));

        assertThat(create(namespace, request("first", ""))).satisfies(ManifestsIT::succeeded);
        assertThat(create(namespace, request("second", ""))).satisfies(output -> assertThat(rejected(output))
                .contains("exceeded quota: snapshots")
                .contains("requested: count/volumesnapshotrequests.evs.snapshot-operator.io=1")
                .contains("limited: count/volumesnapshotrequests.evs.snapshot-operator.io=1"));
        assertThat(create(namespace, connection("one", "eu-de_a"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(namespace, connection("two", "eu-de_a"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(namespace, connection("three", "eu-de_a"))).satisfies(output -> assertThat(rejected(output))
                .contains("exceeded quota: snapshots")
                .contains("limited: count/evsconnections.evs.snapshot-operator.io=2"));
        assertThat(create(namespace, schedule("one"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(namespace, schedule("two"))).satisfies(output -> assertThat(rejected(output))
                .contains("exceeded quota: snapshots")
                .contains("limited: count/volumesnapshotschedules.evs.snapshot-operator.io=1"));
        assertThat(create(namespace, restore("one"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(namespace, restore("two"))).satisfies(output -> assertThat(rejected(output))
                .contains("exceeded quota: snapshots")
                .contains("limited: count/volumesnapshotrestores.evs.snapshot-operator.io=1"));

        succeed("delete", "vsr", "first", "-n", namespace);
        Story.eventually().untilAsserted(() -> assertThat(create(namespace, request("second", "")))
                .satisfies(ManifestsIT::succeeded));
    }

    @Test
    void policyRequiresRetainInLabeledNamespacesOnly() throws IOException {
        var labeled = freshNamespace(Map.of("snapshots.example.com/keep", "true"));
        var other = freshNamespace(Map.of());
        assertThat(create(labeled, request("older", ""))).satisfies(ManifestsIT::succeeded);
        succeed(
                "patch",
                "vsr",
                "older",
                "-n",
                labeled,
                "--type=merge",
                "-p",
                "{\"metadata\":{\"finalizers\":[\"example.com/f\"]}}");
        install("retain.yaml", labeled, request("probe", ""));

        var message =
                "Requests in the namespace " + labeled + " must keep their snapshots. Set spec.deletionPolicy: Retain.";
        assertThat(create(labeled, request("absent", "")))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        assertThat(create(labeled, request("delete", "deletionPolicy: Delete")))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        assertThat(create(labeled, request("retain", "deletionPolicy: Retain"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(other, request("absent", ""))).satisfies(ManifestsIT::succeeded);
        assertThat(create(labeled, imported("import", ""))).satisfies(ManifestsIT::succeeded);
        assertThat(create(labeled, imported("import-delete", "deletionPolicy: Delete")))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        assertThat(server.kubectl(
                        "patch",
                        "vsr",
                        "retain",
                        "-n",
                        labeled,
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"deletionPolicy\":\"Delete\"}}"))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        // The operator can still release an object from before the policy.
        succeed("delete", "vsr", "older", "-n", labeled, "--wait=false");
        succeed("patch", "vsr", "older", "-n", labeled, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":[]}}");
        assertThat(server.kubectl("get", "vsr", "older", "-n", labeled).err()).contains("NotFound");
    }

    @Test
    void policyBindsConnectionToProjectOfNamespace() throws IOException {
        var labeled = freshNamespace(Map.of("snapshots.example.com/project", "eu-de_a"));
        var other = freshNamespace(Map.of());
        install("connections.yaml", labeled, connection("probe", "eu-de_a"));

        assertThat(create(labeled, connection("another", "eu-de_a"))).satisfies(output -> assertThat(rejected(output))
                .contains("The connection of the namespace " + labeled + " must have the name default."));
        var message = "The connection of the namespace " + labeled
                + " must have spec.projectName: eu-de_a, and no spec.projectId.";
        assertThat(create(labeled, connection("default", "eu-de_b")))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        assertThat(create(
                        labeled,
                        connection("default", "eu-de_a") + "  projectId: \"11111111111111111111111111111111\"\n"))
                .satisfies(output -> assertThat(rejected(output)).contains(message));
        assertThat(create(labeled, connection("default", "eu-de_a"))).satisfies(ManifestsIT::succeeded);
        assertThat(create(other, connection("another", "eu-de_b"))).satisfies(ManifestsIT::succeeded);
    }

    /** Applies a policy, and waits until the API server applies it to a request that it must reject. */
    private static void install(String policy, String namespace, String rejected) throws IOException {
        // As the dry run does, which another test repeats for this file.
        succeed("apply", "--server-side", "-f", POLICIES.resolve(policy).toString());
        var file = write(rejected);
        Story.eventually()
                .until(() -> server.kubectl("create", "--dry-run=server", "-n", namespace, "-f", file)
                                .exit()
                        != 0);
    }

    private static String request(String name, String more) {
        return object("VolumeSnapshotRequest", name, "source: {volumeId: 5aa119a8-d25b-45a7-8d1b-88e127885635}", more);
    }

    private static String imported(String name, String more) {
        return object(
                "VolumeSnapshotRequest", name, "source: {snapshotId: 5aa119a8-d25b-45a7-8d1b-88e127885635}", more);
    }

    private static String connection(String name, String project) {
        return object(
                "EvsConnection",
                name,
                "region: eu-de",
                "projectName: " + project,
                "credentialsSecretRef: {name: evs-credentials}");
    }

    private static String schedule(String name) {
        return object(
                "VolumeSnapshotSchedule",
                name,
                "schedule: 17 3 * * *",
                "timeZone: Europe/Berlin",
                "sources: [{persistentVolumeClaimName: data}]");
    }

    private static String restore(String name) {
        return object("VolumeSnapshotRestore", name, "requestRef: {name: before}");
    }

    private static String object(String kind, String name, String... spec) {
        var text = new StringBuilder("apiVersion: evs.snapshot-operator.io/v1alpha1\nkind: " + kind
                + "\nmetadata:\n  name: " + name + "\nspec:\n");
        for (var line : spec) {
            text.append("  ").append(line).append('\n');
        }
        return text.toString();
    }

    private static Output create(String namespace, String manifest) throws IOException {
        return server.kubectl("create", "-n", namespace, "-f", write(manifest));
    }

    private static String rejected(Output output) {
        assertThat(output.exit()).isNotZero();
        assertThat(output.out()).isEmpty();
        return output.err();
    }

    private static void succeeded(Output output) {
        assertThat(output.err()).isEmpty();
        assertThat(output.exit()).isZero();
    }

    private static void succeed(String... arguments) {
        assertThat(server.kubectl(arguments)).satisfies(ManifestsIT::succeeded);
    }

    private static String write(String manifest) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "manifest", ".yaml"), manifest)
                .toString();
    }

    private static String freshNamespace(Map<String, String> labels) {
        return createNamespace("gitops-" + NAMESPACES.incrementAndGet(), labels);
    }

    private static String createNamespace(String name, Map<String, String> labels) {
        server.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .createOr(existing -> existing.update());
        return name;
    }
}
