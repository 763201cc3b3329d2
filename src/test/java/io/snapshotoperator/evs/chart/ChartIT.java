/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.testing.Kubelet;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.VolumeController;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart as an administrator uses it. The real {@code helm} installs it into a namespace that enforces the restricted pod
 * security, on a real API server, and the real controllers create the pods. The packaged program runs with exactly what its
 * pod describes, as its service account. The methods are the steps of the lifecycle of one installation, in this order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChartIT {
    private static final Path SAMPLES = Path.of("deploy", "samples");
    private static final Pattern EXPECT = Pattern.compile("(?m)^# expect: (\\w+)$");
    private static final Pattern SIMULATOR_AT = Pattern.compile("EVS simulator at (http://\\S+?),");
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    private static final String SYSTEM = "evs-system";
    private static final String APPS = "apps";
    private static final String DEFINITION = "volumesnapshotrequests.evs.snapshot-operator.io";

    /**
     * Rights that the chart grants and that this test does not always use: a read after a write conflict, and the request at a slot of
     * a schedule, for which it would have to wait.
     */
    private static final Set<String> RARELY_USED = Set.of(
            "evs.snapshot-operator.io/volumesnapshotrequests get",
            "evs.snapshot-operator.io/volumesnapshotrequests create",
            "evs.snapshot-operator.io/volumesnapshotrestores get");

    @TempDir
    static Path folder;

    private static RealApiServer server;
    private static Path audit;
    private static OperatorProcess simulator;
    private static URI cloud;
    private static OperatorProcess operator;
    private static final Map<String, String> expected = new HashMap<>();

    /** Lines of the audit log from the stop of an operator whose rights were already removed. */
    private static final Set<Integer> ignoredLines = new HashSet<>();

    @BeforeAll
    static void start() throws IOException {
        var policy = Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                  - level: Metadata
                    userGroups: ["system:serviceaccounts"]
                  - level: None
                """);
        audit = folder.resolve("audit.log");
        var builder = RealApiServer.of(RealApiServer.NEWEST)
                .flag("--audit-policy-file", policy)
                .flag("--audit-log-path", audit);
        server = builder.start();
        server.helm("version");
        Assumptions.assumeTrue(
                server.startControllers(
                        "deployment-controller",
                        "replicaset-controller",
                        "serviceaccount-controller",
                        "clusterrole-aggregation-controller"),
                "skipped: there is no kube-controller-manager");
        namespace(SYSTEM, Map.of("pod-security.kubernetes.io/enforce", "restricted"));
        namespace(APPS, Map.of());
    }

    @AfterAll
    static void stop() {
        Stream.of(operator, simulator).filter(running -> running != null).forEach(OperatorProcess::close);
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Order(1)
    void rejectsInvalidValuesBeforeCreatingAnything() {
        var rejected = server.helm("install", "evs", chart(), "-n", SYSTEM, "--set", "settings.conection.region=eu-de");

        assertThat(rejected.exit()).isNotZero();
        assertThat(rejected.err()).contains("conection");
        assertThat(server.client().secrets().inNamespace(SYSTEM).list().getItems())
                .isEmpty();
    }

    @Test
    @Order(2)
    void rejectsServerWithoutAdmissionPoliciesUnlessDisabled() {
        var minimal = "image.repository=evs,settings.connection.region=eu-de,credentials.existingSecret=evs";
        var template = List.of("template", "evs", chart(), "--kube-version=1.34.0", "--api-versions=v1/Pod", "--set");

        var rejected =
                server.helm(Stream.concat(template.stream(), Stream.of(minimal)).toArray(String[]::new));
        var disabled =
                server.helm(Stream.concat(template.stream(), Stream.of(minimal + ",admissionPolicy.enabled=false"))
                        .toArray(String[]::new));

        assertThat(rejected.err()).contains("Set admissionPolicy.enabled=false");
        assertThat(rejected.exit()).isNotZero();
        assertThat(disabled.exit()).isZero();
    }

    @Test
    @Order(3)
    void installsWithSimulatorUnderRestrictedPodSecurity() throws IOException {
        var values = Files.writeString(
                folder.resolve("values.yaml"),
                Chart.yaml(Map.of(
                        "image",
                        Map.of("repository", "registry.example.com/evs-snapshot-operator"),
                        "simulator",
                        Map.of("enabled", true, "arguments", List.of("--snapshot-takes=1s", "--deletion-takes=500ms")),
                        "connections",
                        Map.of("namespaces", List.of(APPS)),
                        "settings",
                        Map.of(
                                "connection",
                                Map.of("timeout", "2s", "connectTimeout", "1s"),
                                "leaderElection",
                                Map.of("leaseDuration", "6s", "retryPeriod", "1s", "maxClockSkew", "500ms"),
                                "create",
                                Map.of("settleTime", "4s"),
                                "poll",
                                Map.of("interval", "200ms", "resyncInterval", "5s"),
                                "retry",
                                Map.of("initialBackoff", "500ms"),
                                "claim",
                                Map.of("retryInterval", "500ms")))));

        var installed = helm("install", "evs", chart(), "-n", SYSTEM, "-f", values.toString());

        assertThat(installed).contains("kubectl wait vsr/first");
        assertThat(pods("operator")).hasSize(1);
        assertThat(pods("simulator")).hasSize(1);
        await().atMost(MAX_WAIT)
                .untilAsserted(() ->
                        assertThat(server.kubectl("get", "vsr", "-A").err()).contains("No resources found"));
    }

    @Test
    @Order(4)
    void startsAsPodDescribesAndLeads() throws Exception {
        simulator = Kubelet.prepare(server, pods("simulator").get(0), folder.resolve("simulator"))
                .environment("EVS_SIMULATOR_PORT", "0")
                .environment("EVS_SIMULATOR_BIND_ADDRESS", "127.0.0.1")
                .start()
                .awaitLog("EVS simulator at ");
        var at = SIMULATOR_AT.matcher(simulator.log());
        assertThat(at.find()).isTrue();
        cloud = URI.create(at.group(1));

        startOperator();

        await().atMost(MAX_WAIT)
                .untilAsserted(() -> assertThat(get(operator.http().resolve("/q/health/ready")))
                        .contains("\"status\": \"UP\"")
                        .contains("\"leads\": true"));
    }

    @Test
    @Order(5)
    void servesProbesAndMetricsWithoutHttp2() throws Exception {
        assertThat(versionOfServer(operator.http().resolve("/q/health/live")))
                .as("HTTP/2, which only adds attack surface to probes and metrics")
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    @Order(6)
    void endsEverySampleAsExpected() throws IOException {
        for (var sample : samples()) {
            var text = Files.readString(sample);
            var expectation = EXPECT.matcher(text);
            assertThat(expectation.find()).as(sample + " contains '# expect: '").isTrue();
            kubectl("apply", "-n", APPS, "-f", sample.toString());
            Chart.parse(text).stream()
                    .filter(resource -> resource.getKind().equals("VolumeSnapshotRequest"))
                    .forEach(resource -> expected.put(resource.getMetadata().getName(), expectation.group(1)));
            Chart.parse(text).stream()
                    .filter(resource -> resource.getKind().equals("PersistentVolumeClaim"))
                    .forEach(resource -> VolumeController.bind(
                            server.client(), APPS, resource.getMetadata().getName()));
            if (expectation.group(1).equals("Gone")) {
                kubectl("delete", "-n", APPS, "--wait=false", "-f", sample.toString());
            }
        }
        assertThat(expected).isNotEmpty();

        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(ends()).isEqualTo(expected));
        kubectl("wait", "-n", APPS, "vsrestore/snap-001-restored", "--for=condition=Ready", "--timeout=30s");
    }

    @Test
    @Order(7)
    void deletesRequestAfterTtl() throws IOException {
        var brief = Files.writeString(folder.resolve("brief.yaml"), """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRequest
                metadata: {name: brief}
                spec:
                  source: {volumeId: 5aa119a8-d25b-45a7-8d1b-88e127885635}
                  force: true
                  ttl: 1s
                """);
        kubectl("apply", "-n", APPS, "-f", brief.toString());

        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(server.client()
                        .resources(VolumeSnapshotRequest.class)
                        .inNamespace(APPS)
                        .withName("brief")
                        .get())
                .isNull());
    }

    @Test
    @Order(8)
    void examinesConnectionsOfListedNamespace() throws IOException {
        var connections = Files.writeString(folder.resolve("connections.yaml"), """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: EvsConnection
                metadata: {name: without-secret}
                spec: {region: eu-de, credentialsSecretRef: {name: missing}}
                ---
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: EvsConnection
                metadata: {name: without-certificates}
                spec: {region: eu-de, credentialsSecretRef: {name: missing}, caBundleRef: {name: missing}}
                """);
        kubectl("apply", "-n", APPS, "-f", connections.toString());

        kubectl(
                "wait",
                "-n",
                APPS,
                "evsc/without-secret",
                "--for=jsonpath={.status.conditions[0].reason}=SecretNotFound",
                "--timeout=30s");
        kubectl(
                "wait",
                "-n",
                APPS,
                "evsc/without-certificates",
                "--for=jsonpath={.status.conditions[0].reason}=CaBundleNotUsable",
                "--timeout=30s");
        kubectl("delete", "-n", APPS, "--timeout=30s", "-f", connections.toString());
    }

    @Test
    @Order(8)
    void examinesSchedules() throws IOException {
        var schedule = Files.writeString(folder.resolve("schedule.yaml"), """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotSchedule
                metadata: {name: yearly}
                spec:
                  schedule: "0 0 1 1 *"
                  timeZone: Europe/Berlin
                  sources: [{persistentVolumeClaimNamePattern: nothing-*}]
                """);
        kubectl("apply", "-n", APPS, "-f", schedule.toString());

        kubectl("wait", "-n", APPS, "vss/yearly", "--for=condition=Ready", "--timeout=30s");
        kubectl("delete", "-n", APPS, "--timeout=30s", "-f", schedule.toString());
    }

    @Test
    @Order(8)
    void givesRightsOnRequestsOnlyToUsersWithRolesOfChart() {
        kubectl(
                "create",
                "rolebinding",
                "editors",
                "-n",
                APPS,
                "--clusterrole=evs-evs-snapshot-operator-edit",
                "--user=erin");
        kubectl(
                "create",
                "rolebinding",
                "viewers",
                "-n",
                APPS,
                "--clusterrole=evs-evs-snapshot-operator-view",
                "--user=vera");
        kubectl("create", "rolebinding", "others", "-n", APPS, "--clusterrole=admin", "--user=olga");

        await().atMost(MAX_WAIT).untilAsserted(() -> {
            assertThat(mayCreate("erin", APPS)).isEqualTo("yes");
            assertThat(may("vera", "get", APPS)).isEqualTo("yes");
            assertThat(canI("olga", "create", "configmaps", APPS)).isEqualTo("yes");
        });
        assertThat(mayCreate("erin", SYSTEM)).isEqualTo("no");
        assertThat(canI("erin", "patch", "vsr/status", APPS)).isEqualTo("no");
        assertThat(mayCreate("vera", APPS)).isEqualTo("no");
        assertThat(mayCreate("olga", APPS)).isEqualTo("no");
    }

    @Test
    @Order(9)
    void writesNoSecretToLogsEventsOrObjects() {
        var texts = List.of(
                operator.log(),
                simulator.log(),
                kubectl("get", "events", "-A", "-o", "yaml"),
                kubectl("get", "vsr,leases", "-A", "-o", "yaml"));

        for (var secret : List.of("simulated-password", "X-Auth-Token", "X-Subject-Token", "eyJhbGciOi")) {
            assertThat(texts).noneMatch(value -> value.contains(secret));
        }
    }

    @Test
    @Order(10)
    void upgradesDefinitionWithoutChangingRequests() throws IOException {
        var newer = folder.resolve("newer-chart");
        copy(Chart.FOLDER, newer);
        var file = newer.resolve("files/crds/" + DEFINITION + "-v1.yml");
        var text = Files.readString(file);
        var column =
                columns((CustomResourceDefinition) Chart.parse(text).get(0)).get(0);
        assertThat(text).contains(column.getDescription());
        Files.writeString(file, text.replace(column.getDescription(), "A later text"));
        var before = fingerprints();

        helm("upgrade", "evs", newer.toString(), "-n", SYSTEM, "--reuse-values", "--set", "rbac.aggregate=true");

        assertThat(columns(server.client()
                        .resources(CustomResourceDefinition.class)
                        .withName(DEFINITION)
                        .require()))
                .anyMatch(upgraded -> "A later text".equals(upgraded.getDescription()));
        assertThat(fingerprints()).isEqualTo(before);
    }

    @Test
    @Order(11)
    void givesRightsToUsersOfClusterRolesWhenAggregated() {
        await().atMost(MAX_WAIT)
                .untilAsserted(() -> assertThat(mayCreate("olga", APPS)).isEqualTo("yes"));
        assertThat(canI("olga", "patch", "vsr/status", APPS)).isEqualTo("no");
    }

    @Test
    @Order(12)
    void keepsDefinitionRequestsAndSnapshotsWhenUninstalled() throws Exception {
        var before = fingerprints();
        var snapshots = snapshots();
        assertThat(before).isNotEmpty();

        uninstall();

        assertThat(fingerprints()).isEqualTo(before);
        assertThat(snapshots()).isEqualTo(snapshots);
        assertThat(server.client().pods().inNamespace(SYSTEM).list().getItems().stream()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null))
                .as("pods, which no garbage collector deletes here")
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    @Order(13)
    void recognizesItsSnapshotsWhenInstalledAgain() throws Exception {
        helm(
                "install",
                "evs",
                chart(),
                "-n",
                SYSTEM,
                "-f",
                folder.resolve("values.yaml").toString());
        var snapshots = snapshots();

        startOperator();

        await().during(Duration.ofSeconds(2)).atMost(MAX_WAIT).untilAsserted(() -> {
            assertThat(ends()).isEqualTo(expected);
            assertThat(snapshots()).isEqualTo(snapshots);
        });
    }

    @Test
    @Order(14)
    void keepsSnapshotsWhenRemovedAsNotesDescribe() throws Exception {
        var snapshots = snapshots();

        kubectl("annotate", "vsr", "--all", "-A", "evs.snapshot-operator.io/abandon=true");
        kubectl("delete", "vsr", "--all", "-A", "--timeout=30s");
        uninstall();

        assertThat(snapshots()).isEqualTo(snapshots);
    }

    @Test
    @Order(15)
    void usesExactlyItsRightsAndIsNeverForbidden() throws IOException {
        var calls = calls("system:serviceaccount:" + SYSTEM + ":evs-evs-snapshot-operator");

        assertThat(calls).isNotEmpty();
        assertThat(calls.stream().filter(node -> node.at("/responseStatus/code").asInt() == 403))
                .as("calls that the API server rejected as forbidden")
                .isEmpty();
        var used = calls.stream()
                .filter(node -> node.has("objectRef"))
                .map(ChartIT::right)
                .collect(Collectors.toCollection(TreeSet::new));
        used.addAll(RARELY_USED);
        assertThat(used).as("used rights, compared with granted rights").containsExactlyElementsOf(granted());
    }

    @Test
    @Order(16)
    void worksInWatchedNamespacesWithNamespacedRightsAndSecret() throws Exception {
        namespace("team-a", Map.of());
        namespace("team-b", Map.of());
        namespace("evs-teams", Map.of("pod-security.kubernetes.io/enforce", "restricted"));
        server.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("evs-teams")
                        .withName("account")
                        .endMetadata()
                        .addToStringData("accessKey", "SIMULATEDACCESSKEY00")
                        .addToStringData("secretKey", "simulated-secret-key")
                        .build())
                .create();
        helm(
                "install",
                "teams",
                chart(),
                "-n",
                "evs-teams",
                "--take-ownership",
                "--set",
                "image.repository=registry.example.com/evs-snapshot-operator,watchNamespaces={team-a,team-b},replicaCount=2,"
                        + "podDisruptionBudget.enabled=true,credentials.existingSecret=account,settings.poll.interval=200ms,"
                        + "settings.leaderElection.retryPeriod=1s,"
                        + "settings.connection.rawIdNamespaces={team-b},"
                        + "settings.connection.projectName=eu-de,settings.connection.endpoint=" + cloud
                        + ",settings.connection.iamEndpoint=" + cloud);
        var pods = pods("evs-teams", "operator");
        assertThat(pods).hasSize(2);

        try (var one = Kubelet.prepare(server, pods.get(0), folder.resolve("one"))
                        .start()
                        .awaitLeading();
                var two = Kubelet.prepare(server, pods.get(1), folder.resolve("two"))
                        .start()
                        .awaitLog("Lease is held by another process")) {
            assertThat(get(two.http().resolve("/q/health/ready"))).contains("\"leads\": false");
            var request = new VolumeSnapshotRequest();
            request.setMetadata(new ObjectMetaBuilder()
                    .withName("theirs")
                    .withNamespace("team-b")
                    .build());
            request.setSpec(
                    VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume("4e7a0000-0000-4000-8000-000000000006")));
            server.client().resource(request).create();

            await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(
                            end(server.client().resource(request).get()))
                    .isEqualTo("Ready"));

            one.terminate(Duration.ofSeconds(45));
            two.awaitLeading();
            assertThat(two.log()).contains("\"predecessor\":\"DRAINED\"");
            for (var log : List.of(one.log(), two.log())) {
                assertThat(log).doesNotContain("simulated-secret-key");
            }
        }
        assertThat(calls("system:serviceaccount:evs-teams:teams-evs-snapshot-operator").stream()
                        .filter(node -> node.at("/responseStatus/code").asInt() == 403))
                .isEmpty();
    }

    @Test
    @Order(17)
    void appliesWithKustomizeInsteadOfHelm() {
        kubectl("kustomize", "deploy");
        kubectl("create", "namespace", "evs-snapshot-operator");

        var applied = kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-k", "deploy");

        assertThat(applied)
                .contains("deployment.apps/evs-snapshot-operator serverside-applied")
                .contains("validatingadmissionpolicy.admissionregistration.k8s.io/evs-snapshot-operator-create-intent");
    }

    @Test
    @Order(18)
    void documentedOverlaysChangeAndRemoveAdmissionPolicy() throws IOException {
        var blocks = Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(Files.readString(Path.of("deploy", "README.md")))
                .results()
                .map(block -> block.group(1).replace("../deploy ", "../../deploy "))
                .toList();

        var moved = kustomize(
                "namespace: elsewhere\n" + blocks.get(0) + blocks.get(1).replace("NAMESPACE", "elsewhere"));
        var without = kustomize(blocks.get(0) + blocks.get(2));

        assertThat(moved)
                .contains("system:serviceaccount:elsewhere:evs-snapshot-operator")
                .doesNotContain("system:serviceaccount:evs-snapshot-operator");
        assertThat(without).contains("kind: Deployment").doesNotContain("ValidatingAdmissionPolicy");
    }

    /** Builds an overlay in a folder of the repository, because kustomize resolves no absolute paths. */
    private static String kustomize(String overlay) throws IOException {
        var path = Files.createDirectories(Path.of("target", "overlay"));
        Files.writeString(path.resolve("kustomization.yaml"), overlay);
        return kubectl("kustomize", path.toString());
    }

    private static List<CustomResourceColumnDefinition> columns(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().get(0).getAdditionalPrinterColumns();
    }

    /**
     * Helm removes the roles together with the pods, so the operator cannot release its Lease. It logs this and exits, and
     * the Lease expires.
     */
    private static void uninstall() throws IOException {
        assertThat(operator.log()).doesNotContain("Forbidden");
        var from = Files.readAllLines(audit).size();
        helm("uninstall", "evs", "-n", SYSTEM);
        assertThat(operator.terminate(Duration.ofSeconds(30))).isEqualTo(143);
        assertThat(operator.log()).doesNotContain("\"level\":\"ERROR\"");
        IntStream.range(from, Files.readAllLines(audit).size()).forEach(ignoredLines::add);
    }

    private static void startOperator() {
        var url = cloud.toString();
        operator = Kubelet.prepare(server, pods("operator").get(0), folder.resolve("operator-" + System.nanoTime()))
                // The address to which the DNS of a cluster resolves the name of the service.
                .environment("EVS_CONNECTION_ENDPOINT", url)
                .environment("EVS_CONNECTION_IAM_ENDPOINT", url)
                .start()
                .awaitLeading();
    }

    private static List<Pod> pods(String component) {
        return pods(SYSTEM, component);
    }

    /** Waits for the pods of the newest replica sets, and returns them. */
    private static List<Pod> pods(String namespace, String component) {
        return await().atMost(MAX_WAIT)
                .until(
                        () -> {
                            var deployment = server.client()
                                    .apps()
                                    .deployments()
                                    .inNamespace(namespace)
                                    .withLabel("app.kubernetes.io/component", component)
                                    .list()
                                    .getItems()
                                    .get(0);
                            var sets =
                                    server
                                            .client()
                                            .apps()
                                            .replicaSets()
                                            .inNamespace(namespace)
                                            .list()
                                            .getItems()
                                            .stream()
                                            .filter(set -> set.getMetadata().getOwnerReferences().stream()
                                                    .anyMatch(owner -> owner.getUid()
                                                            .equals(deployment
                                                                    .getMetadata()
                                                                    .getUid())))
                                            .map(set -> set.getMetadata().getUid())
                                            .toList();
                            var created = server.client().pods().inNamespace(namespace).list().getItems().stream()
                                    .filter(pod -> pod.getMetadata().getOwnerReferences().stream()
                                            .anyMatch(owner -> sets.contains(owner.getUid())))
                                    .toList();
                            return created.size() == deployment.getSpec().getReplicas() ? created : null;
                        },
                        list -> list != null);
    }

    /** The result of each request: Ready, or the reason why it is not ready, or Gone if it was deleted. */
    private static Map<String, String> ends() {
        Map<String, String> ends = new HashMap<>();
        expected.keySet().forEach(name -> ends.put(name, "Gone"));
        server.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(APPS)
                .list()
                .getItems()
                .forEach(request -> ends.put(request.getMetadata().getName(), end(request)));
        return ends;
    }

    private static String end(VolumeSnapshotRequest request) {
        return request.getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .map(condition -> condition.getStatus().equals("True") ? "Ready" : condition.getReason())
                .orElse("");
    }

    /** What must not change without a user: identity, finalizers, spec, snapshot id and condition statuses. */
    private static Map<String, String> fingerprints() {
        return server.client().resources(VolumeSnapshotRequest.class).inNamespace(APPS).list().getItems().stream()
                .collect(Collectors.toMap(
                        request -> request.getMetadata().getName(),
                        request -> request.getMetadata().getUid()
                                + request.getMetadata().getFinalizers()
                                + request.getSpec()
                                + request.getStatus().snapshotId()
                                + request.getStatus().conditions().stream()
                                        .map(Condition::getStatus)
                                        .toList()));
    }

    /** The ids of all snapshots in the simulated cloud. */
    private static Set<String> snapshots() throws IOException {
        var all = new ObjectMapper().readTree(get(cloud.resolve("/simulator/snapshots")));
        return all.findValuesAsText("id").stream().collect(Collectors.toCollection(TreeSet::new));
    }

    private static String mayCreate(String user, String namespace) {
        return may(user, "create", namespace);
    }

    private static String may(String user, String verb, String namespace) {
        return canI(user, verb, "vsr", namespace);
    }

    private static String canI(String user, String verb, String resource, String namespace) {
        var subresource = resource.indexOf('/');
        var command = new ArrayList<>(List.of(
                "auth", "can-i", verb, resource.substring(0, subresource < 0 ? resource.length() : subresource)));
        if (subresource >= 0) {
            command.add("--subresource=" + resource.substring(subresource + 1));
        }
        command.addAll(List.of("-n", namespace, "--as=" + user));
        return server.kubectl(command.toArray(String[]::new)).out().strip();
    }

    private static List<JsonNode> calls(String user) throws IOException {
        var json = new ObjectMapper();
        var calls = new ArrayList<JsonNode>();
        var lines = Files.readAllLines(audit);
        for (var i = 0; i < lines.size(); i++) {
            var call = json.readTree(lines.get(i));
            if (call.at("/user/username").asText().equals(user) && !ignoredLines.contains(i)) {
                calls.add(call);
            }
        }
        return calls;
    }

    private static String right(JsonNode call) {
        var reference = call.path("objectRef");
        return reference.path("apiGroup").asText() + "/"
                + reference.path("resource").asText()
                + (reference.has("subresource")
                        ? "/" + reference.path("subresource").asText()
                        : "") + " "
                + call.path("verb").asText();
    }

    /** All rights of the roles of the operator, as the chart renders them. */
    private static Set<String> granted() {
        var objects = Chart.objects(Chart.MINIMAL + "connections: {namespaces: [apps]}\n");
        var rules = new ArrayList<PolicyRule>();
        Chart.of(ClusterRole.class, objects).stream()
                .filter(role -> role.getMetadata().getName().matches(".*-(requests|cluster)"))
                .forEach(role -> rules.addAll(role.getRules()));
        Chart.of(Role.class, objects).forEach(role -> rules.addAll(role.getRules()));
        return rules.stream()
                .flatMap(rule -> rule.getResources().stream().flatMap(resource -> rule.getVerbs().stream()
                        .map(verb -> rule.getApiGroups().get(0) + "/" + resource + " " + verb)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Path> samples() throws IOException {
        try (var files = Files.list(SAMPLES)) {
            return files.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static void namespace(String name, Map<String, String> labels) {
        server.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    private static String chart() {
        return Chart.FOLDER.toAbsolutePath().toString();
    }

    private static String helm(String... arguments) {
        return succeeded(server.helm(arguments), arguments);
    }

    private static String kubectl(String... arguments) {
        return succeeded(server.kubectl(arguments), arguments);
    }

    private static String succeeded(RealApiServer.Output output, String... arguments) {
        assertThat(output.exit())
                .as(Arrays.toString(arguments) + "\n" + output.err() + output.out())
                .isZero();
        assertThat(output.err()).doesNotContain("PodSecurity");
        return output.out();
    }

    private static String get(URI uri) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The version with which the server answers a client that offers HTTP/2. */
    private static HttpClient.Version versionOfServer(URI uri) throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .build()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .version();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
