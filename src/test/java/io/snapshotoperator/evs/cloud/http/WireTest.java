/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the requests of the client, and how it reads responses that are written by hand. */
class WireTest {
    private static final String ID = "2bb856e1-b3d8-4432-a858-09e4ce939389";
    private static final SnapshotId SNAPSHOT = new SnapshotId(ID);
    private static final VolumeId VOLUME = new VolumeId("5aa119a8-d25b-45a7-8d1b-88e127885635");
    private static final CreateSnapshotRequest REQUEST = new CreateSnapshotRequest(
            VOLUME, "snap-001", Optional.of("Daily backup"), false, Map.of("b", "2", "a", "1"));

    /** EVS API reference, "Creating an EVS Snapshot", example response. */
    private static final String CREATED = """
            {"snapshot":{"status":"creating","description":"Daily backup","created_at":"2013-02-25T03:56:53.081642",\
            "metadata":{},"volume_id":"5aa119a8-d25b-45a7-8d1b-88e127885635","size":1,\
            "id":"ffa9bc5e-1172-4021-acaf-cdcd78a9584d","name":"snap-001","updated_at":"2013-02-25T03:56:53.081642"}}""";

    /** EVS API reference, "Querying Details About an EVS Snapshot", example response. */
    private static final String READ = """
            {"snapshot":{"status":"available","os-extended-snapshot-attributes:progress":"100%",\
            "description":"daily backup","created_at":"2013-02-25t04:13:17.000000","metadata":{},\
            "volume_id":"5aa119a8-d25b-45a7-8d1b-88e127885635",\
            "os-extended-snapshot-attributes:project_id":"0c2eba2c5af04d3f9e9d0d410b371fde","size":1,\
            "id":"2bb856e1-b3d8-4432-a858-09e4ce939389","name":"snap-001","updated_at":null}}""";

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

    private HttpCloudClient snapshots() {
        return snapshots(cloud.settings());
    }

    private HttpCloudClient snapshots(ConnectionSettingsBuilder settings) {
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

    @Test
    void logsInByPasswordAndReadsProjectFromToken() {
        var location = snapshots().authenticate();

        assertThat(location).isEqualTo(new CloudLocation(cloud.url(), ScriptedCloud.PROJECT));
        assertThat(cloud.iamRequests()).singleElement().satisfies(login -> {
            assertThat(login.target()).isEqualTo("/v3/auth/tokens?nocatalog=true");
            assertThat(login.body())
                    .isEqualTo("{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":"
                            + "{\"name\":\"operator\",\"password\":\"pass\\\"word\",\"domain\":{\"name\":\"OTC-1\"}}}},"
                            + "\"scope\":{\"project\":{\"name\":\"eu-de\"}}}}");
        });
    }

    @ParameterizedTest
    @EnumSource(ApiFamily.class)
    void sendsDocumentedMembersOfCreateInDocumentedOrder(ApiFamily family) {
        cloud.evsResponds(ScriptedResponse.json(202, CREATED));

        snapshots(cloud.settings().family(family)).create(REQUEST);

        assertThat(cloud.evsRequests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.target())
                    .isEqualTo("/v2/" + ScriptedCloud.PROJECT
                            + (family == ApiFamily.NATIVE ? "/cloudsnapshots" : "/snapshots"));
            assertThat(request.body())
                    .isEqualTo("{\"snapshot\":{\"name\":\"snap-001\",\"description\":\"Daily backup\","
                            + "\"volume_id\":\"5aa119a8-d25b-45a7-8d1b-88e127885635\",\"force\":false,"
                            + "\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}}");
            assertThat(request.header("X-Auth-Token")).isEqualTo("token-1");
            assertThat(request.header("Content-Type")).isEqualTo("application/json");
            assertThat(request.header("User-Agent")).isEqualTo("evs-snapshot-operator");
        });
    }

    @Test
    void sendsNoDescriptionWhenCreateHasNone() {
        cloud.evsResponds(ScriptedResponse.json(202, CREATED));

        snapshots().create(new CreateSnapshotRequest(VOLUME, "snap-001", Optional.empty(), true, Map.of()));

        assertThat(cloud.evsRequests().get(0).body())
                .isEqualTo("{\"snapshot\":{\"name\":\"snap-001\","
                        + "\"volume_id\":\"5aa119a8-d25b-45a7-8d1b-88e127885635\",\"force\":true,\"metadata\":{}}}");
    }

    @Test
    void readsDocumentedResponseOfCreate() {
        cloud.evsResponds(ScriptedResponse.json(202, CREATED));

        var created = snapshots().create(REQUEST);

        assertThat(created.id()).isEqualTo(new SnapshotId("ffa9bc5e-1172-4021-acaf-cdcd78a9584d"));
        assertThat(created.state()).isEqualTo(SnapshotState.CREATING);
        assertThat(created.createdAt()).contains(Instant.parse("2013-02-25T03:56:53.081642Z"));
        assertThat(created.sizeGiB()).contains(1);
    }

    @Test
    void readsDocumentedResponseOfReadWithLowerCaseT() {
        cloud.evsResponds(ScriptedResponse.json(200, READ));

        var read = snapshots().read(SNAPSHOT).orElseThrow();

        assertThat(read.createdAt()).contains(Instant.parse("2013-02-25T04:13:17Z"));
        assertThat(read.updatedAt()).isEmpty();
        assertThat(read.description()).contains("daily backup");
        assertThat(cloud.evsRequests().get(0).target())
                .isEqualTo("/v2/" + ScriptedCloud.PROJECT + "/cloudsnapshots/" + ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"snapshot\":{\"id\":\"" + ID + "\"}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\",\"status\":null,\"name\":null,\"description\":null,"
                        + "\"metadata\":null,\"volume_id\":null,\"size\":null,\"created_at\":null,\"updated_at\":null}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\",\"created_at\":\"yesterday\",\"size\":\"large\","
                        + "\"updated_at\":17,\"metadata\":[],\"tomorrow\":{\"is\":[\"new\"]}},\"more\":1}"
            })
    void readsSnapshotWithMissingOrInvalidFieldsExceptId(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        var read = snapshots().read(SNAPSHOT).orElseThrow();

        assertThat(read.id()).isEqualTo(SNAPSHOT);
        assertThat(read.state()).isEqualTo(SnapshotState.UNRECOGNIZED);
        assertThat(read.createdAt()).isEmpty();
        assertThat(read.sizeGiB()).isEmpty();
        assertThat(read.metadata()).isEmpty();
    }

    @Test
    void keepsUnknownStatusWord() {
        cloud.evsResponds(
                ScriptedResponse.json(200, "{\"snapshot\":{\"id\":\"" + ID + "\",\"status\":\"Pondering\"}}"));

        assertThat(snapshots().read(SNAPSHOT).orElseThrow().wireState()).isEqualTo("Pondering");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"Resource cound not be found.\",\"code\":\"EVS.5404\"}}",
                "{\"itemNotFound\":{\"message\":\"Snapshot " + ID + " could not be found.\",\"code\":404}}"
            })
    void returnsAbsenceAsValueNotAsFailure(String body) {
        cloud.evsResponds(
                ScriptedResponse.json(404, body), ScriptedResponse.json(404, body), ScriptedResponse.json(404, body));
        var snapshots = snapshots();

        assertThat(snapshots.read(SNAPSHOT)).isEmpty();
        assertThat(snapshots.delete(SNAPSHOT)).isFalse();
        assertThat(snapshots.update(SNAPSHOT, new UpdateSnapshotRequest(Optional.of("n"), Optional.empty())))
                .isEmpty();
        assertThat(observed).containsExactly("LOGIN", "READ", "DELETE", "UPDATE");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void acceptsAny2xxStatusOfDeleteWithEmptyBody(int status) {
        cloud.evsResponds(ScriptedResponse.empty(status));

        assertThat(snapshots().delete(SNAPSHOT)).isTrue();
        assertThat(cloud.evsRequests().get(0).method()).isEqualTo("DELETE");
    }

    @Test
    void sendsOnlyChangedFieldsOfUpdate() {
        cloud.evsResponds(ScriptedResponse.json(200, READ));

        var updated = snapshots().update(SNAPSHOT, new UpdateSnapshotRequest(Optional.of("new"), Optional.empty()));

        assertThat(updated).isPresent();
        assertThat(cloud.evsRequests().get(0).method()).isEqualTo("PUT");
        assertThat(cloud.evsRequests().get(0).body()).isEqualTo("{\"snapshot\":{\"name\":\"new\"}}");
    }

    @Test
    void requestsPageByOffsetAndFilter() {
        cloud.evsResponds(ScriptedResponse.json(200, "{\"count\":0,\"snapshots\":[],\"snapshots_links\":null}"));

        snapshots()
                .list(
                        new SnapshotFilter(Optional.of(VOLUME), Optional.of("creating")),
                        new PageRequest(50, 100, Optional.empty()));

        assertThat(cloud.evsRequests().get(0).target())
                .isEqualTo("/v2/" + ScriptedCloud.PROJECT
                        + "/cloudsnapshots/detail?limit=50&offset=100&volume_id=5aa119a8-d25b-45a7-8d1b-88e127885635"
                        + "&status=creating");
    }

    @Test
    void requestsPageByMarkerInCinderFamily() {
        cloud.evsResponds(ScriptedResponse.json(200, "{\"snapshots\":[]}"));

        snapshots(cloud.settings().family(ApiFamily.CINDER))
                .list(SnapshotFilter.all(), new PageRequest(10, 0, Optional.of(ID)));

        assertThat(cloud.evsRequests().get(0).target())
                .isEqualTo("/v2/" + ScriptedCloud.PROJECT + "/snapshots/detail?limit=10&marker=" + ID);
    }

    @Test
    void followsNoLinkOfList() {
        cloud.evsResponds(ScriptedResponse.json(
                200,
                "{\"count\":3,\"snapshots_links\":[{\"href\":\"" + cloud.url()
                        + "/v2/p/snapshots/detail?limit=1\",\"rel\":\"next\"}],\"snapshots\":[{\"id\":\"" + ID
                        + "\",\"status\":\"available\",\"service_type\":\"EVS\"}]}"));

        var page = snapshots().list(SnapshotFilter.all(), new PageRequest(1, 0, Optional.empty()));

        assertThat(page.items()).hasSize(1);
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"snapshots\":null}", "{\"snapshots\":[],\"snapshots\":[]}", "{\"snapshots\":[", ""})
    void failsWhenPageIsNotCompletelyReadable(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body));

        var failure =
                failureOf(() -> snapshots().list(SnapshotFilter.all(), new PageRequest(1000, 0, Optional.empty())));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"snapshot\":{\"status\":\"creating\"}}",
                "{\"snapshot\":{\"id\":null}}",
                "{\"snapshot\":",
                "",
                "<html>hello</html>"
            })
    void reportsAcceptedCreateWithoutReadableIdAsAmbiguous(String body) {
        cloud.evsResponds(ScriptedResponse.json(202, body));

        var failure = failureOf(() -> snapshots().create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(failure)
                .hasMessageStartingWith("Tried to create snapshot snap-001 of volume "
                        + "5aa119a8-d25b-45a7-8d1b-88e127885635 but the cloud responded with 202");
    }

    @Test
    void reportsCreateWithTruncatedResponseAsAmbiguous() {
        cloud.evsResponds(ScriptedResponse.truncated(202, CREATED));

        var failure = failureOf(() -> snapshots().create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isTrue();
        // The status is present only if the client read the head before the connection ended, which depends on timing.
        assertThat(failure.details().httpStatus().orElse(202)).isEqualTo(202);
    }

    @Test
    void rejectsReadResponseThatContainsAnotherSnapshot() {
        cloud.evsResponds(ScriptedResponse.json(200, CREATED));

        assertThat(failureOf(() -> snapshots().read(SNAPSHOT)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"detail", "..", "a/b", "a?b", "a b"})
    void sendsNoRequestForInvalidId(String id) {
        var failure = failureOf(() -> snapshots().delete(new SnapshotId(id)));

        assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(cloud.evsRequests()).isEmpty();
    }

    @Test
    void readsRequestIdFromEveryHeaderAndBody() {
        cloud.evsResponds(
                ScriptedResponse.json(500, "{}", "X-Request-Id: r1"),
                ScriptedResponse.json(500, "{}", "x-compute-request-id: req-2"),
                ScriptedResponse.json(500, "{}", "x-openstack-request-id: req-3"),
                ScriptedResponse.json(
                        500, "{\"error_code\":\"APIGW.0601\",\"error_msg\":\"m\",\"request_id\":\"r4\"}"));
        var snapshots = snapshots();

        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)).details().requestId())
                .contains("r1");
        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)).details().requestId())
                .contains("req-2");
        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)).details().requestId())
                .contains("req-3");
        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)).details().requestId())
                .contains("r4");
    }

    @Test
    void callsObserverAfterEveryExchangeAndIgnoresItsFailure() {
        cloud.evsResponds(ScriptedResponse.json(202, CREATED));
        var snapshots = new HttpCloudClient(
                cloud.settings().build(),
                CredentialSource.fixed(new Credentials.Password("d", "u", "p")),
                clock,
                (operation, failure, took) -> {
                    observed.add(operation + " " + (took.compareTo(Duration.ZERO) > 0));
                    throw new IllegalStateException("a meter broke");
                });

        snapshots.create(REQUEST);

        assertThat(observed).containsExactly("LOGIN true", "CREATE true");
    }
}
