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

    /** IAM API reference: querying_projects; page and per_page are given together or not at all. */
    SimulatedResponse projects(Request request) {
        var page = number(request, "page");
        var perPage = number(request, "per_page");
        if (page.isPresent() != perPage.isPresent()) {
            throw ApiErrorException.ofKeystone(400, "page and per_page must be given together.");
        }
        var size = perPage.orElse(Integer.MAX_VALUE);
        var body = JSON.objectNode();
        var projects = body.putArray("projects");
        account.projects().stream()
                .map(project -> project(project, request))
                .filter(project -> List.of("name", "domain_id", "parent_id", "enabled", "is_domain").stream()
                        .allMatch(name -> matches(project, name, request)))
                .skip((page.orElse(1) - 1L) * size)
                .limit(size)
                .forEach(projects::add);
        body.putObject("links")
                .put("self", request.endpoint(scheme) + request.path())
                .putNull("previous")
                .putNull("next");
        return SimulatedResponse.json(200, body);
    }

    private static boolean matches(ObjectNode project, String name, Request request) {
        return request.parameter(name)
                .map(value -> value.equals(project.get(name).asText()))
                .orElse(true);
    }

    private static Optional<Integer> number(Request request, String name) {
        return request.parameter(name).map(text -> {
            try {
                return InputRules.inRange(name, InputRules.number(name, text), 1, Integer.MAX_VALUE);
            } catch (IllegalArgumentException e) {
                throw ApiErrorException.ofKeystone(400, e.getMessage());
            }
        });
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
            catalog.add(service("identity", "iam", request.endpoint(scheme) + "/v3"));
            grant.project().ifPresent(project -> List.of("volume", "volumev2", "volumev3")
                    .forEach(type -> catalog.add(service(type, project, request))));
        }
        return json;
    }

    /** The URLs of EVS have a prefix, because version discovery below {@code /v3} is that of IAM; see {@link Router}. */
    private ObjectNode service(String type, Project project, Request request) {
        var version = "volumev3".equals(type) ? "v3" : "v2";
        var path = "%s/%s/%s".formatted(Router.EVS_PREFIX, version, project.id());
        return service(type, "evs", request.endpoint(scheme) + path);
    }

    private ObjectNode service(String type, String name, String url) {
        var service = JSON.objectNode().put("id", idOf(type)).put("name", name).put("type", type);
        service.putArray("endpoints")
                .addObject()
                .put("id", idOf(type + "endpoint"))
                .put("interface", "public")
                .put("region", account.region())
                .put("region_id", account.region())
                .put("url", url);
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
        json.putObject("links").put("self", request.endpoint(scheme) + "/v3/projects/" + project.id());
        return json;
    }

    /** Returns 32 hexadecimal characters that depend only on the name. */
    private static String idOf(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
