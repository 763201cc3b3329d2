/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import io.snapshotoperator.evs.app.Settings;
import io.snapshotoperator.evs.crd.CustomResourceDefinitions;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
    /** Settings that have a place of their own among the values, and the variable by which the chart gives them. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "namespaces", "watchNamespaces",
            "connection.caBundle", "caBundle",
            "connection.credentials.directory", "credentials");

    @Test
    void isFlawlessInTheEyesOfHelm() {
        var result = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(result.isFailed()).as("" + result.getMessages()).isFalse();
    }

    @Test
    void isOfTheVersionOfTheBuild() {
        assertThat(Chart.description().path("appVersion").asText()).isEqualTo(System.getProperty("chart.appVersion"));
    }

    @Test
    void knowsEverySettingAndNoOther() {
        var inTheSchema = new TreeMap<String, String>();
        leaves("", Chart.schema().at("/properties/settings"), inTheSchema);

        var inTheProgram = new TreeMap<String, String>();
        settings("", Settings.class, inTheProgram);
        inTheProgram.keySet().removeIf(key -> ELSEWHERE.containsKey(key) || key.startsWith("connection.credentials."));

        assertThat(inTheSchema).as("keys and defaults").isEqualTo(inTheProgram);
    }

    @Test
    void handsEverySettingToTheProgramThatReadsIt() {
        var given = new TreeMap<String, Object>();
        give("", Chart.schema().at("/properties/settings"), given);
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
                .withConverter(java.time.Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
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
    void keepsTheDefinitionsWhenItIsUninstalledAndReachesThemWithAnUpgrade() {
        var committed = CustomResourceDefinitions.committed(CustomResourceDefinitions.FOLDER);

        var rendered = Chart.of(CustomResourceDefinition.class, Chart.objects(Chart.LEAST));

        assertThat(rendered).hasSameSizeAs(committed.keySet()).allSatisfy(definition -> {
            assertThat(definition.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
            assertThat(committed.values().stream()
                            .flatMap(value -> Chart.parse(value).stream())
                            .map(resource -> ((CustomResourceDefinition) resource).getSpec()))
                    .contains(definition.getSpec());
        });
        assertThat(Chart.FOLDER.resolve("crds"))
                .as("Helm never upgrades what lies there")
                .doesNotExist();
    }

    @Test
    void leavesTheDefinitionsAloneIfToldSo() {
        assertThat(Chart.of(CustomResourceDefinition.class, Chart.objects(Chart.LEAST + "crds: {install: false}\n")))
                .isEmpty();
    }

    @Test
    void mountsTheCredentialsAsAFolderSoThatTheyAreReadAgain() {
        var pod = operator(Chart.LEAST).getSpec().getTemplate().getSpec();

        assertThat(pod.getContainers().get(0).getVolumeMounts()).allMatch(mount -> mount.getSubPath() == null);
        assertThat(pod.getVolumes()).anySatisfy(volume -> assertThat(
                        volume.getSecret() == null ? null : volume.getSecret().getSecretName())
                .isEqualTo("evs"));
        assertThat(pod.getContainers().get(0).getEnv())
                .as("a password in the environment is read by whoever may describe the pod")
                .noneMatch(variable -> variable.getName().matches(".*(PASSWORD|SECRET_KEY|TOKEN).*"));
    }

    @Test
    void makesASecretOfCredentialsThatAreGivenAsValues() {
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
    void givesAPodTheTimeOfItsLongestCallToFinishIn() {
        assertThat(graceOf(Chart.LEAST)).isEqualTo(45);
        assertThat(graceOf(Chart.LEAST.replace("region: eu-de", "region: eu-de, timeout: 2m")))
                .isEqualTo(145);
        assertThat(graceOf(Chart.LEAST.replace("region: eu-de", "region: eu-de, timeout: 1500ms")))
                .isEqualTo(27);
    }

    @Test
    void bindsRightsToWatchedNamespacesOnly() {
        var objects = Chart.objects(Chart.LEAST + "watchNamespaces: [team-a, team-b]\n");

        assertThat(Chart.of(RoleBinding.class, objects))
                .extracting(binding -> binding.getMetadata().getNamespace(), binding -> binding.getRoleRef()
                        .getName())
                .contains(
                        org.assertj.core.groups.Tuple.tuple("team-a", "evs-snapshot-operator-requests"),
                        org.assertj.core.groups.Tuple.tuple("team-b", "evs-snapshot-operator-requests"));
        assertThat(Chart.of(ClusterRoleBinding.class, objects))
                .extracting(binding -> binding.getRoleRef().getName())
                .containsExactly("evs-snapshot-operator-cluster");
    }

    @Test
    void needsNoNamespaceToReadItsIdentityFromWhenItIsGivenOne() {
        assertThat(Chart.of(
                        ClusterRole.class,
                        Chart.objects(Chart.LEAST.replace("settings: {", "settings: {installation: one, "))))
                .flatExtracting(ClusterRole::getRules)
                .flatExtracting(rule -> rule.getResources())
                .doesNotContain("namespaces");
    }

    @Test
    void neverRunsTwoProcessesWithoutTheLease() {
        var withoutLease = Chart.LEAST.replace("settings: {", "settings: {leaderElection: {enabled: false}, ");

        assertThat(operator(withoutLease).getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThatThrownBy(() -> Chart.objects(withoutLease + "replicaCount: 2\n"))
                .hasMessageContaining("replicaCount must be 1");
    }

    @Test
    void protectsTwoReplicasIfToldSo() {
        assertThat(Chart.of(
                        PodDisruptionBudget.class,
                        Chart.objects(Chart.LEAST + "replicaCount: 2\npodDisruptionBudget: {enabled: true}\n")))
                .hasSize(1);
    }

    @Test
    void takesADigestBeforeATag() {
        var digest = "sha256:" + "0123456789abcdef".repeat(4);

        assertThat(operator(Chart.LEAST.replace("/evs}", "/evs, tag: x, digest: '" + digest + "'}"))
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
            {image: {repository: x}}                                      | settings.connection is not set
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
            """)
    void saysWhatIsWrongWithValues(String values, String words) {
        assertThatThrownBy(() -> Chart.objects(values)).hasMessageContaining(words);
    }

    private static int graceOf(String values) {
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

    /** Paths of the settings and their defaults, as the schema has them. */
    private static void leaves(String prefix, JsonNode schema, Map<String, String> into) {
        schema.path("properties").properties().forEach(property -> {
            var path = prefix + property.getKey();
            if (property.getValue().has("properties")) {
                leaves(path + ".", property.getValue(), into);
            } else {
                into.put(path, property.getValue().path("default").asText());
            }
        });
    }

    /** Paths of the settings and their defaults, as the program has them. */
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

    /** A value for each setting that is not its default. */
    private static void give(String prefix, JsonNode schema, Map<String, Object> into) {
        schema.path("properties").properties().forEach(property -> {
            var path = prefix + property.getKey();
            var of = property.getValue();
            if (of.has("properties")) {
                give(path + ".", of, into);
            } else {
                into.put(path, example(path, of));
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
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }
}
