/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequestBuilder;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeCreation.JobStarted;
import io.snapshotoperator.evs.cloud.VolumeCreation.VolumeDescribed;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.Credentials;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettingsBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the requests for volumes and jobs, and how the client reads responses that are written by hand. */
class VolumeWireTest {
    private static final String ID = "591ac654-26d8-41be-bb77-4f90699d2d41";
    private static final VolumeId VOLUME = new VolumeId(ID);
    private static final SnapshotId SNAPSHOT = new SnapshotId("2bb856e1-b3d8-4432-a858-09e4ce939389");
    private static final String JOB_ID = "4010a32d535527910153552b492c0002";
    private static final JobId JOB = new JobId(JOB_ID);
    private static final PageRequest PAGE = new PageRequest(1000, 0, Optional.empty());

    private static final CreateVolumeRequest REQUEST = CreateVolumeRequestBuilder.builder()
            .snapshotId(SNAPSHOT)
            .availabilityZone("eu-de-01")
            .volumeType("SSD")
            .sizeGiB(40)
            .name("restored")
            .description("why")
            .metadata(Map.of("b", "2", "a", "1"))
            .tags(Map.of("team", "shop"))
            .build();

    /** EVS API reference, "Creating EVS Disks", example response. */
    private static final String JOB_STARTED = "{\"job_id\":\"70a599e0-31e7-49b7-b260-868f441e862b\"}";

    /** OpenStack Cinder, "Create a volume", example response, shortened. */
    private static final String VOLUME_DESCRIBED = """
            {"volume":{"status":"creating","migration_status":null,"user_id":"0eea4eabcf184061a3b6db1e0daaf010",\
            "attachments":[],"links":[],"availability_zone":"eu-de-01","bootable":"false","encrypted":false,\
            "created_at":"2015-11-29T03:01:44.000000","description":null,"updated_at":null,"volume_type":"SSD",\
            "name":"restored","replication_status":"disabled","consistencygroup_id":null,"source_volid":null,\
            "snapshot_id":"2bb856e1-b3d8-4432-a858-09e4ce939389","multiattach":false,"metadata":{"a":"1","b":"2"},\
            "id":"591ac654-26d8-41be-bb77-4f90699d2d41","size":40}}""";

    /** EVS API reference, "Querying Details About a Disk", example response. */
    private static final String READ = """
            {"volume":{"attachments":[],"links":[{"href":"https://volume.az0.dc1.domainname.com/v2/40acc331ac784f34842ba4\
            f08ff2be48/volumes/591ac654-26d8-41be-bb77-4f90699d2d41","rel":"self"},{"href":"https://volume.az0.dc1.domain\
            name.com/40acc331ac784f34842ba4f08ff2be48/volumes/591ac654-26d8-41be-bb77-4f90699d2d41","rel":"bookmark"}],\
            "availability_zone":"az-dc-1","os-vol-host-attr:host":"az-dc-1#SSD","encrypted":false,"multiattach":true,\
            "updated_at":"2016-02-03T02:19:29.895237","os-volume-replication:extended_status":null,\
            "replication_status":"disabled","snapshot_id":null,"id":"591ac654-26d8-41be-bb77-4f90699d2d41","size":40,\
            "user_id":"fd03ee73295e45478d88e15263d2ee4e",\
            "os-vol-tenant-attr:tenant_id":"40acc331ac784f34842ba4f08ff2be48","volume_image_metadata":null,\
            "os-vol-mig-status-attr:migstat":null,"metadata":{},"tags":{"key1":"value1","key2":"value2"},\
            "status":"available","description":"auto-created_from_restore_from_backup","source_volid":null,\
            "consistencygroup_id":null,"os-vol-mig-status-attr:name_id":null,\
            "name":"restore_backup_0115efb3-678c-4a9e-bff6-d3cd278238b9","bootable":"false",\
            "created_at":"2016-02-03T02:19:11.723797","volume_type":null,"service_type":"EVS",\
            "wwn":" 688860300000d136fa16f48f05992360"}}""";

    /** EVS API reference, "Querying Task Status", example response. */
    private static final String RUNNING = """
            {"status":"RUNNING","entities":{"volume_id":"bdf1bb37-f20f-4266-9a04-f43e0a127376"},\
            "job_id":"4010a32d535527910153552b492c0002","job_type":"createVolume",\
            "begin_time":"2016-03-08T07:40:13.219Z","end_time":"","error_code":null,"fail_reason":null}""";

    private final SteppedClock clock = new SteppedClock();
    private final List<String> observed = new CopyOnWriteArrayList<>();
    private ScriptedCloud cloud;

    @BeforeEach
    void start() throws IOException {
        cloud = ScriptedCloud.start();
    }

    @AfterEach
    void stop() throws IOException {
        cloud.close();
    }

    private HttpCloudClient client() {
        return client(cloud.settings());
    }

    private HttpCloudClient client(ApiFamily family) {
        return client(cloud.settings().family(family));
    }

    private HttpCloudClient client(ConnectionSettingsBuilder settings) {
        return new HttpCloudClient(
                settings.build(),
                CredentialSource.fixed(new Credentials.Password("OTC-1", "operator", "pass\"word")),
                clock,
                (operation, failure, took) ->
                        observed.add(operation + failure.map(kind -> " " + kind).orElse("")));
    }

    private static CloudException failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run);
    }

    private String lastTarget() {
        var requests = cloud.evsRequests();
        return requests.get(requests.size() - 1).target();
    }

    private static String path(String version, String rest) {
        return "/" + version + "/" + ScriptedCloud.PROJECT + "/" + rest;
    }

    // create

    @Test
    void sendsDocumentedMembersOfNativeCreate() {
        cloud.evsResponds(ScriptedResponse.json(200, JOB_STARTED));

        var creation = client(ApiFamily.NATIVE).createVolume(REQUEST);

        assertThat(creation).isEqualTo(new JobStarted(new JobId("70a599e0-31e7-49b7-b260-868f441e862b")));
        assertThat(cloud.evsRequests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.target()).isEqualTo(path("v2", "cloudvolumes"));
            assertThat(request.body())
                    .isEqualTo("{\"volume\":{\"availability_zone\":\"eu-de-01\",\"volume_type\":\"SSD\",\"size\":40,"
                            + "\"snapshot_id\":\"2bb856e1-b3d8-4432-a858-09e4ce939389\",\"name\":\"restored\","
                            + "\"description\":\"why\",\"metadata\":{\"a\":\"1\",\"b\":\"2\"},\"count\":1,"
                            + "\"tags\":{\"team\":\"shop\"}}}");
            assertThat(request.header("Content-Type")).isEqualTo("application/json");
        });
        assertThat(observed).containsExactly("LOGIN", "CREATE_VOLUME");
    }

    @Test
    void sendsNeitherCountNorTagsInCinderFamily() {
        cloud.evsResponds(ScriptedResponse.json(202, VOLUME_DESCRIBED));

        client(ApiFamily.CINDER).createVolume(REQUEST);

        assertThat(lastTarget()).isEqualTo(path("v2", "volumes"));
        assertThat(cloud.evsRequests().get(0).body())
                .isEqualTo("{\"volume\":{\"availability_zone\":\"eu-de-01\",\"volume_type\":\"SSD\",\"size\":40,"
                        + "\"snapshot_id\":\"2bb856e1-b3d8-4432-a858-09e4ce939389\",\"name\":\"restored\","
                        + "\"description\":\"why\",\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}}");
    }

    @Test
    void sendsNeitherDescriptionNorTagsWhenCreateHasNone() {
        cloud.evsResponds(ScriptedResponse.json(200, JOB_STARTED));

        client().createVolume(CreateVolumeRequestBuilder.builder(REQUEST)
                .description(Optional.empty())
                .tags(Map.of())
                .build());

        assertThat(cloud.evsRequests().get(0).body()).doesNotContain("description", "tags");
    }

    @Test
    void readsVolumeOfCinderCreate() {
        cloud.evsResponds(ScriptedResponse.json(202, VOLUME_DESCRIBED));

        assertThat(client(ApiFamily.CINDER).createVolume(REQUEST))
                .isInstanceOfSatisfying(VolumeDescribed.class, described -> {
                    assertThat(described.volume().id()).isEqualTo(VOLUME);
                    assertThat(described.volume().state()).isEqualTo(VolumeState.CREATING);
                    assertThat(described.volume().snapshotId()).contains(SNAPSHOT);
                    assertThat(described.volume().volumeType()).contains("SSD");
                    assertThat(REQUEST.isAnsweredBy(described.volume())).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"job_id\":\"" + JOB_ID + "\",\"volume_ids\":[\"../..\"],\"order_id\":null}",
                "{\"order_id\":\"CS2101\",\"job_id\":\"" + JOB_ID + "\",\"volume_ids\":null}",
                "{\"job_id\":\"" + JOB_ID + "\",\"volume\":{\"id\":\"../..\"}}"
            })
    void readsJobWithMoreMembersOfHuawei(String body) {
        cloud.evsResponds(ScriptedResponse.json(202, body));

        assertThat(client().createVolume(REQUEST)).isEqualTo(new JobStarted(JOB));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "",
                "<html>hello</html>",
                "{\"job_id\":",
                "{\"job_id\":null}",
                "{\"job_id\":\"\"}",
                "{\"job_id\":\"../../v3/users\"}",
                "{\"job_id\":{\"id\":\"" + JOB_ID + "\"}}",
                "{\"job_id\":\"" + JOB_ID + "\",\"job_id\":\"" + JOB_ID + "\"}",
                "{\"volume_ids\":[\"" + ID + "\"],\"order_id\":\"CS2101\"}",
                "{\"volume\":{\"status\":\"creating\"}}",
                "{\"volume\":{\"id\":\"detail\"}}",
                "{\"volume\":{\"id\":\"" + ID + "\",\"snapshot_id\":\"a/b\"}}"
            })
    void reportsAcceptedCreateWithoutUsableIdAsAmbiguous(String body) {
        cloud.evsResponds(ScriptedResponse.json(202, body));

        var failure = failureOf(() -> client().createVolume(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(failure)
                .hasMessageStartingWith("Tried to create volume restored from snapshot "
                        + "2bb856e1-b3d8-4432-a858-09e4ce939389 but the cloud responded with 202");
    }

    @ParameterizedTest
    @CsvSource({"408, TRANSIENT", "409, BUSY", "429, THROTTLED", "500, TRANSIENT", "502, TRANSIENT", "503, TRANSIENT"})
    void sendsCreateOnceAndReportsItAsAmbiguousAfterStatus(int status, Kind kind) {
        cloud.evsResponds(ScriptedResponse.json(status, "{}"));

        var failure = failureOf(() -> client().createVolume(REQUEST));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void reportsCreateAsAmbiguousWhenConnectionEndsWithoutResponse(ApiFamily family) {
        cloud.evsResponds(ScriptedResponse.closedConnection());

        var failure = failureOf(() -> client(family).createVolume(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @Test
    void reportsCreateWithTruncatedResponseAsAmbiguous() {
        cloud.evsResponds(ScriptedResponse.truncated(200, JOB_STARTED));

        assertThat(failureOf(() -> client().createVolume(REQUEST)).mayHaveActed())
                .isTrue();
    }

    @Test
    void reportsRetryAfterOfThrottledCreate() {
        cloud.evsResponds(ScriptedResponse.json(
                429, "{\"error_code\":\"APIGW.0308\",\"error_msg\":\"threshold\"}", "Retry-After: 30"));

        assertThat(failureOf(() -> client().createVolume(REQUEST)).details().retryAfter())
                .contains(Duration.ofSeconds(30));
    }

    @Test
    void reportsRejectedCreateAsNotExecuted() {
        cloud.evsResponds(ScriptedResponse.json(
                400, "{\"error\":{\"code\":\"EVS.2054\",\"message\":\"the az is invalid!\"}}", "X-Request-Id: r-1"));

        var failure = failureOf(() -> client().createVolume(REQUEST));

        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure.details().code()).contains("EVS.2054");
        assertThat(failure.details().requestId()).contains("r-1");
    }

    @Test
    void sendsCreateAgainWithNewTokenWhenTokenIsRejected() {
        cloud.evsResponds(
                ScriptedResponse.json(400, "{\"error\":{\"code\":\"Common.0013\",\"message\":\"Invalid token\"}}"),
                ScriptedResponse.json(200, JOB_STARTED));

        assertThat(client().createVolume(REQUEST)).isInstanceOf(JobStarted.class);
        assertThat(cloud.evsRequests())
                .extracting(request -> request.header("X-Auth-Token"))
                .containsExactly("token-1", "token-2");
    }

    // read

    @ParameterizedTest
    @CsvSource({"NATIVE, cloudvolumes", "CINDER, volumes"})
    void readsDocumentedVolume(ApiFamily family, String collection) {
        cloud.evsResponds(ScriptedResponse.json(200, READ));

        var volume = client(family).readVolume(VOLUME).orElseThrow();

        assertThat(lastTarget()).isEqualTo(path("v2", collection + "/" + ID));
        assertThat(volume.id()).isEqualTo(VOLUME);
        assertThat(volume.state()).isEqualTo(VolumeState.AVAILABLE);
        assertThat(volume.name()).contains("restore_backup_0115efb3-678c-4a9e-bff6-d3cd278238b9");
        assertThat(volume.sizeGiB()).contains(40);
        assertThat(volume.availabilityZone()).contains("az-dc-1");
        assertThat(volume.volumeType()).isEmpty();
        assertThat(volume.snapshotId()).isEmpty();
        assertThat(volume.attached()).isFalse();
        assertThat(volume.createdAt()).contains(Instant.parse("2016-02-03T02:19:11.723797Z"));
        assertThat(volume.metadata()).isEmpty();
    }

    @Test
    void readsAttachment() {
        cloud.evsResponds(ScriptedResponse.json(
                200,
                READ.replace("\"attachments\":[]", "\"attachments\":[{\"server_id\":\"s\",\"device\":\"/dev/vdb\"}]")));

        assertThat(client().readVolume(VOLUME).orElseThrow().attached()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"volume\":{\"id\":\"" + ID + "\"}}",
                "{\"volume\":{\"id\":\"" + ID + "\",\"status\":null,\"name\":null,\"size\":null,\"volume_type\":null,"
                        + "\"availability_zone\":null,\"snapshot_id\":null,\"attachments\":null,\"created_at\":null,"
                        + "\"metadata\":null}}",
                "{\"volume\":{\"id\":\"" + ID + "\",\"status\":[],\"size\":\"large\",\"volume_type\":\"\","
                        + "\"availability_zone\":{},\"snapshot_id\":\"\",\"attachments\":\"none\","
                        + "\"created_at\":\"yesterday\",\"metadata\":[],\"tomorrow\":{\"is\":[\"new\"]}},\"more\":1}"
            })
    void readsVolumeWithMissingOrInvalidFieldsExceptId(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        var volume = client().readVolume(VOLUME).orElseThrow();

        assertThat(volume.state()).isEqualTo(VolumeState.UNRECOGNIZED);
        assertThat(volume.name()).isEmpty();
        assertThat(volume.sizeGiB()).isEmpty();
        assertThat(volume.availabilityZone()).isEmpty();
        assertThat(volume.volumeType()).isEmpty();
        assertThat(volume.snapshotId()).isEmpty();
        assertThat(volume.attached()).isFalse();
        assertThat(volume.createdAt()).isEmpty();
        assertThat(volume.metadata()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"volume\":{\"id\":\"ffa9bc5e-1172-4021-acaf-cdcd78a9584d\"}}",
                "{\"volume\":{\"id\":\"" + ID + "\",\"snapshot_id\":\"../..\"}}",
                "{\"volume\":{}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\"}}"
            })
    void failsWhenReadShowsNoUsableVolume(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        var failure = failureOf(() -> client().readVolume(VOLUME));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"Resource cound not be found.\",\"code\":\"EVS.5404\"}}",
                "{\"itemNotFound\":{\"message\":\"Volume " + ID + " could not be found.\",\"code\":404}}"
            })
    void returnsAbsenceOfVolumeAsValue(String body) {
        cloud.evsResponds(ScriptedResponse.json(404, body), ScriptedResponse.json(404, body));
        var client = client();

        assertThat(client.readVolume(VOLUME)).isEmpty();
        assertThat(client.deleteVolume(VOLUME)).isFalse();
        assertThat(observed).containsExactly("LOGIN", "READ_VOLUME", "DELETE_VOLUME");
    }

    @Test
    void readsNoAbsenceFromGateway() {
        var body = "{\"error_code\":\"APIGW.0101\",\"error_msg\":\"The API does not exist\"}";
        cloud.evsRespondsByDefault(request -> ScriptedResponse.json(404, body));
        var client = client();

        assertThat(failureOf(() -> client.readVolume(VOLUME)).kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failureOf(() -> client.deleteVolume(VOLUME)).kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failureOf(() -> client.readJob(JOB)).kind()).isEqualTo(Kind.MISCONFIGURED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"detail", "..", "a/b", "a?b", "a b"})
    void sendsNoRequestForInvalidId(String id) {
        var client = client();

        for (var call : List.<Runnable>of(
                () -> client.readVolume(new VolumeId(id)),
                () -> client.deleteVolume(new VolumeId(id)),
                () -> client.readJob(new JobId(id)))) {
            var failure = failureOf(call);
            assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
            assertThat(failure.mayHaveActed()).isFalse();
        }
        assertThat(cloud.evsRequests()).isEmpty();
    }

    // list

    @ParameterizedTest
    @CsvSource({"NATIVE, cloudvolumes", "CINDER, volumes"})
    void requestsPageByMarkerAndStatus(ApiFamily family, String collection) {
        cloud.evsResponds(ScriptedResponse.json(200, "{\"count\":0,\"volumes\":[]}"));

        client(family).listVolumes(VolumeFilter.inStatus("creating"), new PageRequest(50, 0, Optional.of(ID)));

        assertThat(lastTarget())
                .isEqualTo(path("v2", collection + "/detail?limit=50&marker=" + ID + "&status=creating"));
    }

    @Test
    void readsPageWithCountAndLinkAndFollowsNoLink() {
        cloud.evsResponds(ScriptedResponse.json(
                200,
                "{\"count\":3,\"volumes_links\":[{\"href\":\"" + cloud.url()
                        + "/v2/p/volumes/detail?limit=1\",\"rel\":\"next\"}],\"volumes\":[{\"id\":\"" + ID
                        + "\",\"status\":\"in-use\"},{\"id\":\"../..\"},{\"id\":\"a\",\"snapshot_id\":\"b/c\"}]}"));

        var page = client().listVolumes(VolumeFilter.all(), PAGE);

        assertThat(page.items()).singleElement().satisfies(volume -> assertThat(volume.state())
                .isEqualTo(VolumeState.IN_USE));
        assertThat(page.unreadable()).isEqualTo(2);
        assertThat(page.count()).contains(3);
        assertThat(page.hasNext()).isTrue();
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void listsAllVolumesInPages(ApiFamily family) {
        cloud.evsResponds(
                ScriptedResponse.json(200, volumes(family, "v-1", "v-2")),
                ScriptedResponse.json(200, volumes(family, "v-3")),
                ScriptedResponse.json(200, volumes(family)));

        var listing = Listing.fetchAll(client(family), VolumeFilter.all(), 2, () -> {});

        assertThat(listing.items()).extracting(volume -> volume.id().value()).containsExactly("v-1", "v-2", "v-3");
        assertThat(listing.complete()).isTrue();
        assertThat(cloud.evsRequests().get(1).target()).endsWith("?limit=2&marker=v-2");
    }

    private static String volumes(ApiFamily family, String... ids) {
        var entries = List.of(ids).stream().map(id -> "{\"id\":\"" + id + "\"}").toList();
        return "{" + (family == ApiFamily.NATIVE ? "\"count\":3," : "") + "\"volumes\":[" + String.join(",", entries)
                + "]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"volumes\":null}", "{\"volumes\":[],\"volumes\":[]}", "{\"volumes\":[", ""})
    void failsWhenPageIsNotCompletelyReadable(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        var failure = failureOf(() -> client().listVolumes(VolumeFilter.all(), PAGE));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isFalse();
    }

    // delete

    @ParameterizedTest
    @CsvSource({"NATIVE, 200, cloudvolumes", "CINDER, 202, volumes", "CINDER, 204, volumes"})
    void acceptsAny2xxStatusOfDelete(ApiFamily family, int status, String collection) {
        cloud.evsResponds(ScriptedResponse.of(status, "application/json", status == 200 ? JOB_STARTED : ""));

        assertThat(client(family).deleteVolume(VOLUME)).isTrue();
        assertThat(cloud.evsRequests().get(0).method()).isEqualTo("DELETE");
        assertThat(lastTarget()).isEqualTo(path("v2", collection + "/" + ID));
    }

    @Test
    void reportsBusyWhenVolumeCannotBeDeletedNow() {
        cloud.evsResponds(ScriptedResponse.json(
                400, "{\"error\":{\"code\":\"EVS.1046\",\"message\":\"volume status must be available, error\"}}"));

        var failure = failureOf(() -> client().deleteVolume(VOLUME));

        assertThat(failure.kind()).isEqualTo(Kind.BUSY);
        assertThat(failure.mayHaveActed()).isFalse();
    }

    @Test
    void reportsDeleteWithoutResponseAsAmbiguous() {
        cloud.evsResponds(ScriptedResponse.closedConnection());

        assertThat(failureOf(() -> client().deleteVolume(VOLUME)).mayHaveActed())
                .isTrue();
    }

    // job

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void readsDocumentedJob(ApiFamily family) {
        cloud.evsResponds(ScriptedResponse.json(200, RUNNING));

        var job = client(family).readJob(JOB);

        assertThat(job)
                .contains(new CloudJob(
                        JOB,
                        JobState.RUNNING,
                        Optional.of(new VolumeId("bdf1bb37-f20f-4266-9a04-f43e0a127376")),
                        Optional.empty(),
                        ""));
        assertThat(lastTarget()).isEqualTo(path("v1", "jobs/" + JOB_ID));
        assertThat(observed).containsExactly("LOGIN", "READ_JOB");
    }

    @Test
    void readsFailureOfJob() {
        cloud.evsResponds(ScriptedResponse.json(
                200,
                "{\"job_id\":\"" + JOB_ID + "\",\"status\":\"FAIL\",\"entities\":{},\"error_code\":\"EVS.2043\","
                        + "\"fail_reason\":\"{\\\"badRequest\\\": {\\\"message\\\": \\\"no\\u0000\\n\\\"}}"
                        + "x".repeat(10_000) + "\"}"));

        var job = client().readJob(JOB).orElseThrow();

        assertThat(job.state()).isEqualTo(JobState.FAIL);
        assertThat(job.volumeId()).isEmpty();
        assertThat(job.errorCode()).contains("EVS.2043");
        assertThat(job.failReason())
                .startsWith("{\"badRequest\": {\"message\": \"no\"}}x")
                .hasSize(256);
    }

    @Test
    void readsVolumeAndFailureOfOnlySubJob() {
        cloud.evsResponds(ScriptedResponse.json(
                200,
                "{\"job_id\":\"" + JOB_ID + "\",\"status\":\"FAIL\",\"job_type\":\"batchCreateVolume\",\"entities\":"
                        + "{\"sub_jobs\":[{\"status\":\"FAIL\",\"entities\":{\"volume_id\":\"" + ID + "\"},"
                        + "\"job_id\":\"1\",\"error_code\":\"EVS.2024\",\"fail_reason\":\"volume is error!\"}]},"
                        + "\"error_code\":null,\"fail_reason\":\"\"}"));

        assertThat(client().readJob(JOB))
                .contains(new CloudJob(
                        JOB, JobState.FAIL, Optional.of(VOLUME), Optional.of("EVS.2024"), "volume is error!"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"job_id\":\"" + JOB_ID + "\"}",
                "{\"job_id\":\"" + JOB_ID + "\",\"status\":null,\"entities\":null,\"error_code\":null}",
                "{\"job_id\":\"" + JOB_ID + "\",\"status\":\"Pondering\",\"entities\":[1],\"error_code\":\"EVS.1\"}",
                "{\"job_id\":\"4010A32D-5355-2791-0153-552B492C0002\",\"entities\":{\"sub_jobs\":{}},\"more\":{}}",
                "{\"job_id\":\"" + JOB_ID + "\",\"entities\":{\"sub_jobs\":[{\"entities\":{\"volume_id\":\"a\"}},"
                        + "{\"entities\":{\"volume_id\":\"b\"}}]}}"
            })
    void readsJobWithMissingOrInvalidFieldsAsRunning(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        assertThat(client().readJob(JOB))
                .contains(new CloudJob(JOB, JobState.UNRECOGNIZED, Optional.empty(), Optional.empty(), ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"job_id\":\"another\",\"status\":\"SUCCESS\"}",
                "{\"job_id\":\"" + JOB_ID + "\",\"entities\":{\"volume_id\":\"../..\"}}",
                "{\"job_id\":\"" + JOB_ID + "\",\"entities\":{\"sub_jobs\":[{\"entities\":{\"volume_id\":\"a/b\"}}]}}",
                "{\"job_id\":\"" + JOB_ID + "\",\"status\":\"FAIL\",\"status\":\"SUCCESS\"}"
            })
    void failsWhenReadShowsNoUsableJob(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        assertThat(failureOf(() -> client().readJob(JOB)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "400|{\"error\":{\"message\":\"No jobs found.\",\"code\":\"Common.0011\"}}",
                "404|{\"error\":{\"message\":\"Resource cound not be found.\",\"code\":\"EVS.5404\"}}"
            })
    void returnsAbsenceOfJobAsValue(int status, String body) {
        cloud.evsResponds(ScriptedResponse.json(status, body));

        assertThat(client().readJob(JOB)).isEmpty();
        assertThat(observed).containsExactly("LOGIN", "READ_JOB");
    }
}
