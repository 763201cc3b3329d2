/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.HttpCloudClient;
import io.snapshotoperator.evs.cloud.http.ScriptedCloud;
import io.snapshotoperator.evs.cloud.http.ScriptedResponse;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettingsBuilder;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests signed requests as the server receives them, and the cooldown of a rejected key. */
class AkSkAuthenticatorTest {
    private static final SnapshotId SNAPSHOT = new SnapshotId("2bb856e1-b3d8-4432-a858-09e4ce939389");
    private static final CreateSnapshotRequest REQUEST =
            new CreateSnapshotRequest(new VolumeId("v-1"), "snap ä", Optional.empty(), false, Map.of("k", "v"));
    private static final String AVAILABLE = "{\"snapshot\":{\"id\":\"" + SNAPSHOT + "\",\"status\":\"available\"}}";
    private static final ScriptedResponse WRONG_SIGNATURE = ScriptedResponse.json(
            401,
            "{\"error_code\":\"APIGW.0301\",\"error_msg\":\"Incorrect IAM authentication information: verify aksk"
                    + " signature fail\",\"request_id\":\"r1\"}");

    private final SteppedClock clock = new SteppedClock();
    private ScriptedCloud cloud;
    private volatile AccessKey key = new AccessKey("AK", "sesame", Optional.of("TEMPORARY"));

    @BeforeEach
    void start() throws IOException {
        cloud = ScriptedCloud.start().evsRespondsByDefault(request -> ScriptedResponse.json(200, AVAILABLE));
    }

    @AfterEach
    void stop() throws IOException {
        cloud.close();
    }

    private HttpCloudClient snapshots(ConnectionSettingsBuilder settings) {
        return new HttpCloudClient(settings.build(), () -> key, clock, CallObserver.none());
    }

    private HttpCloudClient clientOfProject() {
        return snapshots(cloud.settings().projectId(ScriptedCloud.PROJECT));
    }

    private static CloudException failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run);
    }

    private static ScriptedResponse projects(String... ids) {
        return ScriptedResponse.json(
                200,
                "{\"projects\":["
                        + String.join(
                                ",",
                                Arrays.stream(ids)
                                        .map(id -> "{\"id\":\"" + id + "\",\"name\":\"eu-de\",\"enabled\":true}")
                                        .toList())
                        + "],\"links\":{\"next\":null}}");
    }

    /** Computes the expected signature only from the received request. */
    private void assertSignedAsReceived(ScriptedCloud.Received request) {
        var parts = request.target().split("\\?");
        var query = parts.length == 1
                ? List.<Map.Entry<String, String>>of()
                : Arrays.stream(parts[1].split("&"))
                        .map(pair -> Map.entry(pair.split("=")[0], pair.split("=")[1]))
                        .toList();
        var target = new RequestTarget(
                URI.create("http://" + request.header("Host")),
                List.of(parts[0].substring(1).split("/")),
                query);
        var expected = Signer.sign(
                key,
                request.method(),
                target,
                Optional.ofNullable(request.header("X-Project-Id")),
                request.body().getBytes(StandardCharsets.UTF_8),
                Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(request.header("Authorization")).isEqualTo(expected.get("Authorization"));
        assertThat(request.header("X-Sdk-Date")).isEqualTo("20260101T000000Z");
    }

    @Test
    void signsEveryCallAsTheServerReceivesIt() {
        cloud.evsResponds(
                ScriptedResponse.json(202, AVAILABLE),
                ScriptedResponse.json(200, AVAILABLE),
                ScriptedResponse.json(200, "{\"snapshots\":[]}"),
                ScriptedResponse.empty(202));
        var snapshots = clientOfProject();

        snapshots.create(REQUEST);
        snapshots.read(SNAPSHOT);
        snapshots.list(
                new SnapshotFilter(Optional.of(new VolumeId("v-1")), Optional.of("creating")),
                new PageRequest(1000, 7, Optional.empty()));
        snapshots.delete(SNAPSHOT);

        assertThat(cloud.evsRequests()).hasSize(4).allSatisfy(request -> {
            assertSignedAsReceived(request);
            assertThat(request.header("Host")).isEqualTo("localhost:" + cloud.port());
            assertThat(request.header("X-Project-Id")).isEqualTo(ScriptedCloud.PROJECT);
            assertThat(request.header("X-Security-Token")).isEqualTo("TEMPORARY");
            assertThat(request.header("X-Auth-Token")).isNull();
        });
        assertThat(cloud.iamRequests()).isEmpty();
    }

    @Test
    void readsIdOfProjectByNameOnce() {
        cloud.iamResponds(projects("p-1"));
        var snapshots = snapshots(cloud.settings());

        assertThat(snapshots.authenticate()).isEqualTo(new CloudLocation(cloud.url(), "p-1"));
        snapshots.read(SNAPSHOT);

        assertThat(cloud.iamRequests()).singleElement().satisfies(request -> {
            assertThat(request.target()).isEqualTo("/v3/projects?name=eu-de");
            assertSignedAsReceived(request);
        });
        assertThat(cloud.evsRequests().get(0).target()).startsWith("/v2/p-1/");
    }

    @Test
    void reportsMisconfigurationWhenNoProjectHasName() {
        cloud.iamResponds(projects());

        var failure = failureOf(() -> snapshots(cloud.settings()).create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.details().advice()).contains("evs.connection.project-name");
    }

    @Test
    void namesAllProjectsWhenSeveralHaveName() {
        cloud.iamResponds(projects("p-1", "p-2"));

        var failure = failureOf(() -> snapshots(cloud.settings()).create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure).hasMessageContaining("p-1").hasMessageContaining("p-2");
        assertThat(failure.details().advice()).contains("evs.connection.project-id");
    }

    @Test
    void ignoresProjectsOfOtherNamesWhenCloudIgnoresFilter() {
        cloud.iamResponds(ScriptedResponse.json(
                200, "{\"projects\":[{\"id\":\"p-0\",\"name\":\"eu-de_team\"},{\"id\":\"p-1\",\"name\":\"eu-de\"}]}"));

        assertThat(snapshots(cloud.settings()).authenticate().projectId()).isEqualTo("p-1");
    }

    @Test
    void sendsNoCallForFiveMinutesAfterThreeRejectedSignatures() {
        cloud.evsRespondsByDefault(request -> WRONG_SIGNATURE);
        var snapshots = clientOfProject();

        IntStream.range(0, 10).forEach(i -> assertThat(
                        failureOf(() -> snapshots.create(REQUEST)).kind())
                .isEqualTo(Kind.NOT_AUTHORIZED));

        assertThat(cloud.evsRequests()).hasSize(3);
        clock.step(Duration.ofMinutes(5));
        IntStream.range(0, 10).forEach(i -> failureOf(() -> snapshots.create(REQUEST)));
        assertThat(cloud.evsRequests()).hasSize(4);
    }

    @Test
    void triesWrongKeyThreeTimesInAllThreadsTogether() throws Exception {
        cloud.evsRespondsByDefault(request -> WRONG_SIGNATURE);
        var snapshots = clientOfProject();
        var threads = Executors.newFixedThreadPool(8);
        try {
            var reads = IntStream.range(0, 16)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> failureOf(() -> snapshots.read(SNAPSHOT)), threads))
                    .toList();
            assertThat(reads).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(10)));
        } finally {
            threads.shutdownNow();
        }

        assertThat(cloud.evsRequests()).hasSize(3);
    }

    @Test
    void sendsNoFurtherCallWhenKeyIsLocked() {
        cloud.evsRespondsByDefault(request -> ScriptedResponse.json(
                401,
                "{\"error_code\":\"APIGW.0301\",\"error_msg\":\"Incorrect IAM authentication information: AK access failed"
                        + " to reach the limit,forbidden\"}"));
        var snapshots = clientOfProject();

        IntStream.range(0, 5).forEach(i -> failureOf(() -> snapshots.read(SNAPSHOT)));

        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @Test
    void usesReplacedKeyAtOnce() {
        cloud.evsRespondsByDefault(request -> request.header("Authorization").contains("Access=AK,")
                ? WRONG_SIGNATURE
                : ScriptedResponse.json(200, AVAILABLE));
        var snapshots = clientOfProject();
        IntStream.range(0, 5).forEach(i -> failureOf(() -> snapshots.read(SNAPSHOT)));

        key = new AccessKey("AK2", "sesame2", Optional.empty());

        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }

    @Test
    void repeatsRejectedCreateWithReplacedKey() {
        cloud.evsRespondsByDefault(request -> {
            if (request.header("Authorization").contains("Access=AK,")) {
                key = new AccessKey("AK2", "sesame2", Optional.empty());
                return WRONG_SIGNATURE;
            }
            return ScriptedResponse.json(202, AVAILABLE);
        });

        clientOfProject().create(REQUEST);

        assertThat(cloud.evsRequests()).hasSize(2);
    }

    @Test
    void advisesToCorrectClockWhenSignatureExpired() {
        cloud.evsResponds(ScriptedResponse.json(
                401,
                "{\"error_msg\":\"Incorrect app authentication information: signature expired, signature"
                        + " time:20230527T000431Z,server time:20230527T020608Z\",\"error_code\":\"APIG.0303\"}"));

        var failure = failureOf(() -> clientOfProject().create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORIZED);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure).hasMessageContaining("server time:20230527T020608Z");
        assertThat(failure.details().advice()).contains("NTP", "15 minutes");
    }

    @Test
    void sendsCallsInParallelWhenKeyIsAccepted() {
        var snapshots = clientOfProject();
        snapshots.read(SNAPSHOT);
        var both = new CountDownLatch(2);
        ScriptedResponse whenBothArrived = (out, in) -> {
            both.countDown();
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> both.getCount() == 0);
            return ScriptedResponse.json(200, AVAILABLE).to(out, in);
        };
        cloud.evsResponds(whenBothArrived, whenBothArrived);

        var one = CompletableFuture.supplyAsync(() -> snapshots.read(SNAPSHOT), task -> new Thread(task).start());
        var other = CompletableFuture.supplyAsync(() -> snapshots.read(SNAPSHOT), task -> new Thread(task).start());

        assertThat(List.of(one, other)).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(10)));
    }

    @Test
    void needsNoIamForAccessKeyWithProjectId() {
        var snapshots =
                snapshots(ConnectionSettings.builder().endpoint(cloud.url()).projectId(ScriptedCloud.PROJECT));

        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }
}
