/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Covers authentication: who is accepted, and with which errors the others are rejected. */
class SimulatorAccessTest {

    private static final String PROJECT = "0c2eba2c5af04d3f9e9d0d410b371fde";
    private static final String OTHER = "20a68d6b7a124ae2b6b8a22046ee5966";

    private final EvsSimulator simulator = EvsSimulator.start(settings().build());
    private final Caller caller = new Caller(simulator);

    private static SimulatorSettingsBuilder settings() {
        return SimulatorSettings.builder()
                .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
                .otherProject(OTHER, "eu-de_team1")
                .anyVolume();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static HttpRequest signed(EvsSimulator simulator, String secret, Instant at, Map<String, String> more) {
        var path = "/v2/" + PROJECT + "/cloudsnapshots/detail";
        var date = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").format(at.atOffset(ZoneOffset.UTC));
        var headers = new TreeMap<>(more);
        headers.put("host", simulator.endpoint().getAuthority());
        headers.put("x-sdk-date", date);
        var canonical = RequestSignature.canonicalRequest(
                "GET", path + "/", "limit=10", headers, RequestSignature.sha256(new byte[0]));
        var request = HttpRequest.newBuilder(URI.create(simulator.endpoint() + path + "?limit=10"));
        headers.forEach((name, value) -> {
            if (!"host".equals(name)) {
                request.header(name, value);
            }
        });
        return request.header(
                        "Authorization",
                        "SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%s"
                                .formatted(
                                        simulator.settings().account().accessKey(),
                                        String.join(";", headers.keySet()),
                                        RequestSignature.sign(secret, date, canonical)))
                .build();
    }

    private HttpRequest signed(String secret, Instant at) {
        return signed(simulator, secret, at, Map.of("x-project-id", PROJECT));
    }

    @Test
    void returnsTokenOfRealisticLengthInHeader() {
        var response = caller.login("simulated-password");
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.header("X-Subject-Token")).hasSizeGreaterThan(4000);
        assertThat(response.at("/token/expires_at").asText()).isEqualTo("2026-03-02T12:00:00.000000Z");
        assertThat(response.at("/token/project/id").asText()).isEqualTo(PROJECT);
        assertThat(response.at("/token/catalog"))
                .extracting(service -> service.get("type").asText()
                        + " " + service.at("/endpoints/0/interface").asText()
                        + " " + service.at("/endpoints/0/region").asText()
                        + " " + service.at("/endpoints/0/url").asText())
                .containsExactly(
                        "identity public eu-de " + simulator.endpoint() + "/v3",
                        "volume public eu-de " + simulator.endpoint() + "/volume/v2/" + PROJECT,
                        "volumev2 public eu-de " + simulator.endpoint() + "/volume/v2/" + PROJECT,
                        "volumev3 public eu-de " + simulator.endpoint() + "/volume/v3/" + PROJECT);
    }

    @Test
    void locksUserAfterMoreThanFiveWrongPasswords() {
        for (var n = 1; n <= 6; n++) {
            assertThat(caller.login("wrong").json())
                    .hasToString("{\"error\":{\"code\":401,\"message\":\"The username or password is wrong.\","
                            + "\"title\":\"Unauthorized\"}}");
        }
        assertThat(caller.login("simulated-password").at("/error_code").asText())
                .isEqualTo("IAM.0061");
        simulator.clock().advance(Duration.ofMinutes(15));
        assertThat(caller.login("simulated-password").status()).isEqualTo(201);
    }

    @Test
    void rejectsExpiredTokenWith401Or400() {
        caller.loggedIn();
        simulator.clock().advance(Duration.ofHours(24));
        var response = caller.evs("GET", "/detail");
        assertThat(response.status()).isEqualTo(401);
        assertThat(response.json())
                .hasToString("{\"error\":{\"code\":401,\"message\":\"The X-Auth-Token is invalid!\","
                        + "\"title\":\"Unauthorized\"}}");
        try (var other =
                EvsSimulator.start(settings().expiredTokenReturns400(true).build())) {
            var tenant = new Caller(other).loggedIn();
            other.tokens().expireAll();
            assertThat(tenant.evs("GET", "/detail").json())
                    .hasToString("{\"error\":{\"message\":\"Invalid token in the header.\",\"code\":\"Common.0013\"}}");
        }
    }

    @Test
    void rejectsMissingUnknownAndForeignTokens() {
        assertThat(caller.evs("GET", "/detail").at("/error_code").asText()).isEqualTo("APIGW.0301");
        assertThat(caller.withToken("made-up")
                        .evs("GET", "/detail")
                        .at("/error_msg")
                        .asText())
                .isEqualTo("Incorrect IAM authentication information: decrypt token fail");
        var foreign = new Caller(simulator, OTHER).loggedIn().token();
        var response = caller.withToken(foreign).evs("GET", "/detail");
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/error/code").asText()).isEqualTo("Common.0018");
    }

    @Test
    void findsProjectsByName() {
        caller.loggedIn();
        assertThat(caller.send("GET", "/v3/projects?name=eu-de_team1")
                        .at("/projects/0/id")
                        .asText())
                .isEqualTo(OTHER);
        assertThat(caller.send("GET", "/v3/projects?name=nowhere").at("/projects"))
                .isEmpty();
        assertThat(caller.send("GET", "/v3/auth/projects").at("/projects")).hasSize(2);
        assertThat(caller.send("GET", "/v3/projects?enabled=false").at("/projects"))
                .isEmpty();
        assertThat(caller.send("GET", "/v3/projects?page=2&per_page=1").at("/projects/0/id"))
                .hasToString("\"" + OTHER + "\"");
        assertThat(caller.send("GET", "/v3/projects?page=2").status()).isEqualTo(400);
        assertThat(caller.send("GET", "/v3/projects?colour=red")
                        .at("/error/message")
                        .asText())
                .isEqualTo("Invalid filters colour are found in query options.");
    }

    @Test
    void acceptsValidSignature() {
        var response = caller.send(signed("simulated-secret-key", Instant.now()));
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void rejectsOldSignatureWithGatewayError() {
        var late = caller.send(signed("simulated-secret-key", Instant.now().minusSeconds(15 * 60 + 5)));
        assertThat(late.status()).isEqualTo(401);
        assertThat(late.at("/error_code").asText()).isEqualTo("APIGW.0303");
        assertThat(late.at("/error_msg").asText()).contains("signature expired, signature time:");
    }

    @Test
    void locksKeyForFiveMinutesAfterMoreThanFiveInvalidSignatures() {
        for (var n = 1; n <= 6; n++) {
            assertThat(caller.send(signed("wrong", Instant.now()))
                            .at("/error_msg")
                            .asText())
                    .isEqualTo("Incorrect IAM authentication information: verify aksk signature fail");
        }
        var locked = caller.send(signed("simulated-secret-key", Instant.now()));
        assertThat(locked.at("/error_msg").asText()).endsWith("AK access failed to reach the limit,forbidden");
        simulator.clock().advance(Duration.ofMinutes(5));
        assertThat(caller.send(signed("simulated-secret-key", Instant.now())).status())
                .isEqualTo(200);
    }

    @Test
    void reportsProjectNullForSignedCallWithoutProject() {
        var response = caller.send(signed(simulator, "simulated-secret-key", Instant.now(), Map.of()));
        assertThat(response.status()).isEqualTo(401);
        assertThat(response.json())
                .hasToString("{\"badRequest\":{\"message\":\"Malformed request URL: URL's project_id '" + PROJECT
                        + "' doesn't match Context's project_id 'null'\",\"code\":\"401\"}}");
    }

    @Test
    void requiresSecurityTokenOfTemporaryKey() {
        try (var other = EvsSimulator.start(settings().securityToken("TOKEN").build())) {
            var without = signed(other, "simulated-secret-key", Instant.now(), Map.of("x-project-id", PROJECT));
            var with = signed(
                    other,
                    "simulated-secret-key",
                    Instant.now(),
                    Map.of("x-project-id", PROJECT, "x-security-token", "TOKEN"));
            assertThat(caller.send(without).status()).isEqualTo(401);
            assertThat(caller.send(with).status()).isEqualTo(200);
        }
    }

    @Test
    void acceptsOnlyNewKeysAndPasswordAfterChange() {
        simulator.credentials().changePassword("new-password");
        simulator.credentials().changeKeys(simulator.settings().account().accessKey(), "new-secret");
        assertThat(caller.login("simulated-password").status()).isEqualTo(401);
        assertThat(caller.login("new-password").status()).isEqualTo(201);
        assertThat(caller.send(signed("new-secret", Instant.now())).status()).isEqualTo(200);
    }

    @Test
    void logsNoSecret() {
        caller.loggedIn();
        caller.create("v-1");
        caller.send(signed("wrong", Instant.now()));
        var output = caller.send("GET", "/simulator/ledger").body()
                + caller.send("GET", "/simulator/summary").body()
                + simulator.settings();
        assertThat(output)
                .doesNotContain("simulated-password")
                .doesNotContain("simulated-secret-key")
                .doesNotContain("Signature=")
                .doesNotContain(caller.token());
    }
}
