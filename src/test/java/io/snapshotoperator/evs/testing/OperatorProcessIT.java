/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorProcessIT {
    private static final Duration MAX_WAIT = Duration.ofSeconds(90);

    @Test
    void leadsServesHealthAndMetricsAndReleasesLeaseOnSigterm() throws Exception {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        try (var cluster = Cluster.realOrEmbedded();
                var cloud = EvsSimulator.start(SimulatorSettings.defaults())) {
            var namespace = cluster.freshNamespace("process");
            try (var operator = OperatorProcess.packaged("process")
                    .kubeconfig(server.kubeconfig())
                    .settings(RunningOperator.settings(cloud, namespace))
                    .start()) {
                operator.awaitLeading();
                assertThat(get(operator, "/q/health")).contains("\"UP\"");
                assertThat(get(operator, "/q/metrics"))
                        .contains("\noperator_sdk_reconciliations_active{controller_name=\"volumesnapshotrequest\"");
                assertThat(operator.terminate(Duration.ofSeconds(20))).isEqualTo(143);
            }
            assertThat(server.client()
                            .leases()
                            .inNamespace(namespace)
                            .withName("evs-snapshot-operator")
                            .get()
                            .getSpec()
                            .getHolderIdentity())
                    .isNullOrEmpty();
        }
    }

    private static String get(OperatorProcess operator, String path) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(operator.http().resolve(path)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @ParameterizedTest
    @CsvSource({"evs.create.settle-time, 1s", "evs.connection.family, classic"})
    void exitsAndNamesInvalidSetting(String key, String value) {
        var settings = new HashMap<String, String>();
        settings.put("evs.installation", "none");
        settings.put("evs.connection.region", "eu-de");
        settings.put(key, value);
        try (var operator =
                OperatorProcess.packaged("misconfigured").settings(settings).start()) {
            assertThat(operator.awaitEnd(Duration.ofSeconds(60)))
                    .as(operator.log())
                    .isEqualTo(2);
            assertThat(operator.log()).contains(key.replaceAll("username$", "password"));
        }
    }

    @Test
    void namesEveryUnusableSettingOnceWithoutStackTrace() {
        try (var operator = OperatorProcess.packaged("misconfigured")
                .settings(Map.of(
                        "evs.connection.region", "eu-de",
                        "evs.connection.family", "classic",
                        "evs.create.settle-time", "1s"))
                .start()) {
            assertThat(operator.awaitEnd(MAX_WAIT)).as(operator.log()).isEqualTo(2);
            assertThat(operator.log().strip().lines())
                    .singleElement()
                    .asString()
                    .startsWith("3 settings cannot be used: ")
                    .contains("evs.connection.family", "no credentials", "evs.create.settle-time");
        }
    }

    @Test
    void endsWithoutLeaseWhenCommandIsUnknown() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        try (var cluster = Cluster.realOrEmbedded();
                var cloud = EvsSimulator.start(SimulatorSettings.defaults())) {
            var namespace = cluster.freshNamespace("unknown");
            try (var operator = OperatorProcess.packaged("unknown")
                    .kubeconfig(server.kubeconfig())
                    .settings(RunningOperator.settings(cloud, namespace))
                    .arguments(List.of("operate"))
                    .start()) {
                assertThat(operator.awaitEnd(MAX_WAIT)).as(operator.log()).isEqualTo(2);
                assertThat(operator.log()).contains("'operate'", "Usage: evs-snapshot-operator");
            }
            assertThat(leases(server, namespace)).isEmpty();
        }
    }

    @Test
    void endsWhenAnotherProcessHoldsItsLease() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        try (var cluster = Cluster.realOrEmbedded();
                var cloud = EvsSimulator.start(SimulatorSettings.defaults())) {
            var namespace = cluster.freshNamespace("lost");
            try (var operator = OperatorProcess.packaged("lost")
                    .kubeconfig(server.kubeconfig())
                    .settings(RunningOperator.settings(cloud, namespace))
                    .start()) {
                operator.awaitLeading();
                await().atMost(MAX_WAIT)
                        .ignoreException(KubernetesClientException.class)
                        .until(() -> server.client()
                                        .resource(leases(server, namespace).get(0))
                                        .edit(OperatorProcessIT::heldByThief)
                                != null);
                assertThat(operator.awaitEnd(MAX_WAIT)).as(operator.log()).isEqualTo(3);
            }
            assertThat(leases(server, namespace)).singleElement().satisfies(lease -> assertThat(
                            lease.getSpec().getHolderIdentity())
                    .isEqualTo("thief"));
        }
    }

    private static Lease heldByThief(Lease lease) {
        lease.getSpec().setHolderIdentity("thief");
        lease.getSpec().setLeaseDurationSeconds(60);
        return lease;
    }

    private static List<Lease> leases(RealApiServer server, String namespace) {
        return server.client().leases().inNamespace(namespace).list().getItems();
    }

    @Test
    void namesMissingRightWithoutStackTrace() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        assertEndsAtStart(
                OperatorProcess.packaged("forbidden")
                        .kubeconfig(server.kubeconfig())
                        .environment("KUBERNETES_IMPERSONATE_USERNAME", "system:serviceaccount:default:powerless"),
                "powerless\\\" cannot list resource \\\"volumesnapshotrequests\\\"");
    }

    @Test
    void namesUnreachableApiServerWithoutStackTrace(@TempDir Path folder) throws IOException {
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: none, context: {cluster: none, user: none}}]
                users: [{name: none, user: {}}]
                current-context: none
                """);
        assertEndsAtStart(
                OperatorProcess.packaged("unreachable").kubeconfig(kubeconfig), "The API server is not reachable: ");
    }

    @Test
    void namesMissingResourceDefinitionWithoutStackTrace() {
        try (var server = RealApiServer.of(RealApiServer.NEWEST).start()) {
            assertEndsAtStart(
                    OperatorProcess.packaged("no-crd").kubeconfig(server.kubeconfig()),
                    "Install the custom resource definition");
        }
    }

    private static void assertEndsAtStart(OperatorProcess.Builder process, String message) {
        try (var cloud = EvsSimulator.start(SimulatorSettings.defaults());
                var operator = process.settings(RunningOperator.settings(cloud, "default"))
                        .start()) {
            assertThat(operator.awaitEnd(MAX_WAIT)).as(operator.log()).isEqualTo(4);
            assertThat(operator.log())
                    .contains("The operator cannot start. ", message)
                    .doesNotContain("\\tat ", "\tat ");
        }
    }
}
