/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.HttpCloudClient;
import io.snapshotoperator.evs.cloud.http.ScriptedCloud;
import io.snapshotoperator.evs.cloud.http.ScriptedResponse;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests tokens: one login for all threads, early renewal, replacement after a rejection, cooldown after a failure. */
class TokenAuthenticatorTest {
    private static final SnapshotId SNAPSHOT = new SnapshotId("2bb856e1-b3d8-4432-a858-09e4ce939389");
    private static final CreateSnapshotRequest REQUEST =
            new CreateSnapshotRequest(new VolumeId("v-1"), "snap-001", Optional.empty(), false, Map.of());
    private static final String AVAILABLE = "{\"snapshot\":{\"id\":\"" + SNAPSHOT + "\",\"status\":\"available\"}}";
    private static final String EXPIRED =
            "{\"error\":{\"code\":\"Common.0013\",\"message\":\"Invalid token in the header.\"}}";
    private static final ScriptedResponse WRONG_PASSWORD = ScriptedResponse.json(
            401,
            "{\"error\":{\"code\":401,\"message\":\"The username or password is wrong.\",\"title\":\"Unauthorized\"}}");

    private final SteppedClock clock = new SteppedClock();
    private ScriptedCloud cloud;
    private volatile Password password = new Password("OTC-1", "operator", "right");
    private HttpCloudClient snapshots;
    private final List<CallObserver.TokenCause> issued = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        cloud = ScriptedCloud.start().evsRespondsByDefault(request -> ScriptedResponse.json(200, AVAILABLE));
        snapshots = new HttpCloudClient(cloud.settings().build(), () -> password, clock, observer());
    }

    private CallObserver observer() {
        return new CallObserver() {
            @Override
            public void onCallCompleted(CloudOperation operation, Optional<Kind> failure, Duration took) {}

            @Override
            public void onTokenIssued(TokenCause cause) {
                issued.add(cause);
            }
        };
    }

    @AfterEach
    void stop() throws IOException {
        cloud.close();
    }

    private static CloudException failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run);
    }

    @Test
    void usesOneTokenForManyCalls() {
        IntStream.range(0, 5).forEach(i -> snapshots.read(SNAPSHOT));

        assertThat(cloud.iamRequests()).hasSize(1);
        assertThat(cloud.evsRequests()).allSatisfy(request -> assertThat(request.header("X-Auth-Token"))
                .isEqualTo("token-1"));
    }

    @Test
    void logsInOnceForManyThreads() throws Exception {
        cloud.iamResponds((out, in) -> {
            Awaitility.await().pollDelay(100, TimeUnit.MILLISECONDS).until(() -> true);
            return ScriptedCloud.token("slow").to(out, in);
        });
        var threads = Executors.newFixedThreadPool(8);
        try {
            var reads = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> snapshots.read(SNAPSHOT), threads))
                    .toList();
            assertThat(reads).allSatisfy(read -> assertThat(read)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .satisfies(present -> assertThat(present).isPresent()));
        } finally {
            threads.shutdownNow();
        }

        assertThat(cloud.iamRequests()).hasSize(1);
    }

    @Test
    void renewsTokenAfterThreeQuartersOfLifetime() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(18).minusSeconds(1));
        snapshots.read(SNAPSHOT);
        assertThat(cloud.iamRequests()).hasSize(1);

        clock.step(Duration.ofSeconds(1));
        snapshots.read(SNAPSHOT);

        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void saysWhyEachTokenWasRequested() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(18));
        snapshots.read(SNAPSHOT);
        password = new Password("OTC-1", "operator", "changed");
        snapshots.read(SNAPSHOT);
        cloud.evsResponds(ScriptedResponse.json(401, EXPIRED));
        cloud.evsResponds(ScriptedResponse.json(401, EXPIRED));
        snapshots.read(SNAPSHOT);

        assertThat(issued)
                .containsExactly(
                        CallObserver.TokenCause.FIRST,
                        CallObserver.TokenCause.EXPIRING,
                        CallObserver.TokenCause.CREDENTIALS_CHANGED,
                        CallObserver.TokenCause.REJECTED);
    }

    @Test
    void keepsOldTokenWhenEarlyRenewalFails() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(18));
        cloud.iamResponds(ScriptedResponse.empty(503));

        IntStream.range(0, 3).forEach(i -> snapshots.read(SNAPSHOT));

        assertThat(cloud.iamRequests()).hasSize(2);
        assertThat(cloud.evsRequests().get(3).header("X-Auth-Token")).isEqualTo("token-1");
    }

    @Test
    void usesNewTokenWhenOldOneExpired() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(24));

        snapshots.read(SNAPSHOT);

        assertThat(cloud.evsRequests().get(1).header("X-Auth-Token")).isEqualTo("token-2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "400|{\"error\":{\"code\":\"Common.0013\",\"message\":\"Invalid token in the header.\"}}",
                "400|{\"error\":{\"code\":\"EVS.0002\",\"message\":\"invalid token!\"}}",
                "401|{\"error\":{\"code\":\"EVS.5401\",\"message\":\"Authentication required.\"}}",
                "401|{\"error_code\":\"APIGW.0301\",\"error_msg\":\"Incorrect IAM authentication information: decrypt token fail\"}",
                "401|{\"error_code\":\"APIGW.0305\",\"error_msg\":\"Incorrect authentication information\"}",
                "401|{\"error_code\":\"APIG.0307\",\"error_msg\":\"The token must be updated.\"}",
                "401|{\"error\":{\"code\":401,\"message\":\"The X-Auth-Token is invalid!\",\"title\":\"Unauthorized\"}}",
                "401|{\"unauthorized\":{\"code\":401,\"message\":\"Unauthorized\"}}"
            })
    void repeatsCreateWithNewTokenWhenTokenIsRejected(int status, String body) {
        cloud.evsResponds(ScriptedResponse.json(status, body), ScriptedResponse.json(202, AVAILABLE));

        snapshots.create(REQUEST);

        assertThat(cloud.evsRequests())
                .extracting(request -> request.header("X-Auth-Token"))
                .containsExactly("token-1", "token-2");
        assertThat(cloud.evsRequests().get(1).body())
                .isEqualTo(cloud.evsRequests().get(0).body());
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void doesNotRepeatCreateAfterAmbiguousStatus(int status) {
        cloud.evsResponds(ScriptedResponse.json(status, EXPIRED));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).isTrue();
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @Test
    void failsWhenSecondTokenIsRejectedToo() {
        cloud.evsRespondsByDefault(request -> ScriptedResponse.json(400, EXPIRED));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORIZED);
        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(cloud.evsRequests()).hasSize(2);
        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void limitsLoginsWhenEveryNewTokenIsRejected() {
        cloud.evsRespondsByDefault(request -> ScriptedResponse.json(400, EXPIRED));

        IntStream.range(0, 10).forEach(i -> failureOf(() -> snapshots.read(SNAPSHOT)));

        assertThat(cloud.iamRequests()).hasSize(2);
        clock.step(Duration.ofMinutes(1));
        failureOf(() -> snapshots.read(SNAPSHOT));
        assertThat(cloud.iamRequests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":\"EVS.2143\",\"message\":\"You need to create an agency for this project\"}}",
                "{\"badRequest\":{\"code\":\"401\",\"message\":\"Malformed request URL: URL's project_id 'X' doesn't match"
                        + " Context's project_id 'null'\"}}"
            })
    void doesNotLogInWhenNewTokenWouldNotHelp(String body) {
        cloud.evsResponds(ScriptedResponse.json(401, body));

        failureOf(() -> snapshots.create(REQUEST));

        assertThat(cloud.iamRequests()).hasSize(1);
        assertThat(cloud.evsRequests()).hasSize(1);
    }

    @Test
    void logsInOnceWhenSharedTokenIsRejectedInManyThreads() throws Exception {
        snapshots.read(SNAPSHOT);
        cloud.evsRespondsByDefault(request -> "token-1".equals(request.header("X-Auth-Token"))
                ? ScriptedResponse.json(400, EXPIRED)
                : ScriptedResponse.json(200, AVAILABLE));
        var threads = Executors.newFixedThreadPool(8);
        try {
            var reads = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> snapshots.read(SNAPSHOT), threads))
                    .toList();
            assertThat(reads).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(10)));
        } finally {
            threads.shutdownNow();
        }

        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void triesWrongPasswordOnceInFiveMinutes() {
        cloud.iamResponds(WRONG_PASSWORD);

        var first = failureOf(() -> snapshots.create(REQUEST));
        clock.step(Duration.ofMinutes(5).minusSeconds(1));
        var later = failureOf(() -> snapshots.create(REQUEST));

        assertThat(first.kind()).isEqualTo(Kind.NOT_AUTHORIZED);
        assertThat(first)
                .hasMessage(
                        "Tried to log in as user operator of account OTC-1 to project eu-de but the cloud responded with"
                                + " 401: The username or password is wrong.");
        assertThat(later).hasMessage(first.getMessage());
        assertThat(later.details().retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(cloud.iamRequests()).hasSize(1);
        clock.step(Duration.ofSeconds(1));
        snapshots.create(REQUEST);
        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void triesChangedPasswordAtOnce() {
        cloud.iamResponds(WRONG_PASSWORD);
        failureOf(() -> snapshots.read(SNAPSHOT));

        password = new Password("OTC-1", "operator", "corrected");

        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }

    @Test
    void replacesValidTokenWhenPasswordChanges() {
        snapshots.read(SNAPSHOT);
        password = new Password("OTC-1", "operator", "rotated");

        snapshots.read(SNAPSHOT);

        assertThat(cloud.evsRequests().get(1).header("X-Auth-Token")).isEqualTo("token-2");
    }

    @Test
    void waitsForRetryAfterOfThrottledLogin() {
        cloud.iamResponds(ScriptedResponse.json(
                429,
                "{\"error_code\":\"IAM.0012\",\"error_msg\":\"Threshold: 5 times per 60 seconds\"}",
                "Retry-After: 90"));

        var failure = failureOf(() -> snapshots.read(SNAPSHOT));
        clock.step(Duration.ofSeconds(89));
        failureOf(() -> snapshots.read(SNAPSHOT));

        assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(failure.details().retryAfter()).contains(Duration.ofSeconds(90));
        assertThat(cloud.iamRequests()).hasSize(1);
        clock.step(Duration.ofSeconds(1));
        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }

    @Test
    void logsInAgainTenSecondsAfterServerErrorOfIam() {
        cloud.iamResponds(ScriptedResponse.empty(503));
        failureOf(() -> snapshots.read(SNAPSHOT));
        failureOf(() -> snapshots.read(SNAPSHOT));
        assertThat(cloud.iamRequests()).hasSize(1);

        clock.step(Duration.ofSeconds(10));

        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }

    @Test
    void doesNotLogInToLockedAccountForFifteenMinutes() {
        cloud.iamResponds(
                ScriptedResponse.json(401, "{\"error_code\":\"IAM.0061\",\"error_msg\":\"The account is locked.\"}"));

        var failure = failureOf(() -> snapshots.read(SNAPSHOT));
        clock.step(Duration.ofMinutes(14));
        failureOf(() -> snapshots.read(SNAPSHOT));

        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORIZED);
        assertThat(cloud.iamRequests()).hasSize(1);
    }

    @Test
    void reportsCreateAsNotExecutedWhenLoginForRepetitionFails() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofMinutes(1));
        cloud.evsResponds(ScriptedResponse.json(400, EXPIRED), ScriptedResponse.json(400, EXPIRED))
                .iamResponds(ScriptedResponse.empty(503));

        var failure = failureOf(() -> snapshots.create(REQUEST));

        assertThat(failure.mayHaveActed()).isFalse();
        assertThat(cloud.evsRequests()).hasSize(3);
    }

    @Test
    void keepsAcceptedTokenWhenOneNodeRejectsIt() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(1));
        cloud.evsResponds(ScriptedResponse.json(400, EXPIRED), ScriptedResponse.json(202, AVAILABLE));

        snapshots.create(REQUEST);

        assertThat(cloud.iamRequests()).hasSize(1);
        assertThat(cloud.evsRequests())
                .extracting(request -> request.header("X-Auth-Token"))
                .containsExactly("token-1", "token-1", "token-1");
    }

    @Test
    void logsInWhenAcceptedTokenIsRejectedTwice() {
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(1));
        cloud.evsResponds(
                ScriptedResponse.json(400, EXPIRED),
                ScriptedResponse.json(400, EXPIRED),
                ScriptedResponse.json(202, AVAILABLE));

        snapshots.create(REQUEST);

        assertThat(cloud.evsRequests())
                .extracting(request -> request.header("X-Auth-Token"))
                .containsExactly("token-1", "token-1", "token-1", "token-2");
    }

    @Test
    void limitsLoginsWhenNodesAcceptAndRejectEachTokenInTurns() {
        for (var call = 0; call < 30; call++) {
            cloud.evsResponds(
                    ScriptedResponse.json(200, AVAILABLE),
                    ScriptedResponse.json(400, EXPIRED),
                    ScriptedResponse.json(400, EXPIRED));
        }

        IntStream.range(0, 15).forEach(call -> failureOf(() -> snapshots.read(SNAPSHOT)));

        assertThat(cloud.iamRequests()).hasSize(2);
        clock.step(Duration.ofMinutes(1));
        IntStream.range(0, 3).forEach(call -> failureOf(() -> snapshots.read(SNAPSHOT)));
        assertThat(cloud.iamRequests()).hasSize(3);
    }

    @Test
    void renewsTokenThatWasObtainedByClockThatWasAhead() {
        clock.step(Duration.ofDays(3650));
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofDays(-3650));

        snapshots.read(SNAPSHOT);

        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void renewsTokenAfterOneDayWhenResponseNamesLongerLifetime() {
        cloud.iamResponds(ScriptedCloud.token("eternal", "2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z"));
        snapshots.read(SNAPSHOT);
        clock.step(Duration.ofHours(18));

        snapshots.read(SNAPSHOT);

        assertThat(cloud.iamRequests()).hasSize(2);
    }

    @Test
    void logsInAgainAfterOneHourAtMostWhenIamAsksForYears() {
        cloud.iamResponds(ScriptedResponse.json(
                429, "{\"error_code\":\"IAM.0012\",\"error_msg\":\"Threshold\"}", "Retry-After: 999999999"));
        failureOf(() -> snapshots.read(SNAPSHOT));

        clock.step(Duration.ofHours(1));

        assertThat(snapshots.read(SNAPSHOT)).isPresent();
    }

    @Test
    void rejectsTokenInvalidForHeaderWithoutShowingIt() {
        cloud.iamResponds(ScriptedCloud.token("tok en"));

        var failure = failureOf(() -> snapshots.read(SNAPSHOT));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageNotContaining("tok en");
    }

    @Test
    void redactsPasswordThatResponseRepeats() {
        cloud.iamResponds((out, in) -> ScriptedResponse.json(
                        400, "{\"message\":\"cannot read {password: right}\",\"code\":\"IAM.0011\"}")
                .to(out, in));

        assertThat(failureOf(() -> snapshots.read(SNAPSHOT)))
                .hasMessageContaining("{password: ***}")
                .hasMessageNotContaining("right");
    }

    @Test
    void logsInToProjectById() {
        var byId = new HttpCloudClient(
                cloud.settings().projectId(ScriptedCloud.PROJECT).build(), () -> password, clock, CallObserver.none());

        byId.authenticate();

        assertThat(cloud.iamRequests().get(0).body())
                .endsWith("\"scope\":{\"project\":{\"id\":\"" + ScriptedCloud.PROJECT + "\"}}}}");
    }

    @Test
    void namesMissingCredentials() {
        var without = new HttpCloudClient(
                cloud.settings().build(),
                () -> CredentialKeys.read(key -> null, key -> "/etc/evs/" + key),
                clock,
                CallObserver.none());

        var failure = failureOf(() -> without.create(REQUEST));

        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORIZED);
        assertThat(failure).hasMessageContaining("/etc/evs/username");
        assertThat(failure.details().advice()).contains("evs.connection.credentials");
    }
}
