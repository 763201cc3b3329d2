/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.app.Settings;
import io.snapshotoperator.evs.crd.CustomResourceDefinitions;
import io.snapshotoperator.evs.demo.Sample;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
    /** Settings that are not under {@code settings} in the values, with the value that sets them. */
    private static final Map<String, String> SET_BY_OTHER_VALUES = Map.of(
            "namespaces", "watchNamespaces",
            "connection.caBundle", "caBundle",
            "volumeSnapshotContents.enabled", "volumeSnapshotContents.enabled",
            "connection.credentials.directory", "credentials");

    private static final String SIMULATED = """
            image: {repository: registry.example.com/evs}
            simulator: {enabled: true}
            """;

    @Test
    void passesStrictHelmLint() {
        var result = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(result.isFailed()).as("" + result.getMessages()).isFalse();
    }

    @Test
    void hasVersionOfBuild() {
        assertThat(Chart.description().path("appVersion").asText()).isEqualTo(System.getProperty("chart.appVersion"));
    }

    /** Artifact Hub ignores annotations that it cannot read: https://artifacthub.io/docs/topics/annotations/helm/. */
    @Test
    void hasAnnotationsThatArtifactHubReads() {
        var annotations = Chart.description().path("annotations");

        assertThat(annotations.path("artifacthub.io/category").asText()).isEqualTo("storage");
        assertThat(annotations.path("artifacthub.io/license").asText()).isEqualTo("Apache-2.0");
        assertThat(annotations.properties())
                .as("Helm rejects annotations that are not strings")
                .allMatch(annotation -> annotation.getValue().isTextual());
        assertThat(Chart.tree(annotations.path("artifacthub.io/changes").asText()))
                .isNotEmpty()
                .allSatisfy(change -> {
                    assertThat(change.path("kind").asText())
                            .isIn("added", "changed", "deprecated", "removed", "fixed", "security");
                    assertThat(change.path("description").asText()).isNotBlank();
                });
        assertThat(Chart.tree(annotations.path("artifacthub.io/links").asText()))
                .isNotEmpty()
                .allSatisfy(link -> {
                    assertThat(link.path("name").asText()).isNotBlank();
                    assertThat(link.path("url").asText()).startsWith("https://");
                });
    }

    @Test
    void listsExactlySettingsOfProgram() {
        var inSchema = new TreeMap<String, String>();
        leaves("", Chart.schema().at("/properties/settings"), inSchema);

        var inProgram = new TreeMap<String, String>();
        settings("", Settings.class, inProgram);
        inProgram
                .keySet()
                .removeIf(key -> SET_BY_OTHER_VALUES.containsKey(key) || key.startsWith("connection.credentials."));

        assertThat(inSchema).as("keys and defaults").isEqualTo(inProgram);
    }

    @Test
    void passesEverySettingToProgram() {
        var given = new TreeMap<String, Object>();
        examples("", Chart.schema().at("/properties/settings"), given);
        var tree = new HashMap<String, Object>();
        given.forEach((path, value) -> put(tree, path, value));
        var values = Chart.yaml(Map.of(
                "image",
                Map.of("repository", "registry.example.com/evs"),
                "credentials",
                Map.of("existingSecret", "evs"),
                "caBundle",
                Map.of("configMap", "ca"),
                "watchNamespaces",
                List.of("team-a", "team-b"),
                "settings",
                tree));

        var read = new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(environment(values), 300))
                .withMapping(Settings.class)
                .withMappingIgnore("evs.**")
                .withConverter(Duration.class, 200, new DurationConverter())
                .build();

        given.forEach((path, value) -> assertThat(
                        read.getConfigValue("evs." + kebab(path)).getValue())
                .as(path)
                .isEqualTo(value instanceof List<?> list ? String.join(",", list.toArray(String[]::new)) : "" + value));
        var settings = read.getConfigMapping(Settings.class);
        assertThat(settings.namespaces()).contains(Set.of("team-a", "team-b"));
        assertThat(settings.connection().caBundle()).hasToString("Optional[/etc/evs-snapshot-operator/ca/ca.crt]");
        assertThat(settings.connection().credentials().directory())
                .hasToString("Optional[/etc/evs-snapshot-operator/credentials]");
    }

    @Test
    void keepsDefinitionsOnUninstallAndUpgradesThem() {
        var committed = CustomResourceDefinitions.committed(CustomResourceDefinitions.FOLDER);

        var rendered = Chart.of(CustomResourceDefinition.class, Chart.objects(Chart.MINIMAL));

        assertThat(rendered).hasSameSizeAs(committed.keySet()).allSatisfy(definition -> {
            assertThat(definition.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
            assertThat(committed.values().stream()
                            .flatMap(value -> Chart.parse(value).stream())
                            .map(resource -> ((CustomResourceDefinition) resource).getSpec()))
                    .contains(definition.getSpec());
        });
        assertThat(Chart.FOLDER.resolve("crds"))
                .as("the folder whose files Helm never upgrades")
                .doesNotExist();
    }

    @Test
    void omitsDefinitionsWhenDisabled() {
        assertThat(Chart.of(CustomResourceDefinition.class, Chart.objects(Chart.MINIMAL + "crds: {install: false}\n")))
                .isEmpty();
    }

    @Test
    void mountsCredentialsAsFolderForRotation() {
        var pod = operator(Chart.MINIMAL).getSpec().getTemplate().getSpec();

        assertThat(pod.getContainers().get(0).getVolumeMounts()).allMatch(mount -> mount.getSubPath() == null);
        assertThat(pod.getVolumes()).anySatisfy(volume -> assertThat(
                        volume.getSecret() == null ? null : volume.getSecret().getSecretName())
                .isEqualTo("evs"));
        assertThat(pod.getContainers().get(0).getEnv())
                .as("variables, which everyone who can describe the pod can read")
                .noneMatch(variable -> variable.getName().matches(".*(PASSWORD|SECRET_KEY|TOKEN).*"));
    }

    @Test
    void makesSecretOfCredentialsInValues() {
        var objects = Chart.objects("""
                image: {repository: registry.example.com/evs}
                settings: {connection: {region: eu-de}}
                credentials: {accessKey: AK, secretKey: "12345678"}
                """);

        assertThat(Chart.of(Secret.class, objects)).singleElement().satisfies(secret -> assertThat(
                        secret.getStringData())
                .isEqualTo(Map.of("accessKey", "AK", "secretKey", "12345678")));
    }

    @Test
    void reportsOrphansInSuspendedJobWithConnectionOfOperator() {
        var values = Chart.MINIMAL + "watchNamespaces: [team-a]\ncaBundle: {configMap: ca}\n";
        var operator = operator(values).getSpec().getTemplate().getSpec();

        assertThat(Chart.of(CronJob.class, Chart.objects(values)))
                .filteredOn(job -> job.getMetadata().getName().endsWith("-orphans"))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.getSpec().getSuspend()).isTrue();
                    var pod = report.getSpec()
                            .getJobTemplate()
                            .getSpec()
                            .getTemplate()
                            .getSpec();
                    assertThat(pod.getServiceAccountName()).isEqualTo(operator.getServiceAccountName());
                    assertThat(pod.getVolumes()).isEqualTo(operator.getVolumes());
                    assertThat(pod.getContainers()).singleElement().satisfies(container -> {
                        assertThat(container.getArgs()).startsWith("orphans");
                        assertThat(container.getImage())
                                .isEqualTo(operator.getContainers().get(0).getImage());
                        assertThat(container.getEnv())
                                .isNotEmpty()
                                .allMatch(variable -> variable.getName().startsWith("EVS_"))
                                .isSubsetOf(operator.getContainers().get(0).getEnv());
                        assertThat(container.getVolumeMounts())
                                .isEqualTo(operator.getContainers().get(0).getVolumeMounts());
                    });
                });
        assertThat(Chart.of(CronJob.class, Chart.objects(Chart.MINIMAL + "orphans: {enabled: false}\n")))
                .noneMatch(job -> job.getMetadata().getName().endsWith("-orphans"));
    }

    @Test
    void handsBackInSuspendedJobsWithoutCredentials() {
        var jobs = Chart.of(CronJob.class, Chart.objects(Chart.MINIMAL + "orphans: {enabled: false}\n"));

        assertThat(jobs).allMatch(job -> job.getSpec().getSuspend());
        assertThat(jobs)
                .map(job ->
                        job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec())
                .allSatisfy(pod -> assertThat(pod.getVolumes()).noneMatch(volume -> volume.getSecret() != null))
                .map(pod -> pod.getContainers().get(0).getArgs())
                .containsExactlyInAnyOrder(List.of("handback"), List.of("handback", "--yes"));
        assertThat(Chart.of(
                        CronJob.class,
                        Chart.objects(Chart.MINIMAL + "orphans: {enabled: false}\nhandback: {enabled: false}\n")))
                .isEmpty();
    }

    @Test
    void setsGracePeriodByLongestCall() {
        assertThat(gracePeriod(Chart.MINIMAL)).isEqualTo(45);
        assertThat(gracePeriod(Chart.MINIMAL.replace("region: eu-de", "region: eu-de, timeout: 2m")))
                .isEqualTo(145);
        assertThat(gracePeriod(Chart.MINIMAL.replace("region: eu-de", "region: eu-de, timeout: 1500ms")))
                .isEqualTo(27);
    }

    @Test
    void bindsRightsToWatchedNamespacesOnly() {
        var objects = Chart.objects(Chart.MINIMAL + "watchNamespaces: [team-a, team-b]\n");

        assertThat(Chart.of(RoleBinding.class, objects))
                .extracting(binding -> binding.getMetadata().getNamespace(), binding -> binding.getRoleRef()
                        .getName())
                .contains(
                        tuple("team-a", "evs-snapshot-operator-requests"),
                        tuple("team-b", "evs-snapshot-operator-requests"));
        assertThat(Chart.of(ClusterRoleBinding.class, objects))
                .extracting(binding -> binding.getRoleRef().getName())
                .containsExactly("evs-snapshot-operator-cluster");
    }

    @Test
    void grantsRightsOnContentsOnlyIfEnabled() {
        var values = Chart.MINIMAL + "watchNamespaces: [team-a]\n";
        var enabled = Chart.objects(values + "volumeSnapshotContents: {enabled: true}\n");

        assertThat(contentRules(Chart.objects(values))).isEmpty();
        assertThat(environment(values)).doesNotContainKey("EVS_VOLUME_SNAPSHOT_CONTENTS_ENABLED");
        assertThat(contentRules(enabled)).hasSize(2);
        assertThat(Chart.of(RoleBinding.class, enabled))
                .extracting(binding -> binding.getMetadata().getNamespace(), binding -> binding.getRoleRef()
                        .getName())
                .contains(tuple("team-a", "evs-snapshot-operator-volumesnapshots"));
        assertThat(Chart.of(ClusterRoleBinding.class, enabled))
                .extracting(binding -> binding.getRoleRef().getName())
                .containsExactlyInAnyOrder("evs-snapshot-operator-cluster", "evs-snapshot-operator-contents");
        assertThat(environment(values + "volumeSnapshotContents: {enabled: true}\n"))
                .containsEntry("EVS_VOLUME_SNAPSHOT_CONTENTS_ENABLED", "true");
    }

    private static List<PolicyRule> contentRules(List<HasMetadata> objects) {
        return Chart.of(ClusterRole.class, objects).stream()
                .flatMap(role -> role.getRules().stream())
                .filter(rule -> rule.getApiGroups().contains("snapshot.storage.k8s.io"))
                .toList();
    }

    @Test
    void readsNoNamespaceWhenInstallationIsSet() {
        assertThat(Chart.of(
                        ClusterRole.class,
                        Chart.objects(Chart.MINIMAL.replace("settings: {", "settings: {installation: one, "))))
                .flatExtracting(ClusterRole::getRules)
                .flatExtracting(rule -> rule.getResources())
                .doesNotContain("namespaces");
    }

    @Test
    void givesUsersNoRightsUntilAggregationIsEnabled() {
        assertThat(userRoles(Chart.MINIMAL))
                .extracting(role -> role.getMetadata().getName())
                .containsExactly(
                        "evs-snapshot-operator-view", "evs-snapshot-operator-edit", "evs-snapshot-operator-admin");
        assertThat(aggregations(Chart.MINIMAL)).isEmpty();
        assertThat(aggregations(Chart.MINIMAL + "rbac: {aggregate: true}\n"))
                .containsExactlyInAnyOrder(
                        "aggregate-to-view", "aggregate-to-edit", "aggregate-to-admin", "aggregate-to-admin");
    }

    @Test
    void givesUsersNoRightOnStatus() {
        assertThat(userRoles(Chart.MINIMAL))
                .flatExtracting(ClusterRole::getRules)
                .flatExtracting(PolicyRule::getResources)
                .containsOnly(
                        "volumesnapshotrequests",
                        "evsconnections",
                        "volumesnapshotschedules",
                        "volumesnapshotrestores");
    }

    @Test
    void createsClaimsOnlyIfAdministratorAllowsIt() {
        assertThat(rightsToCreateStorage(Chart.MINIMAL)).isEmpty();
        assertThat(rightsToCreateStorage(Chart.MINIMAL.replace(
                        "settings: {", "settings: {restores: {enabled: false, createClaims: true}, ")))
                .isEmpty();
        assertThat(rightsToCreateStorage(
                        Chart.MINIMAL.replace("settings: {", "settings: {restores: {createClaims: true}, ")))
                .containsExactlyInAnyOrder(
                        "evs-snapshot-operator-restored-volumes", "evs-snapshot-operator-restored-claims");
    }

    @Test
    void createsClaimsOnlyInWatchedNamespaces() {
        var objects = Chart.objects(Chart.MINIMAL.replace("settings: {", "settings: {restores: {createClaims: true}, ")
                + "watchNamespaces: [team-a, team-b]\n");

        assertThat(Chart.of(RoleBinding.class, objects))
                .filteredOn(binding -> binding.getRoleRef().getName().endsWith("-restored-claims"))
                .extracting(binding -> binding.getMetadata().getNamespace())
                .containsExactly("team-a", "team-b");
        assertThat(Chart.of(ClusterRoleBinding.class, objects))
                .extracting(binding -> binding.getRoleRef().getName())
                .contains("evs-snapshot-operator-restored-volumes")
                .doesNotContain("evs-snapshot-operator-restored-claims");
    }

    private static List<String> rightsToCreateStorage(String values) {
        return Chart.of(ClusterRole.class, Chart.objects(values)).stream()
                .filter(role -> role.getRules().stream()
                        .anyMatch(rule -> rule.getVerbs().contains("create")
                                && rule.getResources().stream()
                                        .anyMatch(resource -> resource.startsWith("persistentvolume"))))
                .map(role -> role.getMetadata().getName())
                .toList();
    }

    @Test
    void readsSecretsOnlyInListedNamespaces() {
        var listed = Chart.objects(Chart.MINIMAL + "connections: {namespaces: [team-a, team-b]}\n");

        assertThat(rolesWithSecrets(listed))
                .extracting(role -> role.getMetadata().getNamespace())
                .containsExactly("team-a", "team-b");
        assertThat(rolesWithSecrets(listed))
                .flatExtracting(Role::getRules)
                .flatExtracting(PolicyRule::getVerbs)
                .containsOnly("get");
        assertThat(rolesWithSecrets(Chart.objects(Chart.MINIMAL))).isEmpty();
        assertThat(Chart.of(ClusterRole.class, listed))
                .flatExtracting(ClusterRole::getRules)
                .flatExtracting(PolicyRule::getResources)
                .doesNotContain("secrets", "configmaps");
    }

    @Test
    void readsNamespacesOnlyToSelectThemByLabels() {
        assertThat(namespaceRules("settings: {connection: {region: eu-de, namespaces: [shop]}}"))
                .flatExtracting(PolicyRule::getResourceNames)
                .containsExactly("kube-system");
        assertThat(namespaceRules("settings: {connection: {region: eu-de, rawIdNamespaces: [team=a]}}"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getResourceNames()).isEmpty());
    }

    @Test
    void needsNoCredentialsIfOnlyTeamsHaveConnections() {
        var objects = Chart.objects("""
                image: {repository: registry.example.com/evs}
                connections: {namespaces: [team-a]}
                """);

        assertThat(Chart.yaml(Map.of("objects", Chart.of(Deployment.class, objects))))
                .doesNotContain("EVS_CONNECTION_", "secretName");
        assertThat(Chart.of(CronJob.class, objects))
                .noneMatch(job -> job.getMetadata().getName().endsWith("-orphans"));
    }

    private static List<Role> rolesWithSecrets(List<HasMetadata> objects) {
        return Chart.of(Role.class, objects).stream()
                .filter(role -> role.getRules().stream()
                        .anyMatch(rule -> rule.getResources().contains("secrets")))
                .toList();
    }

    private static List<PolicyRule> namespaceRules(String settings) {
        return Chart.of(
                        ClusterRole.class,
                        Chart.objects("image: {repository: x}\ncredentials: {existingSecret: evs}\n" + settings + "\n"))
                .stream()
                .flatMap(role -> role.getRules().stream())
                .filter(rule -> rule.getResources().contains("namespaces"))
                .toList();
    }

    @Test
    void bindsRightsToGivenServiceAccountOnly() {
        var objects = Chart.objects(Chart.MINIMAL + "serviceAccount: {create: false, name: given}\n");

        assertThat(Chart.of(ServiceAccount.class, objects)).isEmpty();
        assertThat(Stream.concat(
                        Chart.of(ClusterRoleBinding.class, objects).stream()
                                .flatMap(binding -> binding.getSubjects().stream()),
                        Chart.of(RoleBinding.class, objects).stream()
                                .flatMap(binding -> binding.getSubjects().stream())))
                .extracting(Subject::getName)
                .containsOnly("given");
        assertThat(policy(objects)).contains("'system:serviceaccount:evs-system:given'");
    }

    @Test
    void protectsIntentAnnotationByAdmissionPolicyUnlessDisabled() {
        var objects = Chart.objects(Chart.MINIMAL);

        assertThat(policy(objects)).contains("'" + Api.CREATE_INTENT + "'");
        assertThat(Chart.of(ValidatingAdmissionPolicyBinding.class, objects))
                .singleElement()
                .satisfies(binding ->
                        assertThat(binding.getSpec().getPolicyName()).isEqualTo("evs-snapshot-operator-create-intent"));
        assertThat(Chart.objects(Chart.MINIMAL + "admissionPolicy: {enabled: false}\n"))
                .noneMatch(resource -> resource.getKind().startsWith("ValidatingAdmissionPolicy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "simulator: {enabled: true}",
                "settings: {connection: {region: eu-de}}\ncredentials: {existingSecret: evs}",
                "watchNamespaces: [team-a]\nsimulator: {enabled: true}"
            })
    void printsNotesWhoseCommandsRunWhenPastedIntoShell(String values, @TempDir Path folder) throws Exception {
        var notes = Chart.notes("image: {repository: registry.example.com/evs}\n" + values + "\n");

        var pasted = notes.substring(notes.indexOf("kubectl apply"), notes.indexOf("\n\nIf the request"));
        var ran = PastedCommands.run(pasted, folder);

        assertThat(ran.calls())
                .extracting(call -> call.substring(0, call.indexOf(' ', 8)))
                .containsExactly("kubectl apply", "kubectl wait");
        assertThat(Chart.parse(ran.input())).singleElement().satisfies(request -> {
            assertThat(request.getKind()).isEqualTo("VolumeSnapshotRequest");
            assertThat(ran.calls().get(1))
                    .contains(
                            "vsr/" + request.getMetadata().getName(),
                            "-n " + request.getMetadata().getNamespace());
        });
    }

    @Test
    void givesSimulatorVolumesAndSnapshotsOfSamples() {
        var simulator = podSpecs("image: {repository: registry.example.com/evs}\nsimulator: {enabled: true}\n").stream()
                .flatMap(pod -> pod.getContainers().stream())
                .filter(container -> container.getName().equals("simulator"))
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().matches("EVS_SIMULATOR_(DISKS|SNAPSHOTS|ANY_DISK)"))
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));

        assertThat(simulator)
                .isEqualTo(Map.of(
                        "EVS_SIMULATOR_DISKS", valuesOfSamples("--disk="),
                        "EVS_SIMULATOR_SNAPSHOTS", valuesOfSamples("--snapshot="),
                        "EVS_SIMULATOR_ANY_DISK", "false"));
    }

    private static String valuesOfSamples(String flag) {
        return Sample.all().stream()
                .flatMap(sample -> sample.simulatorFlags().stream())
                .filter(value -> value.startsWith(flag))
                .map(value -> value.substring(flag.length()))
                .collect(Collectors.joining(";"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {enabled: true} | 5aa119a8-d25b-45a7-8d1b-88e127885635
            {enabled: true, disks: ['v-1,size=40']} | v-1
            {enabled: true, disks: [], anyDisk: true} | 5aa119a8-d25b-45a7-8d1b-88e127885635
            """)
    void requestsSnapshotOfFirstVolumeInNotes(String simulator, String volume) {
        var notes = Chart.notes("image: {repository: registry.example.com/evs}\nsimulator: " + simulator + "\n");

        assertThat(notes).contains("volumeId: " + volume + "\n").contains("deploy/samples");
    }

    @Test
    void givesPodsNoEnvironmentOfServices() {
        assertThat(podSpecs("""
                        image: {repository: registry.example.com/evs}
                        simulator: {enabled: true}
                        """)).hasSize(5).allSatisfy(pod -> assertThat(pod.getEnableServiceLinks())
                .isFalse());
    }

    @Test
    void runsOnlyOneProcessWithoutLeaderElection() {
        var withoutLease = Chart.MINIMAL.replace("settings: {", "settings: {leaderElection: {enabled: false}, ");

        assertThat(operator(withoutLease).getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThatThrownBy(() -> Chart.objects(withoutLease + "replicaCount: 2\n"))
                .hasMessageContaining("replicaCount must be 1");
    }

    @Test
    void makesPodDisruptionBudgetWhenEnabled() {
        assertThat(Chart.of(
                        PodDisruptionBudget.class,
                        Chart.objects(Chart.MINIMAL + "replicaCount: 2\npodDisruptionBudget: {enabled: true}\n")))
                .hasSize(1);
    }

    @Test
    void makesNoNetworkPolicyUnlessEnabled() {
        assertThat(Chart.of(NetworkPolicy.class, Chart.objects(Chart.MINIMAL))).isEmpty();
        assertThat(Chart.of(NetworkPolicy.class, Chart.objects(SIMULATED))).isEmpty();
    }

    @Test
    void allowsTrafficToMetricsDnsApiServerAndCloudOnly() {
        var policies = Chart.of(NetworkPolicy.class, Chart.objects(Chart.MINIMAL + "networkPolicy: {enabled: true}\n"));

        assertThat(policies).singleElement().satisfies(policy -> {
            assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
            assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
                assertThat(ports(rule.getPorts())).containsExactly("TCP 8080");
                assertThat(rule.getFrom()).singleElement().satisfies(peer -> assertThat(
                                peer.getNamespaceSelector().getMatchLabels())
                        .isEmpty());
            });
            assertThat(policy.getSpec().getEgress())
                    .extracting(rule -> ports(rule.getPorts()), ChartTest::ranges)
                    .containsExactly(
                            tuple(List.of("UDP 53", "TCP 53"), List.of()),
                            tuple(List.of("TCP 443", "TCP 6443"), List.of()),
                            tuple(List.of("TCP 443"), List.of("0.0.0.0/0", "::/0")));
        });
    }

    @Test
    void appliesNetworkPolicyToOperatorAndCommands() {
        var objects = Chart.objects(SIMULATED + "networkPolicy: {enabled: true}\n");
        var policy = networkPolicy(objects, "evs-snapshot-operator");

        assertThat(templates(objects)
                        .filter(template -> selects(policy.getSpec().getPodSelector(), template)))
                .extracting(template -> template.getMetadata().getLabels().get("app.kubernetes.io/component"))
                .containsExactlyInAnyOrder("operator", "orphans", "handback", "handback-dry-run");
    }

    @Test
    void allowsOnlyOperatorToReachSimulator() {
        var objects = Chart.objects(SIMULATED + "networkPolicy: {enabled: true}\n");
        var ofOperator = networkPolicy(objects, "evs-snapshot-operator").getSpec();
        var ofSimulator =
                networkPolicy(objects, "evs-snapshot-operator-simulator").getSpec();

        assertThat(ofSimulator.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(ofSimulator.getEgress()).isEmpty();
        assertThat(ofSimulator.getIngress()).singleElement().satisfies(rule -> {
            assertThat(ports(rule.getPorts())).containsExactly("TCP 8776");
            assertThat(rule.getFrom())
                    .extracting(NetworkPolicyPeer::getPodSelector)
                    .containsExactly(ofOperator.getPodSelector());
        });
        assertThat(ofOperator.getEgress()).last().satisfies(rule -> {
            assertThat(ports(rule.getPorts())).containsExactly("TCP 8776");
            assertThat(rule.getTo())
                    .extracting(NetworkPolicyPeer::getPodSelector)
                    .containsExactly(ofSimulator.getPodSelector());
        });
        assertThat(ofOperator.getEgress()).as("no rule for the cloud").hasSize(3);
        assertThat(templates(objects).filter(template -> selects(ofSimulator.getPodSelector(), template)))
                .extracting(template -> template.getMetadata().getLabels().get("app.kubernetes.io/component"))
                .containsExactly("simulator");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            endpoint: 'https://evs.example.com:8443/v2', iamEndpoint: 'https://iam.example.com/v3' | TCP 443, TCP 8443
            endpoint: 'http://evs.example.com', iamEndpoint: 'http://iam.example.com:5000/v3'      | TCP 443, TCP 80, TCP 5000
            region: eu-de, proxy: 'http://proxy.example.com:3128'                                  | TCP 443, TCP 3128
            endpoint: 'https://[2001:db8::1]:8443'                                                 | TCP 443, TCP 8443
            """)
    void allowsPortsOfEndpointsAndProxy(String connection, String ports) {
        var values = Chart.MINIMAL.replace("region: eu-de", connection) + "networkPolicy: {enabled: true}\n";

        assertThat(networkPolicy(Chart.objects(values), "evs-snapshot-operator")
                        .getSpec()
                        .getEgress())
                .last()
                .satisfies(rule -> assertThat(ports(rule.getPorts())).containsExactly(ports.split(", ")));
    }

    @Test
    void limitsNetworkPolicyToGivenPeersAndRanges() {
        var policy = networkPolicy(Chart.objects(Chart.MINIMAL + """
                networkPolicy:
                  enabled: true
                  metricsFrom: [{namespaceSelector: {matchLabels: {team: monitoring}}, podSelector: {}}]
                  apiServer: {ports: [6443], ipBlocks: [{cidr: 192.0.2.1/32}]}
                  cloud: [{cidr: 198.51.100.0/24, except: [198.51.100.7/32]}]
                """), "evs-snapshot-operator")
                .getSpec();

        assertThat(policy.getIngress().get(0).getFrom()).singleElement().satisfies(peer -> {
            assertThat(peer.getNamespaceSelector().getMatchLabels()).containsEntry("team", "monitoring");
            assertThat(peer.getPodSelector()).isNotNull();
        });
        assertThat(policy.getEgress())
                .extracting(rule -> ports(rule.getPorts()), ChartTest::ranges)
                .endsWith(
                        tuple(List.of("TCP 6443"), List.of("192.0.2.1/32")),
                        tuple(List.of("TCP 443"), List.of("198.51.100.0/24")));
    }

    @Test
    void allowsNoOneToReadMetricsWithoutPeersAndNoCloudWithoutRanges() {
        var policy = networkPolicy(
                        Chart.objects(Chart.MINIMAL + "networkPolicy: {enabled: true, metricsFrom: [], cloud: []}\n"),
                        "evs-snapshot-operator")
                .getSpec();

        assertThat(policy.getPolicyTypes()).contains("Ingress");
        assertThat(policy.getIngress()).isEmpty();
        assertThat(policy.getEgress()).as("DNS and API server").hasSize(2);
    }

    @Test
    void makesNothingForMonitoringUnlessEnabled() {
        assertThat(Chart.objects(Chart.MINIMAL))
                .extracting(HasMetadata::getKind)
                .doesNotContain("PodMonitor", "PrometheusRule", "ConfigMap");
    }

    @Test
    void makesPodMonitorOfOperatorWhenEnabled() {
        var objects = Chart.objects(
                SIMULATED + "monitoring: {podMonitor: {enabled: true, interval: 1m, labels: {release: one}}}\n");
        var monitor = ofKind("PodMonitor", objects);

        assertThat(monitor.path("apiVersion").asText()).isEqualTo("monitoring.coreos.com/v1");
        assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("one");
        assertThat(monitor.at("/metadata/labels/app.kubernetes.io~1name").asText())
                .isEqualTo("evs-snapshot-operator");
        assertThat(monitor.at("/spec/podMetricsEndpoints"))
                .isEqualTo(Chart.tree("[{port: http, path: /q/metrics, interval: 1m}]"));
        var selector = new LabelSelector(List.of(), new HashMap<>());
        monitor.at("/spec/selector/matchLabels").properties().forEach(label -> selector.getMatchLabels()
                .put(label.getKey(), label.getValue().asText()));
        assertThat(templates(objects).filter(template -> selects(selector, template)))
                .singleElement()
                .satisfies(template -> assertThat(
                                template.getSpec().getContainers().get(0).getPorts())
                        .anyMatch(port -> port.getName().equals("http") && port.getContainerPort() == 8080));
    }

    @Test
    void makesPrometheusRuleOfAlertsWhenEnabled() {
        var rule = ofKind(
                "PrometheusRule",
                Chart.objects(Chart.MINIMAL + "monitoring: {rules: {enabled: true, labels: {release: one}}}\n"));

        assertThat(rule.path("apiVersion").asText()).isEqualTo("monitoring.coreos.com/v1");
        assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("one");
        assertThat(rule.path("spec")).isEqualTo(Chart.tree(Chart.FOLDER.resolve("files/alerts.yaml")));
    }

    @Test
    void precedesRunbooksWithUrlOfRepository() {
        var rule = ofKind(
                "PrometheusRule",
                Chart.objects(Chart.MINIMAL
                        + "monitoring: {rules: {enabled: true, runbookUrlPrefix: 'https://git.example.com/evs/'}}\n"));

        assertThat(rule.findValuesAsText("runbook_url"))
                .isNotEmpty()
                .allMatch(url -> url.startsWith("https://git.example.com/evs/docs/operate/troubleshooting.md#evs"));
    }

    @Test
    void makesConfigMapOfDashboardWhenEnabled() {
        var objects = Chart.objects(Chart.MINIMAL + "monitoring: {dashboard: {enabled: true}}\n");

        assertThat(Chart.of(ConfigMap.class, objects)).singleElement().satisfies(map -> {
            assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
            assertThat(Chart.tree(map.getData().get("evs-snapshot-operator.json")))
                    .isEqualTo(Chart.tree(Chart.FOLDER.resolve("files/dashboard.json")));
        });
    }

    @Test
    void keepsOwnLabelsOfMonitoring() {
        var objects = Chart.objects(
                Chart.MINIMAL + "monitoring: {podMonitor: {enabled: true, labels: {app.kubernetes.io/name: other}}}\n");

        assertThat(ofKind("PodMonitor", objects)
                        .at("/metadata/labels/app.kubernetes.io~1name")
                        .asText())
                .isEqualTo("evs-snapshot-operator");
    }

    @Test
    void prefersDigestToTag() {
        var digest = "sha256:" + "0123456789abcdef".repeat(4);

        assertThat(operator(Chart.MINIMAL.replace("/evs}", "/evs, tag: x, digest: '" + digest + "'}"))
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage())
                .isEqualTo("registry.example.com/evs@" + digest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                            | image.repository is not set
            {image: {repository: x}}                                      | no connection to a cloud
            {image: {repository: x}, connections: {namespaces: [a]}, credentials: {existingSecret: s}} | neither region nor endpoint
            {connections: {namespaces: ['*']}}                            | namespaces
            {image: {repository: x}, settings: {connection: {region: r}}} | credentials are not set
            {image: {repository: x}, settings: {connection: {region: r}}, credentials: {username: u}} | need all of username, password and domainName
            {image: {repository: x}, settings: {connection: {region: r}}, credentials: {username: u, accessKey: a}} | not both
            {image: {repository: x}, settings: {connection: {region: r}}, credentials: {accessKey: a}} | need both accessKey and secretKey
            {image: {repository: x}, settings: {connection: {region: r}}, credentials: {existingSecret: s, accessKey: a}} | exclude each other
            {image: {repository: x}, settings: {connection: {region: r}}, simulator: {enabled: true}} | connects the operator to the simulator
            {settings: {conection: {}}}                                   | conection
            {settings: {create: {settleTime: 60}}}                        | settleTime
            {settings: {create: {settleTime: 60 seconds}}}                | settleTime
            {settings: {connection: {endpoint: evs.example.com}}}         | endpoint
            {image: {digest: 'sha256:12'}}                                | digest
            {watchNamespaces: team-a}                                     | watchNamespaces
            {credentials: {passwort: x}}                                  | passwort
            {replicaCount: two}                                           | replicaCount
            {image: {repository: 'registry.example.com/evs:1'}}           | repository
            {podDisruptionBudget: {maxUnavailable: 0}}                    | maxUnavailable
            {podDisruptionBudget: {maxUnavailable: 0%}}                   | maxUnavailable
            {monitoring: {enabled: true}}                                 | monitoring
            {monitoring: {podMonitor: {interval: often}}}                 | interval
            {monitoring: {podMonitor: {interval: ''}}}                    | interval
            {monitoring: {podMonitor: {scrapeInterval: 30s}}}             | scrapeInterval
            {monitoring: {rules: {runbookUrlPrefix: 'https://git.example.com/evs'}}} | runbookUrlPrefix
            {monitoring: {dashboard: {label: x}}}                         | label
            {networkPolicy: {egress: []}}                                 | egress
            {networkPolicy: {metricsFrom: [{}]}}                          | metricsFrom
            {networkPolicy: {metricsFrom: [{namespaceselector: {}}]}}     | namespaceselector
            {networkPolicy: {apiServer: {ports: []}}}                     | ports
            {networkPolicy: {cloud: [0.0.0.0/0]}}                         | cloud
            {networkPolicy: {cloud: [{cidr: evs.example.com}]}}           | cidr
            """)
    void rejectsInvalidValues(String values, String message) {
        assertThatThrownBy(() -> Chart.objects(values)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {serviceAccount: {create: false}}                             | serviceAccount.name is not set
            {serviceAccount: {create: false, name: default}}              | serviceAccount.name must not be default
            {serviceAccount: {name: default}}                             | serviceAccount.name must not be default
            {extraEnv: [{name: EVS_NAMESPACES, value: team-a}]}           | extraEnv must not contain EVS_NAMESPACES
            {extraEnv: [{name: QUARKUS_HTTP_PORT, value: '80'}]}          | extraEnv must not contain QUARKUS_HTTP_PORT
            {podLabels: {app.kubernetes.io/component: web}}               | podLabels must not contain app.kubernetes.io/component
            """)
    void rejectsValuesThatBreakInstallationSilently(String values, String message) {
        assertThatThrownBy(() -> Chart.objects(Chart.MINIMAL + values.substring(1, values.length() - 1)))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evs", "library/evs", "localhost:5000/evs", "registry.example.com:443/a-b/c_d/evs.e"})
    void acceptsRepositoriesWithPortAndPath(String repository) {
        assertThat(operator(Chart.MINIMAL.replace("registry.example.com/evs", repository))
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage())
                .startsWith(repository + ":");
    }

    private static List<ClusterRole> userRoles(String values) {
        return Chart.of(ClusterRole.class, Chart.objects(values)).stream()
                .filter(role -> role.getMetadata().getName().matches(".*-(view|edit|admin)"))
                .toList();
    }

    private static List<String> aggregations(String values) {
        return userRoles(values).stream()
                .flatMap(role -> role.getMetadata().getLabels().keySet().stream())
                .filter(label -> label.contains("aggregate-to-"))
                .map(label -> label.substring(label.indexOf('/') + 1))
                .toList();
    }

    /** The expressions of the admission policy. */
    private static String policy(List<HasMetadata> objects) {
        var policies = Chart.of(ValidatingAdmissionPolicy.class, objects);
        assertThat(policies).hasSize(1);
        return policies.get(0).getSpec().getVariables().stream()
                .map(Variable::getExpression)
                .collect(Collectors.joining("\n"));
    }

    private static List<PodSpec> podSpecs(String values) {
        return templates(Chart.objects(values)).map(PodTemplateSpec::getSpec).toList();
    }

    private static Stream<PodTemplateSpec> templates(List<HasMetadata> objects) {
        return Stream.concat(
                Chart.of(Deployment.class, objects).stream()
                        .map(deployment -> deployment.getSpec().getTemplate()),
                Chart.of(CronJob.class, objects).stream()
                        .map(job -> job.getSpec().getJobTemplate().getSpec().getTemplate()));
    }

    private static JsonNode ofKind(String kind, List<HasMetadata> objects) {
        return Chart.tree(Serialization.asJson(objects.stream()
                .filter(resource -> resource.getKind().equals(kind))
                .findFirst()
                .orElseThrow()));
    }

    private static NetworkPolicy networkPolicy(List<HasMetadata> objects, String name) {
        return Chart.of(NetworkPolicy.class, objects).stream()
                .filter(policy -> policy.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ports(List<NetworkPolicyPort> ports) {
        return ports.stream()
                .map(port -> port.getProtocol() + " " + port.getPort().getValue())
                .toList();
    }

    private static List<String> ranges(NetworkPolicyEgressRule rule) {
        return rule.getTo().stream()
                .map(NetworkPolicyPeer::getIpBlock)
                .map(IPBlock::getCidr)
                .toList();
    }

    /** Returns whether the selector selects the pods. It knows only the operator {@code In}. */
    private static boolean selects(LabelSelector selector, PodTemplateSpec template) {
        var labels = template.getMetadata().getLabels();
        return labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
                && selector.getMatchExpressions().stream()
                        .allMatch(expression -> expression.getOperator().equals("In")
                                && expression.getValues().contains(labels.get(expression.getKey())));
    }

    private static int gracePeriod(String values) {
        return operator(values)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getTerminationGracePeriodSeconds()
                .intValue();
    }

    private static Deployment operator(String values) {
        return Chart.of(Deployment.class, Chart.objects(values)).stream()
                .filter(deployment -> deployment.getMetadata().getName().equals("evs-snapshot-operator"))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> environment(String values) {
        return operator(values).getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }

    /** Collects the paths and defaults of the settings in the schema. */
    private static void leaves(String prefix, JsonNode schema, Map<String, String> into) {
        schema.path("properties").properties().forEach(property -> {
            var path = prefix + property.getKey();
            if (property.getValue().has("properties")) {
                leaves(path + ".", property.getValue(), into);
            } else {
                into.put(path, textOf(property.getValue().path("default")));
            }
        });
    }

    /** A list as the program reads it: with commas. */
    private static String textOf(JsonNode value) {
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(","))
                : value.asText();
    }

    /** Collects the paths and defaults of the settings in the program. */
    private static void settings(String prefix, Class<?> group, Map<String, String> into) {
        for (var method : Arrays.stream(group.getDeclaredMethods())
                .filter(candidate -> !candidate.isSynthetic())
                .toList()) {
            var path = prefix + method.getName();
            if (method.getReturnType().isMemberClass()) {
                settings(path + ".", method.getReturnType(), into);
            } else {
                into.put(path, defaultOf(method));
            }
        }
    }

    private static String defaultOf(Method method) {
        var annotation = method.getAnnotation(WithDefault.class);
        return annotation == null ? "" : annotation.value();
    }

    /** Collects a value for each setting that differs from its default. */
    private static void examples(String prefix, JsonNode schema, Map<String, Object> into) {
        schema.path("properties").properties().forEach(property -> {
            var path = prefix + property.getKey();
            var setting = property.getValue();
            if (setting.has("properties")) {
                examples(path + ".", setting, into);
            } else {
                into.put(path, example(path, setting));
            }
        });
    }

    private static Object example(String path, JsonNode schema) {
        if (schema.has("enum")) {
            return schema.path("enum").path(1).asText();
        }
        var pattern = schema.path("pattern").asText();
        if (pattern.startsWith("^https?")) {
            return "https://" + kebab(path).replace('.', '-') + ".example.com";
        }
        if (path.equals("connection.proxy")) {
            return "http://proxy.example.com:3128";
        }
        if (pattern.contains("ms|s|m")) {
            return "7s";
        }
        return switch (schema.path("type").isArray()
                ? "number"
                : schema.path("type").asText()) {
            case "boolean" -> !schema.path("default").asBoolean();
            case "integer" -> 3;
            case "number" -> 0.5;
            case "array" -> List.of("one.example.com", "two.example.com");
            default -> "a-" + kebab(path).replace('.', '-');
        };
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String path, Object value) {
        var dot = path.indexOf('.');
        if (dot < 0) {
            tree.put(path, value);
        } else {
            put(
                    (Map<String, Object>)
                            tree.computeIfAbsent(path.substring(0, dot), key -> new LinkedHashMap<String, Object>()),
                    path.substring(dot + 1),
                    value);
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
