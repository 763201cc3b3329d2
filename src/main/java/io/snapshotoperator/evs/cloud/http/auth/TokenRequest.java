/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import io.snapshotoperator.evs.cloud.http.call.WireTime;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Project;
import io.snapshotoperator.evs.cloud.http.settings.HeaderValue;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpRequest;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /v3/auth/tokens?nocatalog=true} (IAM API reference, "Obtaining a User Token Through Password
 * Authentication"): the header {@code X-Subject-Token} contains the token, the body contains project and lifetime.
 */
record TokenRequest(URI iam, Project project, Password password) {
    private static final int MAX_BYTES = 1024 * 1024;
    /** As long as the largest headers that servers accept. Tokens with a catalog have several kilobytes. */
    private static final int MAX_TOKEN = 64 * 1024;
    /** The lifetime of a token if the response does not contain it. The documented lifetime is 24 hours. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

    /** @param lifetime the time from issue to expiry, by the clock of the cloud */
    record Granted(String token, String projectId, Duration lifetime) {
        @Override
        public String toString() {
            return "token for project " + projectId;
        }
    }

    CallDescription description() {
        return new CallDescription(CloudOperation.LOGIN, "log in as " + password + " to " + project);
    }

    CloudHttpRequest request() {
        var target = new RequestTarget(iam, List.of("v3", "auth", "tokens"), List.of(Map.entry("nocatalog", "true")));
        return new CloudHttpRequest(
                "POST",
                target.uri(),
                Map.of("Content-Type", "application/json;charset=utf8"),
                body().toString().getBytes(StandardCharsets.UTF_8),
                MAX_BYTES,
                Secrets.of(password.password()));
    }

    private JsonNode body() {
        var json = JsonNodeFactory.instance;
        var user = json.objectNode().put("name", password.user()).put("password", password.password());
        user.putObject("domain").put("name", password.domain());
        var identity = json.objectNode();
        identity.putArray("methods").add("password");
        identity.putObject("password").set("user", user);
        var root = json.objectNode();
        var auth = root.putObject("auth");
        auth.set("identity", identity);
        var scope = auth.putObject("scope").putObject("project");
        project.id()
                .ifPresentOrElse(
                        id -> scope.put("id", id),
                        () -> scope.put("name", project.name().orElseThrow()));
        return root;
    }

    /** Reads the token; empty if the response contains no usable token for the project. */
    Optional<Granted> read(CloudHttpResponse response) {
        var token = response.headers()
                .firstValue("X-Subject-Token")
                .filter(value -> !value.isBlank() && value.length() <= MAX_TOKEN && HeaderValue.isSafe(value));
        var tokenJson = response.json().map(json -> json.path("token"));
        var issuedFor = tokenJson
                .map(node -> node.path("project").path("id").asText())
                .filter(id -> !id.isBlank())
                .or(project::id);
        var projectId = issuedFor.flatMap(id -> usableProjectId(id, token, response));
        if (!response.complete() || token.isEmpty() || projectId.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Granted(
                token.get(),
                projectId.get(),
                tokenJson.flatMap(TokenRequest::lifetime).orElse(DEFAULT_LIFETIME)));
    }

    /** A token for another project than the requested one would move all calls to that project. */
    private Optional<String> usableProjectId(String id, Optional<String> token, CloudHttpResponse response) {
        return response.text()
                .id(id)
                .flatMap(Secrets.of(token.orElse("")).text()::id)
                .filter(usable -> project.id().map(usable::equals).orElse(true));
    }

    private static Optional<Duration> lifetime(JsonNode token) {
        var issued = time(token, "issued_at");
        var expires = time(token, "expires_at");
        return issued.flatMap(from -> expires.map(to -> Duration.between(from, to)))
                .filter(lifetime -> !lifetime.isNegative() && !lifetime.isZero());
    }

    private static Optional<Instant> time(JsonNode token, String field) {
        return WireTime.parse(token.path(field).asText());
    }
}
