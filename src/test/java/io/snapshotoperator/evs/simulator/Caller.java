/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A plain HTTP client with a token, for tests that call the simulator without the operator. */
final class Caller {

    record Response(int status, String body, HttpResponse<String> raw) {

        JsonNode json() {
            try {
                return body.isEmpty() ? MissingNode.getInstance() : new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        JsonNode at(String pointer) {
            return json().at(pointer);
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final EvsSimulator simulator;
    private final String project;
    private String token = "";
    private String microversion = "";

    Caller(EvsSimulator simulator) {
        this(simulator, simulator.settings().account().project().id());
    }

    Caller(EvsSimulator simulator, String project) {
        this.simulator = simulator;
        this.project = project;
    }

    Caller loggedIn() {
        token = login(simulator.settings().account().password()).header("X-Subject-Token");
        return this;
    }

    Caller withToken(String newToken) {
        token = newToken;
        return this;
    }

    /** Sends the header of microversions, for example {@code volume 3.45}. */
    Caller withMicroversion(String header) {
        microversion = header;
        return this;
    }

    String token() {
        return token;
    }

    Response login(String password) {
        var account = simulator.settings().account();
        return send("POST", "/v3/auth/tokens", """
                {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"%s","password":"%s",
                "domain":{"name":"%s"}}}},"scope":{"project":{"id":"%s"}}}}""".formatted(account.user(), password, account.domain(), project));
    }

    /** Calls a path of the native family below the project. */
    Response evs(String method, String path, String... body) {
        return send(method, "/v2/" + project + "/cloudsnapshots" + path, body);
    }

    /** Calls a path of the Cinder family below the project. */
    Response cinder(String method, String path, String... body) {
        return send(method, "/v2/" + project + "/snapshots" + path, body);
    }

    Response below(String method, String path, String... body) {
        return send(method, "/v2/" + project + path, body);
    }

    Response create(String volume) {
        return evs("POST", "", "{\"snapshot\":{\"volume_id\":\"%s\",\"force\":true}}".formatted(volume));
    }

    /** Creates a snapshot and returns its id. */
    String created(String volume) {
        return create(volume).at("/snapshot/id").asText();
    }

    Response send(String method, String path, String... body) {
        var publisher =
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body[0]);
        var request = HttpRequest.newBuilder(URI.create(simulator.endpoint() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, publisher);
        if (!token.isEmpty()) {
            request.header("X-Auth-Token", token);
        }
        if (!microversion.isEmpty()) {
            request.header("OpenStack-API-Version", microversion);
        }
        return send(request.build());
    }

    Response send(HttpRequest request) {
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Response(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
