/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.FluxController;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import io.snapshotoperator.evs.testing.VolumeController;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real kustomize-controller of Flux applies requests and connections, waits for them and prunes them, as the service account
 * {@code flux} of the namespace with the roles of {@code deploy/gitops/flux/shop.yaml}.
 */
class FluxIT {
    private static final Path GITOPS = Path.of("deploy", "gitops");
    private static final ObjectMapper JSON = new ObjectMapper();

    // The built-in role edit has rules only if this controller runs.
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer("clusterrole-aggregation-controller");

    private static FluxController flux;
    private static GitSource git;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws IOException {
        flux = FluxController.start(stories.server());
        git = new GitSource(stories.server());
        // The roles for users, which the chart creates.
        for (var manifest :
                Files.readString(Path.of("deploy", "operator", "operator.yaml")).split("(?m)^---$")) {
            if (manifest.matches("(?s).*kind: ClusterRole\\s.*name: evs-snapshot-operator-(edit|admin)\\s.*")) {
                kubectlApply(manifest);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (git != null) {
            git.close();
        }
        if (flux != null) {
            flux.close();
            // Other classes on the same server create roles with these names.
            kubectl("delete", "clusterrole", "evs-snapshot-operator-edit", "evs-snapshot-operator-admin");
        }
    }

    @Test
    void appliesApplicationOnlyWhenItsSnapshotIsAvailable() throws IOException {
        var volume = volumeId("flux-claim");
        var story = stories.begin(cloud().volume(Volume.inUse(volume)).snapshotTakes(Duration.ofSeconds(3)));
        var namespace = story.namespace();
        createClaim(namespace, volume);
        kubectlApply(Files.readString(GITOPS.resolve("flux/shop.yaml"))
                .replaceAll("(?m)(namespace|targetNamespace): shop$", "$1: " + namespace));
        git.publish(namespace, "shop", filesOf(GITOPS.resolve("shop")));

        story.awaitReason("before-18-1", CommonReason.WaitingForClaim);
        awaitReason(namespace, "shop", "DependencyNotReady");
        assertThat(isReady(namespace, "shop-snapshot")).isFalse();
        assertThat(applicationCreated(namespace)).isEmpty();
        VolumeController.bind(story.kubernetes(), namespace, "data-postgres-0");

        slowly().untilAsserted(() -> {
            // In this order: the application must not be there before the snapshot.
            var application = applicationCreated(namespace);
            var snapshot = story.status("before-18-1").snapshotStatus();
            assertThat(application.isEmpty() || "available".equals(snapshot))
                    .as("the snapshot is " + snapshot)
                    .isTrue();
            assertThat(application).isPresent();
        });
        assertThat(isReady(namespace, "shop-snapshot")).isTrue();
        assertThat(applicationCreated(namespace).orElseThrow())
                .isAfterOrEqualTo(Instant.parse(story.status("before-18-1").readyAt()));
        story.assertExactlyOne("before-18-1");
    }

    @Test
    void isReadyOnlyWhenAllRequestsAre() {
        var story = stories.begin(
                cloud().volume(Volume.available(volumeId("second")).withSnapshotTakes(Duration.ofSeconds(8))));
        begin(
                story.namespace(),
                Map.of(
                        "fast.yaml", request("fast", ofVolume(VOLUME).build()),
                        "slow.yaml",
                                request("slow", ofVolume(volumeId("second")).build())));

        story.awaitReady("fast");
        assertThat(isReady(story.namespace(), "team")).isFalse();
        awaitReady(story.namespace());

        assertThat(story.status("slow").snapshotStatus()).isEqualTo("available");
        assertThat(readyCondition(story.namespace(), "team").path("reason").asText())
                .isEqualTo("ReconciliationSucceeded");
    }

    @Test
    void writesNothingWhileNothingChanges() {
        var team = stories.team(cloud(), directory);
        team.writeAccessKey();
        var story = stories.begin(cloud(), settings(team));
        var files = Map.of(
                "connection.yaml", connection("default", team),
                "nightly.yaml", ofTeam("nightly"));
        begin(team.namespace(), files);
        awaitReady(team.namespace());
        var before = versions(team);
        var calls = team.cloud().callLog().count(Operation.CREATE);

        try (var recorder = new StatusRecorder(story.kubernetes(), "VolumeSnapshotRequest", team.namespace())) {
            for (var i = 0; i < 3; i++) {
                reconcile(team.namespace());
            }
            var revision = publish(team.namespace(), with(files, "README.md", "A commit that changes no manifest."));
            slowly().untilAsserted(() -> assertThat(kustomization(team.namespace(), "team")
                            .at("/status/lastAppliedRevision")
                            .asText())
                    .isEqualTo(revision));
            reconcile(team.namespace());

            assertThat(recorder.of("nightly"))
                    .as("the version that existed, and no other")
                    .hasSize(1);
        }
        assertThat(versions(team)).isEqualTo(before);
        assertThat(team.cloud().callLog().count(Operation.CREATE))
                .isEqualTo(calls)
                .isEqualTo(1);
    }

    @Test
    void failsWithinSecondsWhenRequestCannotSucceed() {
        var story = stories.begin();
        begin(
                story.namespace(),
                Map.of(
                        "good.yaml", request("good", ofVolume(VOLUME).build()),
                        "hopeless.yaml",
                                request(
                                        "hopeless",
                                        ofVolume(volumeId("no such volume")).build())));
        story.awaitReason("hopeless", CommonReason.VolumeNotFound);
        var stalled = Instant.now();

        awaitReason(story.namespace(), "team", "HealthCheckFailed");
        // Flux looks at the objects every five seconds. The timeout of the Kustomization is ten minutes.
        assertThat(Duration.between(stalled, Instant.now())).isLessThan(Duration.ofSeconds(30));
        assertThat(readyCondition(story.namespace(), "team").path("message").asText())
                .contains("hopeless", "'Failed'");

        publish(
                story.namespace(),
                Map.of("good.yaml", request("good", ofVolume(VOLUME).build())));
        awaitReady(story.namespace());
        story.awaitGone("hopeless");
        story.assertExactlyOne("good");
    }

    @Test
    void prunesObjectAndSnapshotUnlessItIsRetained() {
        var story = stories.begin(cloud().volume(Volume.available(volumeId("second"))));
        begin(
                story.namespace(),
                Map.of(
                        "deleted.yaml",
                        request("deleted", ofVolume(VOLUME).build()),
                        "retained.yaml",
                        request(
                                "retained",
                                ofVolume(volumeId("second"))
                                        .onDeletion(DeletionPolicy.Retain)
                                        .build())));
        awaitReady(story.namespace());
        var retained = story.status("retained").snapshotId();

        publish(story.namespace(), Map.of());

        story.awaitGone("deleted");
        story.awaitGone("retained");
        assertThat(story.cloud().snapshots().living()).singleElement().satisfies(snapshot -> assertThat(snapshot.id())
                .isEqualTo(retained));
        awaitReady(story.namespace());
    }

    @Test
    void deletesOldSnapshotBeforeNewOneIsAvailable() {
        var story = stories.begin(
                cloud().volume(Volume.available(volumeId("second")).withSnapshotTakes(Duration.ofSeconds(15))));
        begin(
                story.namespace(),
                Map.of("old.yaml", request("old", ofVolume(VOLUME).build())));
        awaitReady(story.namespace());

        publish(
                story.namespace(),
                Map.of("new.yaml", request("new", ofVolume(volumeId("second")).build())));
        story.awaitGone("old");

        assertThat(story.awaitReason("new", SnapshotReason.WaitingForCloud).snapshotStatus())
                .isEqualTo("creating");
        assertThat(isReady(story.namespace(), "team")).isFalse();
        awaitReady(story.namespace());
    }

    @Test
    void keepsTenantsApart() {
        var a = stories.team(cloud().project("11111111111111111111111111111111", "project-a"), directory);
        var b = stories.team(cloud().project("22222222222222222222222222222222", "project-b"), directory);
        a.writeAccessKey();
        b.writePassword("wrong");
        stories.begin(cloud(), settings(a, b));
        for (var team : List.of(a, b)) {
            begin(
                    team.namespace(),
                    Map.of(
                            "connection.yaml", connection("default", team),
                            "nightly.yaml", ofTeam("nightly")));
        }

        awaitReady(a.namespace());
        b.awaitConnection("default", CommonReason.NotAuthorized);
        awaitReason(b.namespace(), "team", "HealthCheckFailed");
        assertThat(readyCondition(b.namespace(), "team").path("message").asText())
                .contains("EvsConnection");
        assertThat(isReady(a.namespace(), "team")).isTrue();
        b.writePassword();
        b.awaitConnection("default", ConnectionReason.ConnectionReady);
        reconcile(b.namespace());
        awaitReady(b.namespace());
        assertThat(List.of(a, b))
                .allSatisfy(team ->
                        assertThat(team.cloud().callLog().createsActedOn()).hasSize(1));

        var intruder = ofTeam("intruder").replace("NAMESPACE", b.namespace());
        publish(a.namespace(), Map.of("connection.yaml", connection("default", a), "intruder.yaml", intruder));
        awaitReason(a.namespace(), "team", "ReconciliationFailed");
        assertThat(readyCondition(a.namespace(), "team").path("message").asText())
                .contains("intruder", "forbidden");
        assertThat(b.findRequest("intruder")).isEmpty();

        publish(a.namespace(), Map.of());
        slowly().untilAsserted(() -> {
            assertThat(a.findRequest("nightly")).isEmpty();
            assertThat(a.connection("default")).isEmpty();
        });
        assertThat(a.cloud().snapshots().living()).isEmpty();
        assertThat(b.cloud().snapshots().living()).hasSize(1);
        assertThat(isReady(b.namespace(), "team")).isTrue();
    }

    @Test
    void deletesEverythingWithTheKustomization() {
        var team = stories.team(cloud(), directory);
        team.writeAccessKey();
        stories.begin(cloud(), settings(team));
        begin(
                team.namespace(),
                Map.of(
                        "connection.yaml", connection("default", team),
                        "nightly.yaml", ofTeam("nightly")));
        awaitReady(team.namespace());

        kubectl("delete", "kustomization.kustomize.toolkit.fluxcd.io", "team", "-n", team.namespace(), "--timeout=60s");

        slowly().untilAsserted(() -> {
            assertThat(team.findRequest("nightly")).isEmpty();
            assertThat(team.connection("default")).isEmpty();
        });
        assertThat(team.cloud().snapshots().living()).isEmpty();
    }

    private static Map<String, String> settings(Team... teams) {
        return Map.of(
                "evs.namespaces",
                Arrays.stream(teams).map(Team::namespace).collect(Collectors.joining(",")),
                "evs.connections.hosts",
                "127.0.0.1",
                "evs.connections.private-addresses",
                "true");
    }

    /** A repository with these files, and a Kustomization {@code team} that applies them as the service account {@code flux}. */
    private static void begin(String namespace, Map<String, String> files) {
        kubectlApply("""
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: GitRepository
                metadata: {name: team, namespace: NAMESPACE}
                spec: {interval: 1h, url: "https://git.example.com/team.git"}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: flux, namespace: NAMESPACE}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: flux-snapshots, namespace: NAMESPACE}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: evs-snapshot-operator-edit}
                subjects: [{kind: ServiceAccount, name: flux, namespace: NAMESPACE}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: flux-edit, namespace: NAMESPACE}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                subjects: [{kind: ServiceAccount, name: flux, namespace: NAMESPACE}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: flux-connections, namespace: NAMESPACE}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: evs-snapshot-operator-admin}
                subjects: [{kind: ServiceAccount, name: flux, namespace: NAMESPACE}]
                ---
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: team, namespace: NAMESPACE}
                spec:
                  interval: 1h
                  retryInterval: 1h
                  timeout: 10m
                  sourceRef: {kind: GitRepository, name: team}
                  path: ./manifests
                  serviceAccountName: flux
                  prune: true
                  wait: true
                """.replace("NAMESPACE", namespace));
        publish(namespace, files);
    }

    /** Publishes these files, and a ConfigMap, because Flux rejects a folder without manifests. */
    private static String publish(String namespace, Map<String, String> files) {
        var revision = new HashMap<String, String>();
        files.forEach((name, content) -> revision.put("manifests/" + name, content.replace("NAMESPACE", namespace)));
        revision.put("manifests/team.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: team, namespace: %s}
                """.formatted(namespace));
        return git.publish(namespace, "team", revision);
    }

    private static Map<String, String> with(Map<String, String> files, String name, String content) {
        var more = new HashMap<>(files);
        more.put(name, content);
        return more;
    }

    private static String request(String name, VolumeSnapshotRequestSpec spec) {
        return """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRequest
                metadata:
                  name: %s
                  namespace: NAMESPACE
                spec: %s
                """.formatted(name, json(spec));
    }

    /** Names its connection, because Flux applies both at once. */
    private static String ofTeam(String name) {
        return request(name, ofVolume(VOLUME).connection("default").build());
    }

    private static String connection(String name, Team team) {
        return """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: EvsConnection
                metadata:
                  name: %s
                  namespace: NAMESPACE
                spec: %s
                """.formatted(name, json(team.spec().build()));
    }

    private static String json(Object spec) {
        return Serialization.asJson(spec);
    }

    /** Lets Flux reconcile now, and waits until it has. */
    private static void reconcile(String namespace) {
        var token = UUID.randomUUID().toString();
        kubectl(
                "annotate",
                "--overwrite",
                "kustomization.kustomize.toolkit.fluxcd.io",
                "team",
                "-n",
                namespace,
                "reconcile.fluxcd.io/requestedAt=" + token);
        slowly().untilAsserted(() -> {
            var kustomization = kustomization(namespace, "team");
            assertThat(kustomization.at("/status/lastHandledReconcileAt").asText())
                    .isEqualTo(token);
            assertThat(conditions(kustomization).get("Reconciling")).isNull();
        });
    }

    private static void awaitReady(String namespace) {
        slowly().untilAsserted(() -> {
            var kustomization = kustomization(namespace, "team");
            // Before its first reconcile it has no condition.
            assertThat(conditions(kustomization)
                            .getOrDefault("Ready", JSON.createObjectNode())
                            .path("status")
                            .asText())
                    .as(kustomization.path("status").toString())
                    .isEqualTo("True");
            assertThat(kustomization.at("/status/lastAppliedRevision"))
                    .isEqualTo(kustomization.at("/status/lastAttemptedRevision"));
        });
    }

    private static void awaitReason(String namespace, String name, String reason) {
        slowly().untilAsserted(() -> assertThat(
                        readyCondition(namespace, name).path("reason").asText())
                .as(kustomization(namespace, name).path("status").toString())
                .isEqualTo(reason));
    }

    private static boolean isReady(String namespace, String name) {
        return readyCondition(namespace, name).path("status").asText().equals("True");
    }

    private static JsonNode readyCondition(String namespace, String name) {
        return conditions(kustomization(namespace, name)).getOrDefault("Ready", JSON.createObjectNode());
    }

    private static Map<String, JsonNode> conditions(JsonNode object) {
        var conditions = new HashMap<String, JsonNode>();
        object.at("/status/conditions")
                .forEach(condition -> conditions.put(condition.path("type").asText(), condition));
        return conditions;
    }

    private static JsonNode kustomization(String namespace, String name) {
        return JSON.valueToTree(stories.server()
                .client()
                .genericKubernetesResources("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
                .inNamespace(namespace)
                .withName(name)
                .require());
    }

    /** Flux reconciles in steps of seconds, and the machine may be busy. */
    private static ConditionFactory slowly() {
        return Story.eventually().atMost(Duration.ofSeconds(90));
    }

    /** The resource versions of the objects that Flux applies. */
    private static Map<String, String> versions(Team team) {
        return Map.of(
                "request",
                team.findRequest("nightly").orElseThrow().getMetadata().getResourceVersion(),
                "connection",
                team.connection("default").orElseThrow().getMetadata().getResourceVersion());
    }

    /** When the StatefulSet of the sample was created; empty if it does not exist. */
    private static Optional<Instant> applicationCreated(String namespace) {
        return Optional.ofNullable(stories.server()
                        .client()
                        .apps()
                        .statefulSets()
                        .inNamespace(namespace)
                        .withName("postgres")
                        .get())
                .map(application -> Instant.parse(application.getMetadata().getCreationTimestamp()));
    }

    private static void createClaim(String namespace, String volume) {
        kubectlApply(
                """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: PV}
                spec:
                  accessModes: [ReadWriteOnce]
                  capacity: {storage: 20Gi}
                  csi: {driver: disk.csi.everest.io, volumeHandle: VOLUME}
                  storageClassName: ""
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data-postgres-0, namespace: NAMESPACE}
                spec:
                  accessModes: [ReadWriteOnce]
                  resources: {requests: {storage: 20Gi}}
                  storageClassName: ""
                  volumeName: PV
                """.replace("PV", "pv-" + namespace).replace("VOLUME", volume).replace("NAMESPACE", namespace));
    }

    /** The files of a folder by their paths in the repository. */
    private static Map<String, String> filesOf(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            var content = new HashMap<String, String>();
            for (var file : files.filter(Files::isRegularFile).toList()) {
                content.put(file.toString(), Files.readString(file));
            }
            return content;
        }
    }

    private static void kubectlApply(String manifests) {
        try {
            var file = Files.createTempFile(stories.server().folder(), "manifests", ".yaml");
            Files.writeString(file, manifests);
            kubectl("apply", "-f", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void kubectl(String... arguments) {
        var output = stories.server().kubectl(arguments);
        assertThat(output.exit()).as(output.err()).isZero();
    }
}
