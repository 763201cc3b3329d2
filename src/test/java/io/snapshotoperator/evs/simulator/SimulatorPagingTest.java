/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covers sorting, filters, pages and links of lists in both families. */
class SimulatorPagingTest {

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
            .volume(Volume.available("v-1").withAvailabilityZone("eu-de-01"))
            .volume(Volume.available("v-2").withAvailabilityZone("eu-de-02"))
            .build());
    private final Caller caller = new Caller(simulator).loggedIn();
    private final List<String> newestFirst = new ArrayList<>();

    @BeforeEach
    void createFiveSnapshots() {
        for (var n = 1; n <= 5; n++) {
            var volume = n <= 3 ? "v-1" : "v-2";
            var body = "{\"snapshot\":{\"volume_id\":\"%s\",\"name\":\"snap %d\"}}".formatted(volume, n % 2);
            newestFirst.add(0, caller.evs("POST", "", body).at("/snapshot/id").asText());
            simulator.clock().advance(Duration.ofSeconds(1));
        }
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static List<String> ids(Caller.Response response) {
        return StreamSupport.stream(response.at("/snapshots").spliterator(), false)
                .map(node -> node.get("id").asText())
                .toList();
    }

    @Test
    void listsNewestFirstWithCountInNativeFamily() {
        var response = caller.evs("GET", "/detail");
        assertThat(ids(response)).isEqualTo(newestFirst);
        assertThat(response.at("/count").asInt()).isEqualTo(5);
        assertThat(response.json().has("snapshots_links")).isFalse();
        assertThat(response.at("/snapshots/0/service_type").asText()).isEqualTo("EVS");
        assertThat(response.at("/snapshots/0/os-extended-snapshot-attributes:progress")
                        .asText())
                .isEqualTo("0%");
    }

    @Test
    void returnsFewerFieldsAndNoCountInCinderFamily() {
        var detail = caller.cinder("GET", "/detail");
        assertThat(detail.json().has("count")).isFalse();
        assertThat(detail.json().has("snapshots_links")).isFalse();
        assertThat(detail.at("/snapshots/0").has("service_type")).isFalse();
        assertThat(detail.at("/snapshots/0").has("os-extended-snapshot-attributes:project_id"))
                .isTrue();
        var summary = caller.cinder("GET", "");
        assertThat(summary.json().get("snapshots_links").isNull()).isTrue();
        assertThat(summary.at("/snapshots/0").has("os-extended-snapshot-attributes:project_id"))
                .isFalse();
    }

    @Test
    void pagesByOffset() {
        var second = caller.evs("GET", "/detail?limit=2&offset=2");
        assertThat(ids(second)).isEqualTo(newestFirst.subList(2, 4));
        assertThat(second.at("/count").asInt()).isEqualTo(5);
        assertThat(ids(caller.evs("GET", "/detail?limit=2&offset=4"))).isEqualTo(newestFirst.subList(4, 5));
        assertThat(ids(caller.evs("GET", "/detail?limit=2&offset=6"))).isEmpty();
    }

    @Test
    void pagesByMarkerOfSnapshotThatFilterExcludes() {
        var page = caller.cinder("GET", "/detail?limit=2&marker=" + newestFirst.get(1));
        assertThat(ids(page)).isEqualTo(newestFirst.subList(2, 4));
        var ofFirst = caller.cinder("GET", "/detail?volume_id=v-1&marker=" + newestFirst.get(2));
        assertThat(ids(ofFirst)).isEqualTo(newestFirst.subList(3, 5));
        assertThat(caller.cinder("GET", "/detail?marker=unknown").status()).isEqualTo(404);
        assertThat(caller.evs("GET", "/detail?marker=unknown").at("/error/code").asText())
                .isEqualTo("EVS.1024");
    }

    @Test
    void returnsLinkToUnreachableHost() {
        var response = caller.evs("GET", "/detail?limit=1&name=snap%200");
        assertThat(response.at("/snapshots_links/0/rel").asText()).isEqualTo("next");
        assertThat(response.at("/snapshots_links/0/href").asText())
                .isEqualTo("https://172.28.9.185:8776/v2/0c2eba2c5af04d3f9e9d0d410b371fde/snapshots/detail"
                        + "?limit=1&name=snap+0&marker=" + newestFirst.get(1));
    }

    @Test
    void combinesFilters() {
        assertThat(ids(caller.evs("GET", "/detail?volume_id=v-1&name=snap%201")))
                .hasSize(2);
        assertThat(ids(caller.evs("GET", "/detail?name=snap"))).isEmpty();
        assertThat(ids(caller.evs("GET", "/detail?status=available"))).isEmpty();
        assertThat(ids(caller.cinder("GET", "/detail?availability_zone=eu-de-02")))
                .hasSize(2);
        var two = "/detail?id=" + newestFirst.get(0) + "&id=" + newestFirst.get(3);
        assertThat(ids(caller.evs("GET", two))).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "service_type=EVS, 5",
        "service_type=DSS, 0",
        "dedicated_storage_name=x, 0",
        "enterprise_project_id=0, 5",
        "enterprise_project_id=all_granted_eps, 5",
        "enterprise_project_id=e-1, 0"
    })
    void honorsFiltersOfVendor(String query, int count) {
        assertThat(ids(caller.evs("GET", "/detail?" + query))).hasSize(count);
    }

    @ParameterizedTest
    @CsvSource({
        "cloudsnapshots/detail?colour=red, colour",
        "cloudsnapshots/detail?sort_key=id, sort_key",
        "cloudsnapshots/detail?with_count=true, with_count",
        "cloudsnapshots/detail?name=a&name=b, name",
        "snapshots/detail?id=a, id",
        "snapshots/detail?service_type=EVS, service_type",
        "snapshots/detail?with_count=true, with_count",
        "snapshots?availability_zone=eu-de-01, availability_zone",
        "cloudvolumes/detail?metadata=x, metadata",
        "volumes/detail?bootable=true, bootable",
        "volumes/v-1?name=a, name"
    })
    void rejectsQueryParameterThatItDoesNotHonor(String path, String parameter) {
        var response = caller.below("GET", "/" + path);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("Invalid filters " + parameter + " are found in query options.");
    }

    @ParameterizedTest
    @CsvSource({
        "cloudsnapshots/detail?service_type=FAST, Invalid value 'FAST' for 'service_type'.",
        "cloudsnapshots/detail?service_type=EVS&dedicated_storage_id=x, With service_type EVS the dedicated_storage",
        "snapshots/detail?sort_key=colour, Invalid input received: Sort key supplied is invalid: colour",
        "snapshots/detail?sort_dir=up, 'Invalid input received: Unknown sort direction, must be one of: asc, desc.'",
        "snapshots/detail?sort=name&sort_key=id, The 'sort_key' and 'sort_dir' parameters are deprecated"
    })
    void rejectsInvalidValueOfQueryParameter(String path, String message) {
        var response = caller.below("GET", "/" + path);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(message);
    }

    @Test
    void sortsByFieldsOfCinder() {
        var byName = caller.cinder("GET", "/detail?sort=display_name:asc,created_at:desc")
                .at("/snapshots");
        assertThat(byName).extracting(snapshot -> snapshot.get("name").asText()).isSorted();
        assertThat(ids(caller.cinder("GET", "/detail?sort_key=id&sort_dir=asc")))
                .isSorted()
                .hasSize(5);
    }

    @Test
    void countsInCinderFamilyFromMicroversion345() {
        var path = "/volume/v3/0c2eba2c5af04d3f9e9d0d410b371fde/snapshots/detail?limit=1&with_count=true";
        assertThat(caller.withMicroversion("volume 3.44").send("GET", path).status())
                .isEqualTo(400);
        var response = caller.withMicroversion("volume 3.45").send("GET", path);
        assertThat(response.at("/count").asInt()).isEqualTo(5);
        assertThat(response.header("OpenStack-API-Version")).isEqualTo("volume 3.45");
        assertThat(caller.withMicroversion("volume latest")
                        .send("GET", path)
                        .at("/count")
                        .asInt())
                .isEqualTo(5);
        assertThat(caller.withMicroversion("volume 3.51").send("GET", path).json())
                .hasToString("{\"computeFault\":{\"message\":\"Version 3.51 is not supported by the API. Minimum is 3.0"
                        + " and maximum is 3.50.\",\"code\":406}}");
    }

    @Test
    void createsNothingForUnsupportedMicroversion() {
        var path = "/volume/v3/0c2eba2c5af04d3f9e9d0d410b371fde/snapshots";
        var body = "{\"snapshot\":{\"volume_id\":\"v-1\",\"force\":true}}";
        assertThat(caller.withMicroversion("volume 3.51")
                        .send("POST", path, body)
                        .status())
                .isEqualTo(406);
        assertThat(caller.withMicroversion("volume new")
                        .send("POST", path, body)
                        .status())
                .isEqualTo(400);
        assertThat(simulator.snapshots().living()).hasSize(5);
    }

    @Test
    void linksToItselfOnRequest() {
        try (var other = EvsSimulator.start(SimulatorSettings.builder()
                .followableLinks(true)
                .volume(Volume.inUse("v-1"))
                .volume(Volume.inUse("v-2"))
                .build())) {
            var user = new Caller(other).loggedIn();
            user.created("v-1");
            user.created("v-1");
            for (var list : List.of("/cloudsnapshots/detail", "/snapshots", "/volumes/detail", "/volumes")) {
                var first = user.below("GET", list + "?limit=1").json();
                var collection = list.contains("snapshots") ? "snapshots" : "volumes";
                var link = first.at("/" + collection + "_links/0/href").asText();
                assertThat(link).startsWith(other.endpoint() + "/volume/v2/");
                var second = user.send(
                        "GET", link.substring(other.endpoint().toString().length()));
                assertThat(second.at("/" + collection)).hasSize(1);
                assertThat(second.at("/" + collection + "/0/id")).isNotEqualTo(first.at("/" + collection + "/0/id"));
            }
        }
    }

    @Test
    void filtersAndPagesVolumes() {
        assertThat(volumes("cloudvolumes/detail?ids=%5B'v-1','v-9'%5D&id=v-2")).containsExactly("v-1");
        assertThat(volumes("cloudvolumes/detail?availability_zone=eu-de-02")).containsExactly("v-2");
        assertThat(volumes("cloudvolumes/detail?multiattach=true")).isEmpty();
        assertThat(volumes("volumes/detail?status=available&name=disk-v-2")).containsExactly("v-2");
        assertThat(volumes("volumes/detail?sort=id:desc&limit=1")).containsExactly("v-2");
        assertThat(volumes("volumes?sort=id:asc&marker=v-1")).containsExactly("v-2");
        assertThat(caller.below("GET", "/cloudvolumes/detail?limit=1")
                        .at("/count")
                        .asInt())
                .isEqualTo(2);
        assertThat(caller.below("GET", "/volumes/detail?marker=v-9").status()).isEqualTo(404);
    }

    private List<String> volumes(String path) {
        return caller.below("GET", "/" + path).at("/volumes").findValuesAsText("id").stream()
                .filter(id -> id.length() == 3)
                .distinct()
                .toList();
    }

    @Test
    void cutsPagesAtItsOwnLimitAndStillLinksAndCounts() {
        simulator.faults().add(FaultRule.always(Fault.PAGES_CUT).withText("2"));

        var first = caller.evs("GET", "/detail?limit=1000");

        assertThat(ids(first)).isEqualTo(newestFirst.subList(0, 2));
        assertThat(first.at("/count").asInt()).isEqualTo(5);
        assertThat(first.at("/snapshots_links/0/href").asText()).endsWith("marker=" + newestFirst.get(1));
        assertThat(ids(caller.cinder("GET", "/detail?marker=" + newestFirst.get(1))))
                .isEqualTo(newestFirst.subList(2, 4));
    }

    @ParameterizedTest
    @CsvSource({"'', false, false", "count, false, true", "next, true, false"})
    void leavesOutHintsAboutFurtherPages(String text, boolean counts, boolean links) {
        simulator.faults().add(FaultRule.always(Fault.PAGE_HINTS_MISSING).withText(text));

        var page = caller.evs("GET", "/detail?limit=2").json();

        assertThat(page.has("count")).isEqualTo(counts);
        assertThat(page.has("snapshots_links")).isEqualTo(links);
    }

    @Test
    void rejectsCutPageSizeThatIsNoNumber() {
        var rule = FaultRule.always(Fault.PAGES_CUT);

        assertThatThrownBy(() -> rule.withText("many"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("many");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=abc, EVS.5400, limit param must be an integer",
        "limit=-1, EVS.5400, limit param must be positive",
        "limit=0, EVS.5400, limit param must be positive",
        "offset=abc, EVS.5400, offset param must be an integer",
        "limit=1001, EVS.2142, 'invalid filter limit, can not greater than 1000.'"
    })
    void rejectsInvalidLimitAndOffset(String query, String code, String message) {
        var response = caller.evs("GET", "/detail?" + query);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/error/code").asText()).isEqualTo(code);
        assertThat(response.at("/error/message").asText()).isEqualTo(message);
    }

    @Test
    void reducesLargeLimitInCinderFamily() {
        assertThat(caller.cinder("GET", "/detail?limit=5000").status()).isEqualTo(200);
        assertThat(caller.cinder("GET", "/detail?limit=abc")
                        .at("/badRequest/message")
                        .asText())
                .isEqualTo("limit param must be an integer");
    }

    @Test
    void sortsOldestFirstInCinderFamilyOnRequest() {
        var oldest = ids(caller.cinder("GET", "/detail?sort_dir=asc")).get(0);
        assertThat(oldest).isEqualTo(newestFirst.get(4));
    }

    @Test
    void returnsTenThousandSnapshotsInTenPages() {
        for (var n = 0; n < 9_995; n++) {
            simulator.snapshots().add("v-1", "many-" + n, "available", Map.of("n", "" + n));
        }
        var ids = new HashSet<String>();
        JsonNode last = null;
        for (var offset = 0; offset < 10_000; offset += 1000) {
            var page = caller.evs("GET", "/detail?limit=1000&offset=" + offset);
            ids.addAll(ids(page));
            last = page.json();
        }
        assertThat(ids).hasSize(10_000);
        assertThat(last.get("count").asInt()).isEqualTo(10_000);
    }
}
