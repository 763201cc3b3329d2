/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Handles the calls to IAM (IAM API reference: obtaining_a_user_token_through_password_authentication,
 * querying_projects).
 */
final class IamApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final SimulatorSettings.Account account;
    private final String scheme;
    private final AccountCredentials credentials;
    private final Tokens tokens;
    private final LoginLockout lockout;
    private final RequestBodies bodies;

    IamApi(
            SimulatorSettings.Account account,
            String scheme,
            AccountCredentials credentials,
            Tokens tokens,
            LoginLockout lockout,
            RequestBodies bodies) {
        this.account = account;
        this.scheme = scheme;
        this.credentials = credentials;
        this.tokens = tokens;
        this.lockout = lockout;
        this.bodies = bodies;
    }

    SimulatedResponse login(Request request) {
        var auth = auth(request);
        var identity = auth.path("identity");
        if (!"password".equals(identity.path("methods").path(0).textValue())) {
            throw ApiErrorException.ofKeystone(400, "The simulator supports only the method 'password'.");
        }
        var user = identity.path("password").path("user");
        checkUser(user);
        var project = project(auth.path("scope"));
        var token = tokens.issue(account.user(), project);
        var catalog = request.parameter("nocatalog").orElse("").isEmpty();
        var body = JSON.objectNode().set("token", token(tokens.find(token).orElseThrow(), catalog, request));
        return SimulatedResponse.json(201, body)
                .withHeader("X-Subject-Token", token)
                .withActed();
    }

    SimulatedResponse projects(Request request) {
        var name = request.parameter("name");
        var body = JSON.objectNode();
        var projects = body.putArray("projects");
        account.projects().stream()
                .filter(project -> name.map(project.name()::equals).orElse(true))
                .map(project -> project(project, request))
                .forEach(projects::add);
        body.putObject("links")
                .put("self", base(request) + request.path())
                .putNull("previous")
                .putNull("next");
        return SimulatedResponse.json(200, body);
    }

    private JsonNode auth(Request request) {
        try {
            return bodies.object(request.body()).path("auth");
        } catch (ApiErrorException e) {
            throw ApiErrorException.ofKeystone(400, "The request body is invalid");
        }
    }

    private void checkUser(JsonNode user) {
        var name = user.path("name").asText();
        if (lockout.isLocked(name)) {
            // IAM API reference: error codes IAM.0061. It does not document how long, so the duration is guessed.
            throw ApiErrorException.ofIam(401, "IAM.0061", "The account is locked.");
        }
        var valid = account.user().equals(name)
                && account.domain().equals(user.path("domain").path("name").asText())
                && credentials.isPassword(user.path("password").asText());
        if (!valid) {
            lockout.failed(name);
            throw ApiErrorException.ofKeystone(401, "The username or password is wrong.");
        }
        lockout.succeeded(name);
    }

    /** Returns the project of the scope; empty if it names none. A project takes precedence over a domain. */
    private Optional<Project> project(JsonNode scope) {
        var requested = scope.path("project");
        if (requested.isMissingNode()) {
            return Optional.empty();
        }
        var found = account.projects().stream()
                .filter(project -> requested.has("id")
                        ? project.id().equals(requested.path("id").asText())
                        : project.name().equals(requested.path("name").asText()))
                .findFirst();
        if (found.isEmpty()) {
            // The error of IAM for an unknown project is not documented; guessed after Keystone.
            throw ApiErrorException.ofKeystone(401, "The request you have made requires authentication.");
        }
        return found;
    }

    private ObjectNode token(Tokens.Grant grant, boolean withCatalog, Request request) {
        var json = JSON.objectNode();
        json.putArray("methods").add("password");
        json.put("expires_at", WireTime.ofIam(grant.expiresAt())).put("issued_at", WireTime.ofIam(grant.issuedAt()));
        var user = json.putObject("user").put("id", idOf(grant.user())).put("name", grant.user());
        user.put("password_expires_at", "");
        user.set("domain", domain());
        grant.project().ifPresent(project -> json.putObject("project")
                .put("id", project.id())
                .put("name", project.name())
                .set("domain", domain()));
        json.putArray("roles").addObject().put("id", "0").put("name", "te_admin");
        var catalog = json.putArray("catalog");
        if (withCatalog) {
            grant.project().ifPresent(project -> List.of("volume", "volumev2", "volumev3")
                    .forEach(type -> catalog.add(service(type, project, request))));
        }
        return json;
    }

    private ObjectNode service(String type, Project project, Request request) {
        var version = "volumev3".equals(type) ? "v3" : "v2";
        var service = JSON.objectNode().put("id", idOf(type)).put("name", "evs").put("type", type);
        service.putArray("endpoints")
                .addObject()
                .put("id", idOf(type + "endpoint"))
                .put("interface", "public")
                .put("region", account.region())
                .put("region_id", account.region())
                .put("url", "%s/%s/%s".formatted(base(request), version, project.id()));
        return service;
    }

    private ObjectNode domain() {
        return JSON.objectNode().put("id", idOf(account.domain())).put("name", account.domain());
    }

    private ObjectNode project(Project project, Request request) {
        var json = JSON.objectNode()
                .put("id", project.id())
                .put("name", project.name())
                .put("domain_id", idOf(account.domain()))
                .put("parent_id", idOf(account.domain()))
                .put("enabled", true)
                .put("is_domain", false)
                .put("description", "");
        json.putObject("links").put("self", base(request) + "/v3/projects/" + project.id());
        return json;
    }

    private String base(Request request) {
        return scheme + request.header("Host").orElse("localhost");
    }

    /** Returns 32 hexadecimal characters that depend only on the name. */
    private static String idOf(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
