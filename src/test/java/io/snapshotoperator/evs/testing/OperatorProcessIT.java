/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorProcessIT {
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
                        .contains("operator_sdk_reconciliations_active{controller_name=\"volumesnapshotrequest\"");
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
    @CsvSource({
        "evs.create.settle-time, 1s",
        "evs.connection.timeout, 2s",
        "evs.connection.family, classic",
        "evs.connection.endpoint, http://evs.example.com",
        "evs.connection.credentials.username, somebody"
    })
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
}
