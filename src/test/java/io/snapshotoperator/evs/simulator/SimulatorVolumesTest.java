/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers the creation of volumes in both families, the deletion, and the jobs of the native family. */
class SimulatorVolumesTest {

    private static final String PROJECT = "0c2eba2c5af04d3f9e9d0d410b371fde";
    private static final String OTHER_PROJECT = "20a68d6b7a124ae2b6b8a22046ee5966";
    private static final String SOURCE = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    private final EvsSimulator simulator = EvsSimulator.start(settings().build());
    private final Caller caller = new Caller(simulator).loggedIn();

    private static SimulatorSettingsBuilder settings() {
        return SimulatorSettings.builder()
                .steppedFrom(Instant.parse("2016-03-08T07:40:13.219Z"))
                .otherProject(OTHER_PROJECT, "eu-de_team1")
                .volume(Volume.available(SOURCE)
                        .withAvailabilityZone("eu-de-02")
                        .withVolumeType("SAS"))
                .snapshot(InitialSnapshot.parse("s-1,disk=" + SOURCE))
                .snapshot(InitialSnapshot.parse("s-busy,status=creating,disk=" + SOURCE))
                .snapshot(InitialSnapshot.parse("s-backup,status=backing-up,disk=" + SOURCE));
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    /** A valid body with these members instead of its own. A member of null is removed. */
    private static String body(String... changes) {
        var members = new TreeMap<>(Map.of(
                "availability_zone", "\"eu-de-02\"",
                "size", "40",
                "volume_type", "\"SAS\"",
                "snapshot_id", "\"s-1\""));
        for (var i = 0; i < changes.length; i += 2) {
            if (changes[i + 1] == null) {
                members.remove(changes[i]);
            } else {
                members.put(changes[i], changes[i + 1]);
            }
        }
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{\"volume\":{", "}}"));
    }

    private Caller.Response createNatively(String... changes) {
        return caller.below("POST", "/cloudvolumes", body(changes));
    }

    private Caller.Response createInCinder(String... changes) {
        return caller.below("POST", "/volumes", body(changes));
    }

    private JsonNode job(String id) {
        return caller.send("GET", "/v1/" + PROJECT + "/jobs/" + id).json();
    }

    private JsonNode volume(String id) {
        return caller.below("GET", "/cloudvolumes/" + id).at("/volume");
    }

    private String createdNatively(String... changes) {
        var id = createNatively(changes).at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(1));
        return job(id).at("/entities/volume_id").asText();
    }

    @Test
    void returnsJobAndThenItsVolume() {
        var response = createNatively("name", "\"restored\"");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json().size()).isEqualTo(1);
        var id = response.at("/job_id").asText();
        assertThat(job(id))
                .hasToString("{\"status\":\"INIT\",\"entities\":{},\"job_id\":\"" + id
                        + "\",\"job_type\":\"createVolume\",\"begin_time\":\"2016-03-08T07:40:13.219Z\","
                        + "\"end_time\":\"\",\"error_code\":null,\"fail_reason\":null}");
        assertThat(caller.below("GET", "/cloudvolumes/detail?name=restored")
                        .at("/count")
                        .asInt())
                .isZero();
        simulator.clock().advance(Duration.ofSeconds(1));
        var running = job(id);
        var volume = running.at("/entities/volume_id").asText();
        assertThat(running.get("status").asText()).isEqualTo("RUNNING");
        assertThat(volume(volume).get("status").asText()).isEqualTo("creating");
        simulator.clock().advance(Duration.ofSeconds(9));
        var ended = job(id);
        assertThat(ended.get("status").asText()).isEqualTo("SUCCESS");
        assertThat(ended.get("end_time").asText()).isEqualTo("2016-03-08T07:40:23.219Z");
        assertThat(ended.at("/entities/volume_id").asText()).isEqualTo(volume);
        assertThat(volume(volume).get("status").asText()).isEqualTo("available");
    }

    @Test
    void hidesVolumeFromCallsByIdUntilJobCreatesIt() {
        createNatively();
        var id = simulator.volumes().created().get(0).id();
        assertThat(caller.below("GET", "/cloudvolumes/" + id).status()).isEqualTo(404);
        simulator.clock().advance(Duration.ofSeconds(1));
        assertThat(caller.below("GET", "/cloudvolumes/" + id).status()).isEqualTo(200);
    }

    @Test
    void keepsWhatCreateRequestNamed() {
        var id = createdNatively(
                "name", "\"restored\"",
                "description", "\"of Monday\"",
                "multiattach", "true",
                "size", "41.9",
                "metadata", "{\"uid\":\"u-1\"}",
                "tags", "{\"team\":\"a\"}");
        var volume = volume(id);
        assertThat(volume.get("name").asText()).isEqualTo("restored");
        assertThat(volume.get("description").asText()).isEqualTo("of Monday");
        assertThat(volume.get("multiattach").asBoolean()).isTrue();
        assertThat(volume.get("size").asInt()).isEqualTo(41);
        assertThat(volume.get("snapshot_id").asText()).isEqualTo("s-1");
        assertThat(volume.get("availability_zone").asText()).isEqualTo("eu-de-02");
        assertThat(volume.get("volume_type").asText()).isEqualTo("SAS");
        assertThat(volume.get("metadata")).hasToString("{\"uid\":\"u-1\"}");
        assertThat(volume.get("tags")).hasToString("{\"team\":\"a\"}");
        assertThat(volume.get("created_at").asText()).isEqualTo("2016-03-08T07:40:14.219000");
        assertThat(volume.get("updated_at").isNull()).isTrue();
        assertThat(simulator.volumes().livingBy("uid").get("u-1")).hasSize(1);
    }

    @Test
    void createsEmptyVolumeOfDocumentedExample() {
        var example = """
                {"volume":{"backup_id":null,"count":1,"availability_zone":"eu-de-01","description":"test_volume_1",
                "size":120,"name":"test_volume_1","volume_type":"SSD","metadata":{"__system__encrypted":"1",
                "__system__cmkid":"37b0d52e-c249-40d6-83cb-2b93f22445bd"}}}""";
        var response = caller.below("POST", "/cloudvolumes", example);
        assertThat(response.status()).isEqualTo(200);
        simulator.clock().advance(Duration.ofSeconds(10));
        var volume = volume(simulator.volumes().created().get(0).id());
        assertThat(volume.get("status").asText()).isEqualTo("available");
        assertThat(volume.get("snapshot_id").isNull()).isTrue();
        assertThat(volume.get("encrypted").asBoolean()).isTrue();
    }

    @Test
    void returnsVolumeAtOnceInCinderFamily() {
        var response = caller.below(
                "POST",
                "/volumes",
                "{\"volume\":{\"snapshot_id\":\"s-1\",\"metadata\":{\"uid\":\"u-1\"},\"source_volid\":null,"
                        + "\"status\":\"creating\",\"attach_status\":\"detached\"}}");
        assertThat(response.status()).isEqualTo(202);
        var volume = response.at("/volume");
        assertThat(volume.get("status").asText()).isEqualTo("creating");
        assertThat(volume.get("size").asInt()).isEqualTo(40);
        assertThat(volume.get("availability_zone").asText()).isEqualTo("eu-de-02");
        assertThat(volume.get("volume_type").asText()).isEqualTo("SAS");
        assertThat(volume.get("snapshot_id").asText()).isEqualTo("s-1");
        assertThat(volume.get("name").isNull()).isTrue();
        assertThat(volume.has("service_type")).isFalse();
        var id = volume.get("id").asText();
        assertThat(volume(id).get("status").asText()).isEqualTo("creating");
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(caller.below("GET", "/volumes/" + id).at("/volume/status").asText())
                .isEqualTo("available");
        assertThat(simulator.jobs().all()).isEmpty();
    }

    @Test
    void createsSmallVolumeOnlyInCinderFamily() {
        simulator.volumes().put(Volume.available("small").withSizeGib(1));
        var snapshot =
                simulator.snapshots().add("small", null, "available", Map.of()).id();
        var small = "{\"volume\":{\"snapshot_id\":\"%s\",\"size\":1,\"availability_zone\":\"eu-de-01\","
                + "\"volume_type\":\"SSD\"}}";
        assertThat(caller.below("POST", "/cloudvolumes", small.formatted(snapshot))
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1010");
        assertThat(caller.below("POST", "/volumes", small.formatted(snapshot)).status())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "size | - | 400 | EVS.1010",
                "size | 39 | 400 | EVS.1010",
                "size | 9 | 400 | EVS.1010",
                "size | 32769 | 400 | EVS.1010",
                "size | 4294967336 | 400 | EVS.1010",
                "size | \"40\" | 400 | EVS.1018",
                "imageRef | \"i\" | 400 | EVS.1016",
                "backup_id | \"b\" | 400 | EVS.1016",
                "volume_type | - | 400 | EVS.1020",
                "volume_type | \"FLOPPY\" | 400 | EVS.1020",
                "volume_type | \"SSD\" | 400 | EVS.2096",
                "availability_zone | - | 400 | EVS.1036",
                "availability_zone | \" \" | 400 | EVS.1036",
                "availability_zone | \"mars\" | 400 | EVS.2053",
                "availability_zone | \"eu-de-01\" | 400 | EVS.2054",
                "metadata | {\"__system__encrypted\":\"0\"} | 400 | EVS.1043",
                "metadata | {\"__system__cmkid\":\"k\"} | 400 | EVS.1043",
                "metadata | {\"hw:passthrough\":\"false\"} | 400 | EVS.1043",
                "metadata | {\"full_clone\":\"yes\"} | 400 | EVS.1063",
                "metadata | {\"a\":1} | 400 | EVS.1018",
                "snapshot_id | \"s-busy\" | 400 | EVS.2043",
                "snapshot_id | \"not a uuid\" | 400 | EVS.2045",
                "snapshot_id | \"ffa9bc5e-1172-4021-acaf-cdcd78a9584d\" | 404 | EVS.5404",
                "tags | {\"a b\":\"c\"} | 400 | EVS.1062",
                "tags | {\"a\":\"c/d\"} | 400 | EVS.1062",
                "tags | [] | 400 | EVS.1018",
                "tags | {\"1\":\"\",\"2\":\"\",\"3\":\"\",\"4\":\"\",\"5\":\"\",\"6\":\"\",\"7\":\"\",\"8\":\"\",\"9\":\"\",\"10\":\"\",\"11\":\"\"} | 400 | EVS.1061",
                "count | 2 | 400 | EVS.1070",
                "name | 1 | 400 | EVS.1018",
                "multiattach | \"perhaps\" | 400 | EVS.5400",
                "color | \"red\" | 400 | EVS.5400"
            })
    void rejectsNativeCreateWithCode(String member, String value, int status, String code) {
        var response = createNatively(member, value);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.at("/error/code").asText()).isEqualTo(code);
        assertThat(simulator.volumes().created()).isEmpty();
        assertThat(simulator.jobs().all()).isEmpty();
        assertThat(simulator.callLog().actedOn(Operation.DISK_CREATE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"name, EVS.1003", "description, EVS.1004"})
    void limitsTextsInBytes(String member, String code) {
        var fits = "\"" + "ä".repeat(127) + "a\"";
        var tooLong = "\"" + "ä".repeat(128) + "\"";
        assertThat(createNatively(member, fits).status()).isEqualTo(200);
        assertThat(createNatively(member, tooLong).at("/error/code").asText()).isEqualTo(code);
        assertThat(createInCinder(member, tooLong).status()).isEqualTo(202);
    }

    @Test
    void copiesSnapshotThatIsBackingUpOnlyInNativeFamily() {
        assertThat(createNatively("snapshot_id", "\"s-backup\"").status()).isEqualTo(200);
        assertThat(createInCinder("snapshot_id", "\"s-backup\"").json())
                .hasToString(
                        "{\"badRequest\":{\"message\":\"Invalid snapshot: Originating snapshot status must be one of"
                                + " 'available' values\",\"code\":400}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "size | 39 | 400 | Invalid input received: Volume size '39'GB cannot be smaller than the snapshot size 40GB. They must be >= original snapshot size.",
                "size | 0 | 400 | Invalid input received: Volume size '0' must be an integer and greater than 0",
                "size | \"big\" | 400 | Invalid input received: Volume size 'big' must be an integer and greater than 0",
                "volume_type | \"FLOPPY\" | 404 | Volume type with name FLOPPY could not be found.",
                "volume_type | \"SSD\" | 400 | Invalid input received: Invalid volume_type provided: SSD (requested type is not compatible; recommend omitting the type argument).",
                "availability_zone | \"mars\" | 400 | Invalid input received: Availability zone 'mars' is invalid",
                "availability_zone | \"eu-de-01\" | 400 | Invalid input received: Volume must be in the same availability zone as the snapshot",
                "snapshot_id | \"x\" | 400 | Snapshot ID must be in UUID form.",
                "snapshot_id | \"ffa9bc5e-1172-4021-acaf-cdcd78a9584d\" | 404 | Snapshot ffa9bc5e-1172-4021-acaf-cdcd78a9584d could not be found.",
                "source_volid | \"v\" | 400 | Additional properties are not allowed ('source_volid' was unexpected)"
            })
    void rejectsCinderCreateWithMessage(String member, String value, int status, String message) {
        var response = createInCinder(member, value);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.json().elements().next().get("message").asText()).isEqualTo(message);
        assertThat(simulator.volumes().created()).isEmpty();
    }

    @Test
    void rejectsSnapshotOfOtherProject() {
        simulator.volumes().put(Volume.available("theirs").inProject(OTHER_PROJECT));
        var snapshot =
                simulator.snapshots().add("theirs", null, "available", Map.of()).id();
        var response = createNatively("snapshot_id", "\"" + snapshot + "\"");
        assertThat(response.at("/error/code").asText()).isEqualTo("EVS.5404");
        assertThat(createInCinder("snapshot_id", "\"" + snapshot + "\"").status())
                .isEqualTo(404);
    }

    @Test
    void rejectsCreateBeyondQuotas() {
        try (var full = EvsSimulator.start(settings().volumeQuota(1).build())) {
            var tenant = new Caller(full).loggedIn();
            assertThat(tenant.below("POST", "/cloudvolumes", body())
                            .at("/error/code")
                            .asText())
                    .isEqualTo("EVS.1034");
            var response = tenant.below("POST", "/volumes", body());
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.header("Retry-After")).isEqualTo("0");
            assertThat(response.at("/overLimit/message").asText())
                    .isEqualTo("Maximum number of volumes allowed (1) exceeded for quota 'volumes'.");
        }
        try (var narrow = EvsSimulator.start(settings().gigabyteQuota(190).build())) {
            var tenant = new Caller(narrow).loggedIn();
            var response = tenant.below("POST", "/cloudvolumes", body());
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.at("/error/code").asText()).isEqualTo("EVS.1042");
            assertThat(tenant.below("POST", "/volumes", body())
                            .at("/overLimit/message")
                            .asText())
                    .isEqualTo("Requested volume or snapshot exceeds allowed gigabytes quota. Requested 40G, quota is"
                            + " 190G and 160G has been consumed.");
        }
    }

    @Test
    void countsCreatedVolumesInQuota() {
        createNatively();
        var quota = caller.below("GET", "/os-quota-sets/" + PROJECT + "?usage=True");
        assertThat(quota.at("/quota_set/volumes/in_use").asInt()).isEqualTo(2);
        assertThat(quota.at("/quota_set/gigabytes/in_use").asInt()).isEqualTo(5 * 40);
    }

    @Test
    void listsNewestFirstAndFiltersSharedVolumes() {
        var older = createdNatively("multiattach", "true");
        var newer = createdNatively();
        assertThat(ids("/cloudvolumes/detail")).containsExactly(newer, older, SOURCE);
        assertThat(ids("/cloudvolumes/detail?multiattach=true")).containsExactly(older);
        assertThat(ids("/cloudvolumes/detail?multiattach=false")).containsExactly(newer, SOURCE);
        assertThat(ids("/cloudvolumes/detail?name=x")).isEmpty();
        assertThat(ids("/volumes?sort=created_at:asc")).containsExactly(SOURCE, older, newer);
    }

    private List<String> ids(String path) {
        return StreamSupport.stream(caller.below("GET", path).at("/volumes").spliterator(), false)
                .map(volume -> volume.get("id").asText())
                .toList();
    }

    @Test
    void deletesVolumeWithJob() {
        var id = createdNatively();
        simulator.clock().advance(Duration.ofSeconds(9));
        var job = caller.below("DELETE", "/cloudvolumes/" + id).at("/job_id").asText();
        assertThat(job(job).get("status").asText()).isEqualTo("RUNNING");
        assertThat(job(job).get("job_type").asText()).isEqualTo("deleteVolume");
        assertThat(volume(id).get("status").asText()).isEqualTo("deleting");
        assertThat(caller.below("DELETE", "/cloudvolumes/" + id)
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1046");
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(caller.below("GET", "/cloudvolumes/" + id).status()).isEqualTo(404);
        assertThat(job(job).get("status").asText()).isEqualTo("SUCCESS");
        assertThat(job(job).at("/entities/volume_id").asText()).isEqualTo(id);
        assertThat(job(job).get("end_time").asText()).isEqualTo("2016-03-08T07:40:26.219Z");
    }

    @Test
    void deletesSnapshotsWithSourceButKeepsCopies() {
        var id = createdNatively();
        simulator.snapshots().setStatus("s-backup", "available");
        assertThat(caller.below("DELETE", "/cloudvolumes/" + SOURCE).status()).isEqualTo(200);
        assertThat(simulator.snapshots().living()).isEmpty();
        simulator.clock().advance(Duration.ofSeconds(9));
        assertThat(volume(id).get("status").asText()).isEqualTo("available");
    }

    @Test
    void rejectsDeleteOfVolumeThatIsCreating() {
        var id = createdNatively();
        assertThat(caller.below("DELETE", "/cloudvolumes/" + id)
                        .at("/error/code")
                        .asText())
                .isEqualTo("EVS.1046");
        assertThat(caller.below("DELETE", "/volumes/" + id).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "70a599e0-31e7-49b7-b260-868f441e862b"})
    void rejectsUnknownJobWith400(String id) {
        var response = caller.send("GET", "/v1/" + PROJECT + "/jobs/" + id);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/error/code").asText()).isEqualTo("Common.0011");
    }

    @Test
    void hidesJobsFromOtherProjects() {
        var id = createNatively().at("/job_id").asText();
        var other = new Caller(simulator, OTHER_PROJECT).loggedIn();
        assertThat(other.send("GET", "/v1/" + OTHER_PROJECT + "/jobs/" + id)
                        .at("/error/code")
                        .asText())
                .isEqualTo("Common.0011");
        assertThat(other.send("GET", "/v1/" + PROJECT + "/jobs/" + id).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/P/jobs",
        "POST, /v1/P/jobs/j",
        "GET, /v2/P/jobs/j",
        "GET, /v1/P/cloudvolumes/v",
        "POST, /v2/P/os-vendor-volumes",
        "POST, /v3/P/cloudvolumes",
        "POST, /v2/P/volumes/detail"
    })
    void rejectsUndocumentedPath(String method, String path) {
        assertThat(caller.send(method, path.replace("P", PROJECT))
                        .at("/error_code")
                        .asText())
                .isEqualTo("APIGW.0101");
    }

    @Test
    void failsJobIfVolumeDisappears() {
        var job = createNatively().at("/job_id").asText();
        simulator.volumes().remove(simulator.volumes().created().get(0).id());
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(job(job).get("status").asText()).isEqualTo("FAIL");
        assertThat(job(job).get("error_code").asText()).isEqualTo("EVS.5404");
    }

    @Test
    void keepsStatusThatTestSets() {
        var id = createdNatively();
        simulator.volumes().setStatus(id, "error");
        simulator.clock().advance(Duration.ofSeconds(9));
        assertThat(volume(id).get("status").asText()).isEqualTo("error");
        assertThat(simulator.jobs().all().get(0).failure()).contains(Job.Failure.VOLUME_IN_ERROR);
        simulator.volumes().setStatus(id, "in-use");
        assertThat(volume(id).get("attachments")).hasSize(1);
    }

    @Test
    void doesNotReviveDeletedVolumeWhereEveryVolumeExists() {
        try (var any = EvsSimulator.start(settings().anyVolume().build())) {
            var tenant = new Caller(any).loggedIn();
            var id = tenant.below("POST", "/volumes", body()).at("/volume/id").asText();
            any.volumes().remove(id);
            assertThat(tenant.below("GET", "/volumes/" + id).status()).isEqualTo(404);
            assertThat(tenant.below("GET", "/volumes/v-9").status()).isEqualTo(200);
        }
    }
}
