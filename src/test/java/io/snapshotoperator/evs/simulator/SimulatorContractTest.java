/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers the documented examples and errors of the snapshot calls in both families. */
class SimulatorContractTest {

    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final String ATTACHED_VOLUME = "f687bd70-37b3-4f00-a900-0ba1cfaa5196";
    private static final String EXAMPLE = """
            {"snapshot":{"name":"snap-001","description":"Daily backup","volume_id":"%s","force":false,"metadata":{}}}""".formatted(VOLUME);

    private final EvsSimulator simulator = EvsSimulator.start(settings().build());
    private final Caller caller = new Caller(simulator).loggedIn();

    private static SimulatorSettingsBuilder settings() {
        return SimulatorSettings.builder()
                .steppedFrom(Instant.parse("2013-02-25T03:56:53.081642Z"))
                .otherProject("20a68d6b7a124ae2b6b8a22046ee5966", "eu-de_team1")
                .volume(Volume.available(VOLUME).withSizeGib(1))
                .volume(Volume.inUse(ATTACHED_VOLUME));
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static List<String> fields(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void returnsDocumentedCreateExample() {
        var response = caller.evs("POST", "", EXAMPLE);
        assertThat(response.status()).isEqualTo(202);
        var snapshot = response.at("/snapshot");
        assertThat(fields(snapshot))
                .containsExactlyInAnyOrder(
                        "status",
                        "description",
                        "created_at",
                        "metadata",
                        "volume_id",
                        "size",
                        "id",
                        "name",
                        "updated_at");
        assertThat(snapshot.get("status").asText()).isEqualTo("creating");
        assertThat(snapshot.get("created_at").asText()).isEqualTo("2013-02-25T03:56:53.081642");
        assertThat(snapshot.get("updated_at").asText()).isEqualTo("2013-02-25T03:56:53.081642");
        assertThat(snapshot.get("size").isInt()).isTrue();
        assertThat(response.header("X-Request-Id")).isNotEmpty();
    }

    @Test
    void becomesAvailableAfterConfiguredDuration() {
        var id = caller.created(VOLUME);
        simulator.clock().advance(Duration.ofMillis(9_999));
        var before = caller.evs("GET", "/" + id).at("/snapshot");
        simulator.clock().advance(Duration.ofMillis(1));
        var after = caller.evs("GET", "/" + id).at("/snapshot");
        assertThat(before.get("status").asText()).isEqualTo("creating");
        assertThat(before.get("os-extended-snapshot-attributes:progress").asText())
                .isEqualTo("0%");
        assertThat(after.get("status").asText()).isEqualTo("available");
        assertThat(after.get("os-extended-snapshot-attributes:progress").asText())
                .isEqualTo("100%");
        assertThat(after.get("updated_at").isNull()).isTrue();
    }

    @Test
    void showsSameSnapshotInBothFamilies() {
        var id = caller.created(VOLUME);
        assertThat(caller.cinder("GET", "/" + id).at("/snapshot"))
                .isEqualTo(caller.evs("GET", "/" + id).at("/snapshot"));
        assertThat(caller.send("GET", "/v3/0c2eba2c5af04d3f9e9d0d410b371fde/snapshots/" + id)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void rejectsAttachedVolumeWithoutForceWithCinderMessage() {
        var body = "{\"snapshot\":{\"volume_id\":\"%s\"}}".formatted(ATTACHED_VOLUME);
        var text = "Invalid volume: Volume " + ATTACHED_VOLUME
                + " status must be available, but current status is: in-use.";
        assertThat(caller.evs("POST", "", body).json())
                .hasToString("{\"error\":{\"message\":\"%s\",\"code\":\"EVS.5400\"}}".formatted(text));
        assertThat(caller.cinder("POST", "", body).json())
                .hasToString("{\"badRequest\":{\"message\":\"%s\",\"code\":400}}".formatted(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"attaching", "error", "backing-up", "deleting", "extending", "maintenance"})
    void rejectsVolumeInTransientOrErrorStateWithForce(String status) {
        simulator.volumes().setStatus(ATTACHED_VOLUME, status);
        var response = caller.create(ATTACHED_VOLUME);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/error/message").asText())
                .endsWith("status must be available, in-use, but current status is: " + status + ".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"snapshot\":{\"volume_id\":\"V\",\"color\":\"red\"}} | EVS.5400",
                "{\"snapshot\":{\"volume_id\":\"V\"},\"extra\":1} | EVS.5400",
                "{\"snapshot\":{}} | EVS.5400",
                "{\"snapshot\":{\"volume_id\":\"V\",\"metadata\":{\"a/b\":\"c\"}}} | EVS.5400",
                "{\"snapshot\":{\"volume_id\":\"V\",\"metadata\":{\"a\":1}}} | EVS.5400",
                "{\"snapshot\":{\"volume_id\":\"V\",\"force\":\"perhaps\"}} | EVS.5400",
                "{\"snapshot\":{\"volume_id\":\"V\",\"name\":\"autobk_snapshot_x\"}} | EVS.1003",
                "{\"snapshot\": | EVS.1052",
                "[] | EVS.1052"
            })
    void rejectsBodyThatCinderSchemaRejects(String body, String code) {
        var response = caller.evs("POST", "", body.replace("V", VOLUME));
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/error/code").asText()).isEqualTo(code);
        assertThat(simulator.snapshots().living()).isEmpty();
    }

    @Test
    void limitsNameAndDescriptionInBytes() {
        var body = "{\"snapshot\":{\"volume_id\":\"%s\",\"%s\":\"%s\"}}";
        var fits = "ä".repeat(127) + "a";
        var tooLong = "ä".repeat(128);
        assertThat(caller.evs("POST", "", body.formatted(VOLUME, "name", fits)).status())
                .isEqualTo(202);
        assertThat(caller.evs("POST", "", body.formatted(VOLUME, "name", tooLong))
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1003");
        assertThat(caller.evs("POST", "", body.formatted(VOLUME, "description", tooLong))
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1004");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"True\"", "\"1\"", "\"on\"", "\"yes\""})
    void acceptsBooleanAndBooleanWordForForce(String force) {
        var body = "{\"snapshot\":{\"volume_id\":\"%s\",\"force\":%s}}".formatted(ATTACHED_VOLUME, force);
        assertThat(caller.evs("POST", "", body).status()).isEqualTo(202);
    }

    @Test
    void rejectsUnknownVolumeAndVolumeOfOtherProject() {
        simulator.volumes().put(Volume.inUse("theirs").inProject("20a68d6b7a124ae2b6b8a22046ee5966"));
        for (var volume : List.of("unknown", "theirs")) {
            var response = caller.create(volume);
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.at("/error/code").asText()).isEqualTo("EVS.5404");
            assertThat(response.at("/error/message").asText()).isEqualTo("Volume " + volume + " could not be found.");
        }
    }

    @Test
    void hidesSnapshotsFromOtherProjects() {
        var id = caller.created(VOLUME);
        var otherTenant = new Caller(simulator, "20a68d6b7a124ae2b6b8a22046ee5966").loggedIn();
        var response = otherTenant.cinder("GET", "/" + id);
        assertThat(response.json())
                .hasToString("{\"itemNotFound\":{\"message\":\"Snapshot %s could not be found.\",\"code\":404}}"
                        .formatted(id));
        assertThat(otherTenant.evs("GET", "/detail").at("/count").asInt()).isZero();
    }

    @Test
    void deletesSnapshotInTwoSteps() {
        var id = caller.created(VOLUME);
        assertThat(caller.evs("DELETE", "/" + id).at("/error/code").asText()).isEqualTo("EVS.1047");
        simulator.clock().advance(Duration.ofSeconds(10));
        var accepted = caller.evs("DELETE", "/" + id);
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.body()).isEmpty();
        assertThat(caller.evs("GET", "/" + id).at("/snapshot/status").asText()).isEqualTo("deleting");
        assertThat(caller.cinder("DELETE", "/" + id).at("/badRequest/message").asText())
                .isEqualTo("Invalid snapshot: Snapshot status must be available or error and must not be part of a"
                        + " group.");
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(404);
        assertThat(caller.evs("DELETE", "/" + id).at("/error/code").asText()).isEqualTo("EVS.5404");
    }

    @Test
    void rejectsDeleteOfSnapshotInErrorDeleting() {
        var id = caller.created(VOLUME);
        simulator.snapshots().setStatus(id, "error_deleting");
        var response = caller.evs("DELETE", "/" + id);
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.at("/error/code").asText()).isEqualTo("EVS.2019");
        assertThat(caller.cinder("DELETE", "/" + id).status()).isEqualTo(400);
    }

    @Test
    void renamesInAnyStateAndSetsUpdatedAt() {
        var id = caller.created(VOLUME);
        simulator.clock().advance(Duration.ofSeconds(1));
        var response = caller.evs("PUT", "/" + id, "{\"snapshot\":{\"name\":\"other\",\"description\":null}}");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.at("/snapshot/name").asText()).isEqualTo("other");
        assertThat(response.at("/snapshot/updated_at").asText()).isEqualTo("2013-02-25T03:56:54.081642");
        assertThat(response.at("/snapshot").has("os-extended-snapshot-attributes:progress"))
                .isFalse();
        assertThat(caller.evs("PUT", "/" + id, "{\"snapshot\":{}}").status()).isEqualTo(400);
        assertThat(caller.evs("PUT", "/" + id, "{\"snapshot\":{\"metadata\":{}}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void limitsManualSnapshotsPerVolumeToSevenWithoutBackups() {
        simulator.snapshots().addForeign(VOLUME, "autobk_snapshot_vbs_1", Map.of());
        for (var n = 1; n <= 7; n++) {
            assertThat(caller.create(VOLUME).status()).isEqualTo(202);
        }
        var eighth = caller.cinder("POST", "", EXAMPLE);
        assertThat(eighth.status()).isEqualTo(413);
        assertThat(eighth.at("/overLimit/message").asText())
                .isEqualTo("Maximum number of snapshots allowed (7) exceeded");
        assertThat(eighth.header("Retry-After")).isEqualTo("0");
    }

    @Test
    void changesMetadataOnlyInCinderFamily() {
        var id = caller.created(VOLUME);
        var path = "/" + id + "/metadata";
        caller.cinder("POST", path, "{\"metadata\":{\"key1\":\"value1\",\"key2\":\"value2\"}}");
        assertThat(caller.cinder("POST", path, "{\"metadata\":{\"key2\":\"other\"}}")
                        .json())
                .hasToString("{\"metadata\":{\"key1\":\"value1\",\"key2\":\"other\"}}");
        assertThat(caller.cinder("PUT", path + "/key1", "{\"meta\":{\"key1\":\"new\"}}")
                        .json())
                .hasToString("{\"meta\":{\"key1\":\"new\"}}");
        assertThat(caller.cinder("PUT", path + "/key1", "{\"meta\":{\"key9\":\"new\"}}")
                        .at("/badRequest/message")
                        .asText())
                .isEqualTo("Request body and URI mismatch");
        assertThat(caller.cinder("DELETE", path + "/key1").status()).isEqualTo(200);
        assertThat(caller.cinder("GET", path + "/key1")
                        .at("/itemNotFound/message")
                        .asText())
                .isEqualTo("Snapshot " + id + " has no metadata with key key1.");
        assertThat(caller.cinder("PUT", path, "{\"metadata\":{}}").json()).hasToString("{\"metadata\":{}}");
        assertThat(caller.evs("GET", path).at("/error_code").asText()).isEqualTo("APIGW.0101");
    }

    @Test
    void returnsVolumesAndQuotas() {
        for (var kind : List.of("os-vendor-volumes", "cloudvolumes", "volumes")) {
            var volume = caller.below("GET", "/" + kind + "/" + ATTACHED_VOLUME).at("/volume");
            assertThat(volume.get("status").asText()).isEqualTo("in-use");
            assertThat(volume.get("bootable").isTextual()).isTrue();
            assertThat(volume.has("service_type")).isEqualTo(!"volumes".equals(kind));
        }
        caller.create(ATTACHED_VOLUME);
        var quota = caller.below("GET", "/os-quota-sets/0c2eba2c5af04d3f9e9d0d410b371fde?usage=True");
        assertThat(quota.at("/quota_set/snapshots/in_use").asInt()).isEqualTo(1);
        assertThat(quota.at("/quota_set/gigabytes/in_use").asInt()).isEqualTo(1 + 40 + 40);
        var limits = caller.below("GET", "/os-quota-sets/0c2eba2c5af04d3f9e9d0d410b371fde");
        assertThat(limits.at("/quota_set/snapshots").asInt()).isEqualTo(-1);
    }

    @Test
    void deletesSnapshotsWithVolumeOnlyInNativeFamily() {
        var id = caller.created(VOLUME);
        assertThat(caller.below("DELETE", "/volumes/" + VOLUME).status()).isEqualTo(400);
        assertThat(caller.below("DELETE", "/cloudvolumes/" + ATTACHED_VOLUME)
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1046");
        assertThat(caller.below("DELETE", "/cloudvolumes/" + VOLUME)
                        .at("/job_id")
                        .asText())
                .hasSize(32);
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(404);
    }

    @Test
    void returnsDifferentErrorForUnknownPathThanForUnknownSnapshot() {
        var response = caller.below("GET", "/cloudsnapshots?name=a");
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.at("/error_code").asText()).isEqualTo("APIGW.0101");
        assertThat(response.at("/request_id").asText()).isNotEmpty();
    }

    @Test
    void keepsLimitPerVolumeUnderConcurrentCreates() {
        var statuses = IntStream.range(0, 40)
                .parallel()
                .map(n -> caller.create(VOLUME).status())
                .boxed()
                .toList();
        assertThat(statuses).filteredOn(status -> status == 202).hasSize(7);
        assertThat(simulator.snapshots().living()).hasSize(7);
        assertThat(simulator.callLog().createsActedOn()).hasSize(7);
    }

    @Test
    void rejectsCreateBeyondProjectQuotas() {
        try (var small = EvsSimulator.start(
                settings().snapshotQuota(1).gigabyteQuota(41 + 1 + 40).build())) {
            var tenant = new Caller(small).loggedIn();
            assertThat(tenant.create(VOLUME).status()).isEqualTo(202);
            var response = tenant.create(VOLUME);
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.at("/error/code").asText()).isEqualTo("EVS.5413");
            assertThat(response.at("/error/message").asText())
                    .isEqualTo("Maximum number of snapshots allowed (1) exceeded");
        }
        try (var narrow = EvsSimulator.start(settings().gigabyteQuota(50).build())) {
            var response = new Caller(narrow)
                    .loggedIn()
                    .cinder("POST", "", EXAMPLE.replace(VOLUME, ATTACHED_VOLUME).replace("false", "true"));
            assertThat(response.at("/overLimit/message").asText())
                    .isEqualTo("Requested volume or snapshot exceeds allowed gigabytes quota. Requested 40G, quota is"
                            + " 50G and 41G has been consumed.");
            assertThat(response.at("/overLimit/retryAfter").asText()).isEqualTo("0");
        }
    }
}
