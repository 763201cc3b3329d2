/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Covers the version documents as keystoneauth and python-cinderclient read them: keystoneauth needs id, status and a self
 * link; cinderclient needs {@code versions} with version and min_version at the path before {@code v3}.
 */
class SimulatorDiscoveryTest {

    private static final String PROJECT = "0c2eba2c5af04d3f9e9d0d410b371fde";

    private final EvsSimulator simulator = EvsSimulator.start(
            SimulatorSettings.builder().volume(Volume.inUse("v-1")).build());

    private final Caller caller = new Caller(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({"/v3", "/v3/"})
    void describesIamAtLoginUrl(String path) {
        var response = caller.send("GET", path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.at("/version/id").asText()).startsWith("v3.");
        assertThat(response.at("/version/status").asText()).isEqualTo("stable");
        assertThat(response.at("/version/links/0/rel").asText()).isEqualTo("self");
        assertThat(response.at("/version/links/0/href").asText()).isEqualTo(simulator.endpoint() + "/v3/");
    }

    @ParameterizedTest
    @CsvSource({"/, '', 300", "/volume, /volume, 300", "/volume/, /volume, 300"})
    void describesAllVersionsOfEvsAtRoot(String path, String prefix, int status) {
        var response = caller.send("GET", path);
        assertThat(response.status()).isEqualTo(status);
        var described = new ArrayList<String>();
        response.at("/versions")
                .forEach(version -> described.add(version.get("id").asText()
                        + " " + version.get("status").asText()
                        + " " + version.get("min_version").asText()
                        + " " + version.get("version").asText()
                        + " " + version.at("/links/0/href").asText()));
        assertThat(described)
                .containsExactly(
                        "v1.0 SUPPORTED   " + simulator.endpoint() + prefix + "/v1/",
                        "v2.0 SUPPORTED   " + simulator.endpoint() + prefix + "/v2/",
                        "v3.0 CURRENT 3.0 3.50 " + simulator.endpoint() + prefix + "/v3/");
    }

    @ParameterizedTest
    @CsvSource({"/v2, v2.0, /v2/", "/volume/v2, v2.0, /volume/v2/", "/volume/v3/, v3.0, /volume/v3/"})
    void describesOneVersionOfEvs(String path, String id, String self) {
        var response = caller.send("GET", path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.at("/versions")).hasSize(1);
        assertThat(response.at("/versions/0/id").asText()).isEqualTo(id);
        assertThat(response.at("/versions/0/links/0/href").asText()).isEqualTo(simulator.endpoint() + self);
    }

    @Test
    void servesEvsBelowPrefixAndWithoutIt() {
        caller.loggedIn();
        var id = caller.created("v-1");
        for (var path : List.of(
                "/v2/%s/cloudsnapshots/%s",
                "/volume/v2/%s/cloudsnapshots/%s", "/v3/%s/snapshots/%s", "/volume/v3/%s/snapshots/%s")) {
            assertThat(caller.send("GET", path.formatted(PROJECT, id))
                            .at("/snapshot/id")
                            .asText())
                    .as(path)
                    .isEqualTo(id);
        }
    }

    @Test
    void servesIamOnlyWithoutPrefix() {
        caller.loggedIn();
        assertThat(caller.send("GET", "/volume/v3/auth/projects").status()).isEqualTo(404);
        assertThat(caller.send("POST", "/volume/v3/auth/tokens", "{}").status()).isEqualTo(404);
    }

    /** openstacksdk iterates over the links of a list, so null is an error there. */
    @Test
    void leavesOutEmptyLinksOfSummaryInVersion3() {
        caller.loggedIn();
        assertThat(caller.send("GET", "/volume/v3/" + PROJECT + "/snapshots")
                        .json()
                        .has("snapshots_links"))
                .isFalse();
        assertThat(caller.cinder("GET", "").at("/snapshots_links").isNull()).isTrue();
    }

    /** python-cinderclient looks for a snapshot by name with this parameter. */
    @Test
    void listsOwnProjectForAllTenants() {
        caller.loggedIn();
        var id = caller.created("v-1");
        assertThat(caller.send("GET", "/volume/v3/" + PROJECT + "/snapshots/detail?all_tenants=1")
                        .at("/snapshots/0/id")
                        .asText())
                .isEqualTo(id);
    }
}
