/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RealApiServer.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the admission policy of the chart with a real API server: as the service account of the chart, as a user with the
 * edit role of the chart, and as an administrator of the cluster. The policy covers the namespace of the test only, because
 * other tests share the server.
 */
@ParameterizedClass(name = "kube-apiserver {0}")
@ValueSource(strings = {RealApiServer.NEWEST, RealApiServer.OLDEST})
class CreateIntentPolicyIT {
    /** Other tests on the same server leave the cluster roles of the usual name. */
    private static final String RELEASE = "policy-evs-snapshot-operator";

    private static final String SYSTEM = "policy-system";
    private static final String TEAM = "policy-team";
    private static final String EDITOR = "erin";
    private static final String OPERATOR = "system:serviceaccount:" + SYSTEM + ":" + RELEASE;
    private static final String ADMINISTRATOR = "";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path folder;

    private static RealApiServer server;
    private static List<HasMetadata> installed;

    private final String version;
    private final String name = "request-" + NUMBER.incrementAndGet();

    CreateIntentPolicyIT(String version) {
        this.version = version;
    }

    @BeforeParameterizedClassInvocation
    static void install(String version) throws IOException {
        server = RealApiServer.shared(version);
        var objects = new ArrayList<HasMetadata>();
        for (var namespace : List.of(SYSTEM, TEAM)) {
            objects.add(new NamespaceBuilder()
                    .withNewMetadata()
                    .withName(namespace)
                    .endMetadata()
                    .build());
        }
        Chart.parse(Chart.render(RELEASE, SYSTEM, Chart.MINIMAL + "watchNamespaces: [" + TEAM + "]\n")).stream()
                .filter(resource -> resource.getKind().matches("ServiceAccount|.*Role|.*RoleBinding|.*Policy.*"))
                .forEach(objects::add);
        installed = objects.stream()
                .map(resource -> server.client().resource(resource).create())
                .toList();
        kubectl("", "create", "rolebinding", "editors", "--clusterrole=" + RELEASE + "-edit", "--user=" + EDITOR);
        var forged = manifest("forged", "first");
        // The API server reads a new policy after a short time.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> kubectl(EDITOR, "create", "--dry-run=server", "-f", forged)
                                .exit()
                        != 0);
    }

    @AfterParameterizedClassInvocation
    static void uninstall() {
        installed.forEach(resource -> server.client().resource(resource).delete());
    }

    @Test
    void letsOperatorSetAndChangeIntent() throws IOException {
        created();

        assertThat(annotate(OPERATOR, "one")).satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(annotate(OPERATOR, "two")).satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(intent()).isEqualTo("two");
    }

    @Test
    void deniesEditorToCreateRequestWithIntentAndSaysWhatToDo() throws IOException {
        for (var value : List.of("copied", "")) {
            assertThat(kubectl(EDITOR, "create", "-f", manifest(name, value))).satisfies(CreateIntentPolicyIT::denied);
        }
        assertThat(kubectl(EDITOR, "apply", "--server-side", "-f", manifest(name, "copied")))
                .satisfies(CreateIntentPolicyIT::denied);
    }

    @Test
    void deniesEditorToSetOrChangeIntent() throws IOException {
        created();
        assertThat(annotate(EDITOR, "forged")).satisfies(CreateIntentPolicyIT::denied);
        annotate(OPERATOR, "real");

        assertThat(annotate(EDITOR, "forged")).satisfies(CreateIntentPolicyIT::denied);
        assertThat(annotate(EDITOR, "")).satisfies(CreateIntentPolicyIT::denied);
        assertThat(kubectl(EDITOR, "apply", "--server-side", "--force-conflicts", "-f", manifest(name, "forged")))
                .satisfies(CreateIntentPolicyIT::denied);
        assertThat(intent()).isEqualTo("real");
    }

    @Test
    void letsEditorRemoveIntent() throws IOException {
        created();
        annotate(OPERATOR, "real");

        assertThat(kubectl(EDITOR, "annotate", "vsr", name, Api.CREATE_INTENT + "-"))
                .satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(intent()).isEmpty();
    }

    @Test
    void concernsNothingButIntent() throws IOException {
        created();
        annotate(OPERATOR, "real");

        assertThat(kubectl(EDITOR, "annotate", "vsr", name, Api.PAUSED + "=true", "example.org/team=db"))
                .satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(kubectl(EDITOR, "patch", "vsr", name, "--type=merge", "--patch", """
                        {"spec": {"description": "later"}, "metadata": {"finalizers": ["example.org/hold"]}}"""))
                .satisfies(CreateIntentPolicyIT::succeeded);
        var exported = Files.writeString(
                folder.resolve(version + name),
                kubectl("", "get", "vsr", name, "-o", "yaml").out());
        assertThat(kubectl(EDITOR, "replace", "-f", exported.toString())).satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(kubectl(EDITOR, "delete", "vsr", name, "--wait=false")).satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(kubectl(EDITOR, "patch", "vsr", name, "--type=merge", "--patch", """
                        {"metadata": {"finalizers": []}}"""))
                .satisfies(CreateIntentPolicyIT::succeeded);
    }

    @Test
    void letsRestoreCopyIntentIntoNewObjectOnly() throws IOException {
        assertThat(kubectl(ADMINISTRATOR, "create", "-f", manifest(name, "copied")))
                .satisfies(CreateIntentPolicyIT::succeeded);

        assertThat(annotate(ADMINISTRATOR, "changed")).satisfies(CreateIntentPolicyIT::denied);
    }

    @Test
    void leavesOtherNamespacesToOtherInstallations() throws IOException {
        assertThat(kubectl(ADMINISTRATOR, "create", "-n", SYSTEM, "-f", manifest(name, "of another operator")))
                .satisfies(CreateIntentPolicyIT::succeeded);
        assertThat(kubectl(
                        ADMINISTRATOR,
                        "annotate",
                        "-n",
                        SYSTEM,
                        "--overwrite",
                        "vsr",
                        name,
                        Api.CREATE_INTENT + "=changed"))
                .satisfies(CreateIntentPolicyIT::succeeded);
    }

    private void created() throws IOException {
        assertThat(kubectl(EDITOR, "create", "-f", manifest(name, null))).satisfies(CreateIntentPolicyIT::succeeded);
    }

    private Output annotate(String user, String intent) {
        return kubectl(user, "annotate", "--overwrite", "vsr", name, Api.CREATE_INTENT + "=" + intent);
    }

    private String intent() {
        return kubectl(
                        ADMINISTRATOR,
                        "get",
                        "vsr",
                        name,
                        "-o",
                        "jsonpath={.metadata.annotations." + Api.CREATE_INTENT.replace(".", "\\.") + "}")
                .out();
    }

    /** Writes a request, with an intent unless it is null. */
    private static String manifest(String name, String intent) throws IOException {
        var annotations = intent == null ? "" : "annotations: {" + Api.CREATE_INTENT + ": \"" + intent + "\"}";
        return Files.writeString(Files.createTempFile(folder, name, ".yaml"), """
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRequest
                metadata:
                  name: %s
                  %s
                spec:
                  source: {volumeId: 5aa119a8-d25b-45a7-8d1b-88e127885635}
                """.formatted(name, annotations))
                .toString();
    }

    private static void succeeded(Output output) {
        assertThat(output.err()).isEmpty();
        assertThat(output.exit()).isZero();
    }

    private static void denied(Output output) {
        assertThat(output.exit()).isNotZero();
        assertThat(output.err())
                .contains("(Forbidden)", "Only the operator (" + OPERATOR + ") may set or change the annotation")
                .contains("remove the annotation and apply it again");
    }

    /** Runs kubectl as a user, or as the administrator of the cluster if the name is empty. */
    private static Output kubectl(String user, String... arguments) {
        var command = new ArrayList<String>();
        command.add("--namespace=" + TEAM);
        if (!user.isEmpty()) {
            command.add("--as=" + user);
        }
        command.addAll(List.of(arguments));
        return server.kubectl(command.toArray(String[]::new));
    }
}
