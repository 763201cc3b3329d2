/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static io.snapshotoperator.evs.cloud.http.HostileText.assertNothingRaw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequestBuilder;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeCreation.VolumeDescribed;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.Credentials;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.transport.Transport;
import io.snapshotoperator.evs.createonce.FailureReasons;
import io.snapshotoperator.evs.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cloud that repeats the secrets of the request in every field of every kind of response. Nothing that the client returns
 * or throws, and nothing that is made from it, may show them.
 */
class HostileCloudTest {
    private static final String PASSWORD = "Pa55/w ö+\"rd?";
    private static final String TOKEN = "MIIToken" + "aB3-_9xYz0".repeat(40);
    private static final String ACCESS_KEY = "AKIDEXAMPLE123456789";
    private static final String SECRET_KEY = "sEcReTkEyExAmPlE1234567890abcdefghijklmn";
    private static final String SECURITY_TOKEN = "STS" + "Qw7-_".repeat(60);

    private static final Credentials USER = new Credentials.Password("OTC-1", "operator", PASSWORD);
    private static final Credentials KEY =
            new Credentials.AccessKey(ACCESS_KEY, SECRET_KEY, Optional.of(SECURITY_TOKEN));

    private static final String ID = "2bb856e1-b3d8-4432-a858-09e4ce939389";
    private static final SnapshotId SNAPSHOT = new SnapshotId(ID);
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final CreateSnapshotRequest REQUEST =
            new CreateSnapshotRequest(new VolumeId(VOLUME), "snap-001", Optional.empty(), false, Map.of());
    private static final JobId JOB = new JobId("4010a32d535527910153552b492c0002");
    private static final CreateVolumeRequest VOLUME_REQUEST = CreateVolumeRequestBuilder.builder()
            .snapshotId(SNAPSHOT)
            .availabilityZone("eu-de-01")
            .volumeType("SSD")
            .sizeGiB(10)
            .name("restored")
            .metadata(Map.of())
            .tags(Map.of())
            .build();
    private static final PageRequest PAGE = new PageRequest(1000, 0, Optional.empty());

    private ScriptedCloud cloud;
    private List<LogCapture> logs;

    @BeforeEach
    void start() throws IOException {
        cloud = ScriptedCloud.start();
        logs = List.of(LogCapture.of(Transport.class), LogCapture.of(RequestExecutor.class));
    }

    @AfterEach
    void stop() throws IOException {
        logs.forEach(LogCapture::close);
        cloud.close();
    }

    private static Stream<Arguments> echoes() {
        var user = List.of(PASSWORD, TOKEN);
        var key = List.of(ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN);
        return Stream.concat(echoes(USER, user), echoes(KEY, key));
    }

    private static Stream<Arguments> echoes(Credentials credentials, List<String> secrets) {
        return secrets.stream()
                .flatMap(secret -> HostileText.formsOf(secret).stream().distinct())
                .map(form -> Arguments.of(credentials, secrets, form));
    }

    private HttpCloudClient snapshots(Credentials credentials) {
        return new HttpCloudClient(
                cloud.settings().projectId(ScriptedCloud.PROJECT).build(),
                CredentialSource.fixed(credentials),
                new SteppedClock(),
                CallObserver.none());
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void showsNothingRawOfRejections(Credentials credentials, List<String> secrets, String form) {
        var shown = new ArrayList<String>();
        for (var status : List.of(401, 404, 500)) {
            var client = snapshots(credentials);
            for (var rejection : rejections(status, form)) {
                cloud.iamResponds(ScriptedCloud.token(TOKEN), ScriptedCloud.token(TOKEN))
                        .evsRespondsByDefault(request -> rejection);
                shown.addAll(failures(() -> client.create(REQUEST), () -> client.read(SNAPSHOT)));
            }
        }
        shown.forEach(text -> assertNothingRaw(text, secrets));
        assertThat(shown).hasSizeGreaterThan(50).allSatisfy(text -> assertThat(text.length())
                .isLessThan(1500));
        assertLogsShowNothingRaw(secrets);
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void showsNothingRawOfLogins(Credentials credentials, List<String> secrets, String form) {
        var hostile = json();
        hostile.putObject("token").putObject("project").put("id", HostileText.around(form));
        hostile.put("expires_at", form).put("issued_at", form);
        var responses = new ArrayList<>(rejections(401, form));
        responses.addAll(rejections(429, form));
        responses.add(ScriptedResponse.json(201, hostile.toString(), "X-Subject-Token: " + TOKEN));
        responses.add(ScriptedResponse.json(
                201, "{\"token\":{\"project\":{\"id\":\"../../v3/users\"}}}", "X-Subject-Token: " + TOKEN));
        responses.add(projects(form));
        for (var response : responses) {
            cloud.iamResponds(response);
            var client = new HttpCloudClient(
                    cloud.settings().build(),
                    CredentialSource.fixed(credentials),
                    new SteppedClock(),
                    CallObserver.none());
            var shown = failures(client::authenticate);
            assertThat(shown).isNotEmpty().allSatisfy(text -> assertNothingRaw(text, secrets));
        }
        assertLogsShowNothingRaw(secrets);
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void showsNothingRawOfSnapshots(Credentials credentials, List<String> secrets, String form) {
        for (var echo : List.of(form, HostileText.around(form), form + "x".repeat(40_000))) {
            var snapshot = hostileSnapshot(echo).toString();
            cloud.iamResponds(ScriptedCloud.token(TOKEN))
                    .evsRespondsByDefault(request -> request.target().contains("detail")
                            ? ScriptedResponse.json(200, "{\"snapshots\":[" + snapshot + "]}", headers(form))
                            : ScriptedResponse.json(200, "{\"snapshot\":" + snapshot + "}", headers(form)));
            var client = snapshots(credentials);

            var received = List.of(
                    client.create(REQUEST),
                    client.read(SNAPSHOT).orElseThrow(),
                    client.update(SNAPSHOT, new UpdateSnapshotRequest(Optional.of("new"), Optional.empty()))
                            .orElseThrow(),
                    client.list(SnapshotFilter.all(), PAGE).items().get(0));

            assertThat(received).allSatisfy(each -> {
                assertThat(each.id()).isEqualTo(SNAPSHOT);
                assertThat(each.createdAt()).isEmpty();
                assertThat(each.sizeGiB()).isEmpty();
                textsOf(each).forEach(text -> assertNothingRaw(text, secrets));
                assertThat(each.wireState().length()).isLessThanOrEqualTo(64);
                assertThat(textsOf(each))
                        .allSatisfy(text -> assertThat(text.length()).isLessThanOrEqualTo(255));
                assertThat(each.metadata()).allSatisfy((key, value) -> {
                    assertThat(key.codePointCount(0, key.length())).isLessThanOrEqualTo(255);
                    assertThat(value.codePointCount(0, value.length())).isLessThanOrEqualTo(255);
                    assertNothingRaw(client.text().clean(key + value, 600), secrets);
                });
            });
        }
        assertLogsShowNothingRaw(secrets);
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void showsNothingRawOfVolumesAndJobs(Credentials credentials, List<String> secrets, String form) {
        for (var echo : List.of(form, HostileText.around(form), form + "x".repeat(40_000))) {
            var volume = hostileVolume(echo).toString();
            var job = hostileJob(echo).toString();
            cloud.iamResponds(ScriptedCloud.token(TOKEN))
                    .evsRespondsByDefault(request -> ScriptedResponse.json(
                            200,
                            request.target().contains("/jobs/")
                                    ? job
                                    : request.target().contains("detail")
                                            ? "{\"volumes\":[" + volume + "]}"
                                            : "{\"volume\":" + volume + "}",
                            headers(form)));
            var client = snapshots(credentials);

            var received = List.of(
                    ((VolumeDescribed) client.createVolume(VOLUME_REQUEST)).volume(),
                    client.readVolume(new VolumeId(VOLUME)).orElseThrow(),
                    client.listVolumes(VolumeFilter.all(), PAGE).items().get(0));
            var failed = client.readJob(JOB).orElseThrow();

            assertThat(received).allSatisfy(each -> {
                assertThat(each.id().value()).isEqualTo(VOLUME);
                assertThat(each.createdAt()).isEmpty();
                assertThat(each.sizeGiB()).isEmpty();
                assertThat(each.wireState().length()).isLessThanOrEqualTo(64);
                assertThat(textsOf(each)).allSatisfy(text -> {
                    assertThat(text.length()).isLessThanOrEqualTo(255);
                    assertNothingRaw(text, secrets);
                });
                assertThat(each.metadata()).allSatisfy((key, value) -> {
                    assertThat(key.codePointCount(0, key.length())).isLessThanOrEqualTo(255);
                    assertThat(value.codePointCount(0, value.length())).isLessThanOrEqualTo(255);
                });
            });
            assertThat(failed.state()).isEqualTo(JobState.FAIL);
            assertThat(failed.failReason().length()).isLessThanOrEqualTo(256);
            assertNothingRaw(failed.toString(), secrets);
        }
        assertLogsShowNothingRaw(secrets);
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void treatsVolumeCreateWithUnusableIdsAsAmbiguous(Credentials credentials, List<String> secrets, String form) {
        for (var id : List.of(form, HostileText.around(form), "../../../v3/users", "x".repeat(40_000), "detail")) {
            cloud.iamResponds(ScriptedCloud.token(TOKEN))
                    .evsResponds(
                            ScriptedResponse.json(200, json().put("job_id", id).toString()),
                            ScriptedResponse.json(202, "{\"volume\":" + json().put("id", id) + "}"));
            var client = snapshots(credentials);
            for (var each = 0; each < 2; each++) {
                var failure = catchThrowableOfType(CloudException.class, () -> client.createVolume(VOLUME_REQUEST));

                assertThat(failure.mayHaveActed()).isTrue();
                assertThat(failure.kind()).isEqualTo(CloudException.Kind.TRANSIENT);
                shownOf(failure).forEach(text -> assertNothingRaw(text, secrets));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void treatsCreateResponseWithUnusableIdAsAmbiguous(Credentials credentials, List<String> secrets, String form) {
        for (var id : List.of(form, HostileText.around(form), "../../../v3/users", "x".repeat(40_000), "detail")) {
            cloud.iamResponds(ScriptedCloud.token(TOKEN))
                    .evsResponds(
                            ScriptedResponse.json(
                                    202, "{\"snapshot\":" + snapshot().put("id", id) + "}"),
                            ScriptedResponse.json(
                                    202, "{\"snapshot\":" + snapshot().put("volume_id", id + "/") + "}"));
            var client = snapshots(credentials);
            for (var each = 0; each < 2; each++) {
                var failure = catchThrowableOfType(CloudException.class, () -> client.create(REQUEST));

                assertThat(failure.mayHaveActed()).isTrue();
                assertThat(failure.kind()).isEqualTo(CloudException.Kind.TRANSIENT);
                shownOf(failure).forEach(text -> assertNothingRaw(text, secrets));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "volume_id"})
    void leavesOutListEntryWithUnusableIdAndReportsListAsIncomplete(String field) {
        cloud.evsRespondsByDefault(request -> ScriptedResponse.json(
                200, "{\"snapshots\":[" + snapshot() + "," + snapshot().put(field, "../../../v3/users") + "]}"));
        var client = snapshots(USER);

        var page = client.list(SnapshotFilter.all(), PAGE);
        var listing = Listing.fetchAll(client, SnapshotFilter.all(), 1000, () -> {});

        assertThat(page.items()).extracting(CloudSnapshot::id).containsExactly(SNAPSHOT);
        assertThat(page.unreadable()).isEqualTo(1);
        assertThat(listing.items()).extracting(CloudSnapshot::id).containsExactly(SNAPSHOT);
        assertThat(listing.complete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"snapshot\":{\"id\":\"" + ID + "\",\"id\":\"ffa9bc5e-1172-4021-acaf-cdcd78a9584d\"}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\",\"status\":\"error\",\"status\":\"available\"}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\"},\"snapshot\":{\"id\":\"" + ID + "\"}}",
                "{\"snapshot\":{\"id\":\"" + ID + "\"}} {\"snapshot\":{}}"
            })
    void rejectsJsonThatCanBeReadInTwoWays(String body) {
        cloud.evsResponds(ScriptedResponse.json(200, body), ScriptedResponse.json(202, body));
        var client = snapshots(USER);

        var read = catchThrowableOfType(CloudException.class, () -> client.read(SNAPSHOT));
        var create = catchThrowableOfType(CloudException.class, () -> client.create(REQUEST));

        assertThat(read.mayHaveActed()).isFalse();
        assertThat(create.mayHaveActed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void showsNothingRawOfBrokenHttp(Credentials credentials, List<String> secrets, String form) {
        cloud.iamResponds(ScriptedCloud.token(TOKEN)).evsRespondsByDefault(request -> (out, in) -> {
            out.write(("HTTP/9 " + HostileText.around(form) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return false;
        });
        var client = snapshots(credentials);

        assertThat(failures(() -> client.create(REQUEST), () -> client.read(SNAPSHOT)))
                .allSatisfy(text -> assertNothingRaw(text, secrets));
        assertThat(logs.get(0).lines()).isNotEmpty();
        assertLogsShowNothingRaw(secrets);
    }

    private void assertLogsShowNothingRaw(List<String> secrets) {
        for (var log : logs) {
            assertThat(log.lines()).allSatisfy(line -> assertNothingRaw(line.toString(), secrets));
        }
    }

    /** Bodies of all forms that the parties of the cloud send, with the echo in every field, and in the headers. */
    private static List<ScriptedResponse> rejections(int status, String form) {
        var echo = HostileText.around(form);
        var bodies = new ArrayList<String>();
        for (var text : List.of(form, echo, form + "x".repeat(40_000))) {
            bodies.add(wrapped("error", text, text));
            bodies.add(wrapped(text, text, text));
            bodies.add(json().put("error_code", text)
                    .put("error_msg", text)
                    .put("request_id", text)
                    .toString());
            bodies.add(json().put(text, text).toString());
        }
        bodies.add(wrapped("itemNotFound", "404", echo));
        bodies.add(wrapped("error", "EVS.1000", echo).replace("}", ",\"code\":\"twice\"}"));
        bodies.add("[" + json().put("message", echo) + "]");
        bodies.add(echo);
        var responses = new ArrayList<ScriptedResponse>();
        for (var body : bodies) {
            responses.add(ScriptedResponse.json(status, body, headers(form)));
        }
        responses.add(ScriptedResponse.html(status, "<html>" + echo + "</html>"));
        responses.add(ScriptedResponse.of(status, "text/plain", echo, headers(form)));
        return responses;
    }

    private static String wrapped(String wrapper, String code, String message) {
        var body = json().put("request_id", message);
        body.putObject(wrapper).put("code", code).put("message", message).put("title", message);
        return body.toString();
    }

    /** Headers can contain neither line ends nor characters outside ASCII. */
    private static String[] headers(String form) {
        var ascii = form.replaceAll("[^\\x20-\\x7e]", "");
        return new String[] {
            "X-Request-Id: " + ascii, "x-openstack-request-id: " + ascii, "Retry-After: " + ascii, "Date: " + ascii
        };
    }

    /** Two projects of the name, so that the message lists their ids. */
    private static ScriptedResponse projects(String form) {
        var body = json();
        var list = body.putArray("projects");
        list.addObject().put("name", "eu-de").put("id", form);
        list.addObject().put("name", "eu-de").put("id", HostileText.around(form));
        return ScriptedResponse.json(200, body.toString(), headers(form));
    }

    private static ObjectNode snapshot() {
        return json().put("id", ID).put("status", "creating").put("volume_id", VOLUME);
    }

    private static ObjectNode hostileSnapshot(String echo) {
        var snapshot = snapshot()
                .put("status", echo)
                .put("name", echo)
                .put("description", echo)
                .put("created_at", "+99999-01-01T00:00:00")
                .put("updated_at", echo)
                .put("size", 12_345_678_901L)
                .put("service_type", echo)
                .put(echo, echo);
        snapshot.putObject("metadata").put("k", echo).put(echo, echo);
        return snapshot;
    }

    private static ObjectNode hostileVolume(String echo) {
        var volume = json().put("id", VOLUME)
                .put("status", echo)
                .put("name", echo)
                .put("availability_zone", echo)
                .put("volume_type", echo)
                .put("created_at", "+99999-01-01T00:00:00")
                .put("size", 12_345_678_901L)
                .put(echo, echo);
        volume.putArray("attachments").addObject().put("server_id", echo);
        volume.putObject("metadata").put("k", echo).put(echo, echo);
        return volume;
    }

    private static ObjectNode hostileJob(String echo) {
        var job = json().put("job_id", JOB.value())
                .put("status", "FAIL")
                .put("error_code", echo)
                .put("fail_reason", echo)
                .put("job_type", echo)
                .put(echo, echo);
        job.putObject("entities").put("name", echo);
        return job;
    }

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static List<String> textsOf(CloudSnapshot snapshot) {
        return Stream.of(
                        Stream.of(
                                snapshot.toString(),
                                snapshot.wireState(),
                                snapshot.id().value()),
                        snapshot.volumeId().map(VolumeId::value).stream(),
                        snapshot.name().stream(),
                        snapshot.description().stream())
                .flatMap(texts -> texts)
                .toList();
    }

    private static List<String> textsOf(CloudVolume volume) {
        return Stream.of(
                        Stream.of(
                                volume.toString(),
                                volume.wireState(),
                                volume.id().value()),
                        volume.name().stream(),
                        volume.availabilityZone().stream(),
                        volume.volumeType().stream())
                .flatMap(texts -> texts)
                .toList();
    }

    /** Executes the calls and returns everything that can be shown of their failures. */
    private static List<String> failures(Runnable... calls) {
        return Stream.of(calls)
                .map(call -> catchThrowableOfType(CloudException.class, call::run))
                .flatMap(failure -> failure == null ? Stream.of() : shownOf(failure))
                .toList();
    }

    private static Stream<String> shownOf(CloudException failure) {
        assertThat(failure).hasNoCause();
        return Stream.of(
                failure.toString(),
                failure.details().toString(),
                FailureReasons.verdictFor(failure.details()).message());
    }
}
