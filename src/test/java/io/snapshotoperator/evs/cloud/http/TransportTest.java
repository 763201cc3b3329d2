/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.Credentials;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettingsBuilder;
import io.snapshotoperator.evs.testing.TestCertificates;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the transport of requests, and the failures without a response. */
class TransportTest {
    private static final SnapshotId SNAPSHOT = new SnapshotId("2bb856e1-b3d8-4432-a858-09e4ce939389");
    private static final CreateSnapshotRequest REQUEST =
            new CreateSnapshotRequest(new VolumeId("v-1"), "snap-001", Optional.empty(), false, Map.of());
    private static final String AVAILABLE = "{\"snapshot\":{\"id\":\"" + SNAPSHOT + "\",\"status\":\"available\"}}";

    private ScriptedCloud cloud;

    @BeforeEach
    void start() throws IOException {
        cloud = ScriptedCloud.start();
    }

    @AfterEach
    void stop() throws IOException {
        cloud.close();
    }

    private enum MutatingCall {
        CREATE("POST"),
        UPDATE("PUT"),
        DELETE("DELETE");

        private final String method;

        MutatingCall(String method) {
            this.method = method;
        }

        void send(HttpCloudClient snapshots) {
            switch (this) {
                case CREATE -> snapshots.create(REQUEST);
                case UPDATE ->
                    snapshots.update(SNAPSHOT, new UpdateSnapshotRequest(Optional.of("new"), Optional.empty()));
                case DELETE -> snapshots.delete(SNAPSHOT);
            }
        }
    }

    private static HttpCloudClient snapshots(ConnectionSettingsBuilder settings) {
        return new HttpCloudClient(
                settings.build(),
                CredentialSource.fixed(new Credentials.Password("d", "u", "secret-password")),
                new SteppedClock(),
                CallObserver.none());
    }

    private HttpCloudClient snapshots() {
        return snapshots(cloud.settings());
    }

    private HttpCloudClient clientWithShortTimeout() {
        return snapshots(cloud.settings().connectTimeout(Duration.ofSeconds(2)).timeout(Duration.ofSeconds(2)));
    }

    private static CloudException failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run);
    }

    @ParameterizedTest
    @EnumSource(MutatingCall.class)
    void neverRepeatsMutatingCallWhenServerClosesConnection(MutatingCall call) {
        cloud.evsResponds(ScriptedResponse.json(200, AVAILABLE), ScriptedResponse.closedConnection())
                .evsRespondsByDefault(request -> ScriptedResponse.json(202, AVAILABLE));
        var snapshots = snapshots();
        snapshots.read(SNAPSHOT);

        var failure = failureOf(() -> call.send(snapshots));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(cloud.evsRequests())
                .filteredOn(request -> request.method().equals(call.method))
                .hasSize(1);
    }

    @Test
    void sendsCreateAtMostOnceOnConnectionClosedWhileIdle() {
        ScriptedResponse lastOnItsConnection = (out, in) -> {
            ScriptedResponse.json(200, AVAILABLE).to(out, in);
            return false;
        };
        cloud.evsRespondsByDefault(request ->
                request.method().equals("GET") ? lastOnItsConnection : ScriptedResponse.json(202, AVAILABLE));
        var snapshots = snapshots();
        var responses = 0;
        for (var i = 0; i < 20; i++) {
            snapshots.read(SNAPSHOT);
            try {
                snapshots.create(REQUEST);
                responses++;
            } catch (CloudException failure) {
                assertThat(failure.mayHaveActed()).isTrue();
            }
        }
        assertThat(cloud.evsRequests())
                .filteredOn(request -> request.method().equals("POST"))
                .hasSizeBetween(responses, 20);
    }

    @Test
    void rejectsJvmPropertyThatRepeatsRequests() {
        System.setProperty("jdk.httpclient.enableAllMethodRetry", "true");
        try {
            assertThatIllegalStateException()
                    .isThrownBy(this::snapshots)
                    .withMessageContaining("jdk.httpclient.enableAllMethodRetry");
        } finally {
            System.clearProperty("jdk.httpclient.enableAllMethodRetry");
        }
    }

    @Test
    void reportsMissingResponseAsAmbiguousForCreateButNotForRead() {
        cloud.evsResponds(ScriptedResponse.noResponse(), ScriptedResponse.noResponse());
        var snapshots = clientWithShortTimeout();

        assertThat(failureOf(() -> snapshots.create(REQUEST)).mayHaveActed()).isTrue();
        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)).mayHaveActed()).isFalse();
    }

    @Test
    void limitsTimeOfBodyByTimeout() {
        cloud.evsResponds(ScriptedResponse.stalled(202, "{\"snapshot\":"));
        var snapshots = clientWithShortTimeout();
        snapshots.authenticate();
        var start = System.nanoTime();

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        assertThat(failure).hasMessageContaining("no response arrived in time");
        assertThat(failure.mayHaveActed()).isTrue();
    }

    @Test
    void sendsNoCreateWhenLoginUsedMostOfTimeout() {
        cloud.iamResponds((out, in) -> {
            Awaitility.await().pollDelay(1700, TimeUnit.MILLISECONDS).until(() -> true);
            return ScriptedCloud.token("late").to(out, in);
        });

        var failure = failureOf(() -> clientWithShortTimeout().create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure).hasMessageContaining("the login took too long");
        assertThat(cloud.evsRequests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void stopsReadingEndlessBodyAndFails(int status) {
        cloud.evsResponds(ScriptedResponse.endless(status));

        var failure = failureOf(() -> snapshots().read(SNAPSHOT));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void reportsCreateAsNotSentWhenConnectionFails() throws IOException {
        int closedPort;
        try (var socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        var snapshots = snapshots(cloud.settings().endpoint("http://localhost:" + closedPort));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure.details().advice()).contains("evs.connection.endpoint", "evs.connection.proxy");
    }

    @Test
    void reportsCreateAsNotSentWhenHostIsUnknown() {
        var snapshots = snapshots(cloud.settings().endpoint("https://evs.invalid"));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure).hasMessageContaining("the host name is unknown (evs.invalid)");
        assertThat(failure.details().advice()).contains("evs.connection.endpoint");
    }

    @Test
    void namesSettingOfIamEndpointWhenItsHostIsUnknown() {
        var snapshots = snapshots(cloud.settings().iamEndpoint("https://iam.invalid"));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure).hasMessageStartingWith("Tried to log in as user u of account d to project eu-de");
        assertThat(failure.details().advice()).contains("evs.connection.iam-endpoint");
        assertThat(failure.mayHaveActed()).isFalse();
    }

    @Test
    void rejectsCertificateOfUnknownAuthority(@TempDir Path directory) throws Exception {
        var tls = TestCertificates.forHost("localhost", directory);
        try (var secure = ScriptedCloud.startWithTls(tls.context())) {
            var failure = failureOf(
                    () -> snapshots(cloud.settings().endpoint(secure.url())).create(REQUEST));

            assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
            assertThat(failure.mayHaveActed()).isFalse();
            assertThat(failure.details().advice()).contains("evs.connection.ca-bundle");
            assertThat(secure.evsRequests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trustsCertificateOfBundle(boolean only, @TempDir Path directory) throws Exception {
        var tls = TestCertificates.forHost("localhost", directory);
        try (var secure = ScriptedCloud.startWithTls(tls.context())) {
            secure.evsResponds(ScriptedResponse.json(200, AVAILABLE));

            var read = snapshots(secure.settings().caBundle(tls.pem()).onlyCaBundle(only))
                    .read(SNAPSHOT);

            assertThat(read).isPresent();
        }
    }

    @Test
    void rejectsTrustedCertificateOfAnotherHost(@TempDir Path directory) throws Exception {
        var tls = TestCertificates.forHost("evs.example.test", directory);
        try (var secure = ScriptedCloud.startWithTls(tls.context())) {
            var failure = failureOf(
                    () -> snapshots(secure.settings().caBundle(tls.pem())).authenticate());

            assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
            assertThat(secure.iamRequests()).isEmpty();
        }
    }

    @Test
    void reportsCreateAsNotSentWhenServerHasNoTls() {
        var snapshots = snapshots(cloud.settings().endpoint("https://localhost:" + cloud.port()));
        snapshots.authenticate();

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).as(failure.getMessage()).isFalse();
    }

    @Test
    void sendsCallsThroughConfiguredProxy() {
        cloud.evsResponds(ScriptedResponse.json(200, AVAILABLE));
        var snapshots = snapshots(ConnectionSettings.builder()
                .endpoint("http://evs.example.test")
                .iamEndpoint("http://iam.example.test")
                .projectName("eu-de")
                .plainHttp(true)
                .proxy("localhost:" + cloud.port()));

        snapshots.read(SNAPSHOT);

        assertThat(cloud.evsRequests()).singleElement().satisfies(request -> assertThat(request.target())
                .startsWith("http://evs.example.test/v2/"));
    }

    @Test
    void reportsCreateAsNotSentWhenProxyRejectsConnection() {
        cloud.evsRespondsByDefault(request -> ScriptedResponse.html(403, "<html>not there</html>"));
        var snapshots = snapshots(ConnectionSettings.builder()
                .endpoint("https://evs.example.test")
                .iamEndpoint(cloud.url())
                .projectName("eu-de")
                .proxy("localhost:" + cloud.port()));
        snapshots.authenticate();

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(failure.details().advice()).contains("evs.connection.proxy");
    }

    @Test
    void followsNoRedirect() {
        cloud.evsResponds(ScriptedResponse.empty(307, "Location: " + cloud.url() + "/elsewhere"));

        var failure = failureOf(() -> snapshots().create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @Test
    void endsCallWhenThreadIsInterruptedAndKeepsInterrupt() {
        cloud.evsResponds(ScriptedResponse.noResponse());
        var snapshots = snapshots();
        snapshots.authenticate();
        var caller = new CompletableFuture<Thread>();
        var outcome = CompletableFuture.supplyAsync(
                () -> {
                    caller.complete(Thread.currentThread());
                    var failure = failureOf(() -> snapshots.create(REQUEST));
                    return failure.mayHaveActed() && Thread.currentThread().isInterrupted();
                },
                task -> new Thread(task, "caller").start());
        Awaitility.await().until(() -> !cloud.evsRequests().isEmpty());

        caller.join().interrupt();

        assertThat(outcome).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
    }
}
