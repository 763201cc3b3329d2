/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.snapshotoperator.evs.testing.OperatorProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The simulated cloud in a process of its own. Every volume exists in it. */
final class SimulatorProcess implements AutoCloseable {
    private static final Pattern ENDPOINT = Pattern.compile("EVS simulator at (\\S+),");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OperatorProcess process;
    private final URI endpoint;
    private final HttpClient http = HttpClient.newHttpClient();

    private SimulatorProcess(OperatorProcess process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    static SimulatorProcess start(Duration latency) {
        var process = OperatorProcess.packaged("bench-cloud")
                .arguments(List.of("simulator", "--port=0", "--any-disk", "--snapshot-takes=" + latency))
                .start()
                .awaitLog("EVS simulator at");
        var address = ENDPOINT.matcher(process.log());
        if (!address.find()) {
            throw new IllegalStateException("no address in the log of the simulator");
        }
        return new SimulatorProcess(process, URI.create(address.group(1)));
    }

    /** The settings of an operator that uses it, as the defaults of the flags name user and project. */
    Map<String, String> settings() {
        return Map.of(
                "evs.connection.raw-id-namespaces", "*",
                "evs.connection.region", "eu-de",
                "evs.connection.endpoint", endpoint.toString(),
                "evs.connection.iam-endpoint", endpoint.toString(),
                "evs.connection.simulator", "true",
                "evs.connection.project-name", "eu-de",
                "evs.connection.credentials.username", "simulated-user",
                "evs.connection.credentials.password", "simulated-password",
                "evs.connection.credentials.domain-name", "simulated-account");
    }

    /** Returns counts of calls and snapshots. They are grouped by a key that no snapshot has, so there are no groups. */
    JsonNode summary() {
        return get("/simulator/summary?by=none");
    }

    long callCount() {
        var count = 0L;
        for (var operation : summary().path("operations")) {
            count += operation.asLong();
        }
        return count;
    }

    /** Returns when the cloud executed the first create request for each volume. */
    Map<String, Instant> createdAtByVolume() {
        var created = new HashMap<String, Instant>();
        for (var call : get("/simulator/ledger?operation=CREATE&acted=true").path("calls")) {
            created.merge(
                    call.path("volumeId").asText(),
                    Instant.parse(call.path("actedAt").asText()),
                    (one, other) -> one.isBefore(other) ? one : other);
        }
        return created;
    }

    /** Returns a snapshot as the control API shows it. */
    JsonNode snapshot(String id) {
        for (var snapshot : get("/simulator/snapshots").path("snapshots")) {
            if (snapshot.path("id").asText().equals(id)) {
                return snapshot;
            }
        }
        throw new IllegalStateException("no snapshot " + id);
    }

    /**
     * Adds a snapshot that is available.
     *
     * @param metadata a JSON object
     */
    JsonNode addSnapshot(String volumeId, String name, String metadata) {
        var body = "{\"volumeId\":\"%s\",\"name\":\"%s\",\"metadata\":%s}".formatted(volumeId, name, metadata);
        return post("/simulator/snapshots", body);
    }

    /** @param rule the members of the body, as the reference of the simulator describes them */
    void addFault(Map<String, Object> rule) {
        post("/simulator/faults", JSON.valueToTree(rule).toString());
    }

    private JsonNode post(String path, String body) {
        return send(
                HttpRequest.newBuilder(endpoint.resolve(path)).POST(HttpRequest.BodyPublishers.ofString(body)), 201);
    }

    private JsonNode get(String path) {
        return send(HttpRequest.newBuilder(endpoint.resolve(path)), 200);
    }

    private JsonNode send(HttpRequest.Builder builder, int expected) {
        var request = builder.build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != expected) {
                throw new IllegalStateException(request.uri() + " returned " + response.statusCode());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
