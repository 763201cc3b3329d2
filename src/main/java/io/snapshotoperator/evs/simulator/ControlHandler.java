/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Serves the control API, with which users and tests in another process query and change the simulator. It requires no
 * credentials, and the call log does not contain its calls. So it must not be reachable by other users.
 * docs/reference/simulator.md describes the endpoints.
 */
final class ControlHandler {

    /** The metadata key of the operator that the summary groups by if the request names none. */
    private static final String DEFAULT_KEY = "evs-snapshot-operator.uid";

    private static final Set<String> METHODS_WITH_BODY = Set.of("POST", "PUT");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /**
     * @param path the segment {@code {id}} stands for any id
     * @param parameters the names that the query can have
     */
    record Endpoint(
            String method,
            String path,
            Set<String> parameters,
            BiFunction<Request, String, SimulatedResponse> handler) {

        private boolean hasPath(List<String> parts) {
            var own = parts(path);
            return own.size() == parts.size()
                    && IntStream.range(0, own.size())
                            .allMatch(
                                    i -> "{id}".equals(own.get(i)) || own.get(i).equals(parts.get(i)));
        }
    }

    private final EvsSimulator simulator;
    private final List<Endpoint> endpoints;

    ControlHandler(EvsSimulator simulator) {
        this.simulator = simulator;
        var volumes = new VolumeControl(simulator);
        this.endpoints = List.of(
                endpoint("GET", "/simulator/ledger", this::calls, "operation", "acted"),
                endpoint("DELETE", "/simulator/ledger", (request, id) -> done(simulator.callLog()::clear)),
                endpoint("GET", "/simulator/summary", this::summary, "by"),
                endpoint("GET", "/simulator/snapshots", (request, id) -> snapshots()),
                endpoint("POST", "/simulator/snapshots", (request, id) -> addSnapshot(request)),
                endpoint("PUT", "/simulator/snapshots/{id}", this::changeSnapshot),
                endpoint("DELETE", "/simulator/snapshots/{id}", (request, id) -> removeSnapshot(id)),
                endpoint("GET", "/simulator/disks", (request, id) -> volumes.list(request), "project"),
                endpoint("POST", "/simulator/disks", (request, id) -> volumes.add(request)),
                endpoint("PUT", "/simulator/disks/{id}", volumes::change),
                endpoint("DELETE", "/simulator/disks/{id}", (request, id) -> done(() -> volumes.remove(id))),
                endpoint("GET", "/simulator/jobs", (request, id) -> volumes.jobs()),
                endpoint("DELETE", "/simulator/jobs", (request, id) -> done(() -> volumes.forgetJobs(request)), "id"),
                endpoint("GET", "/simulator/faults", (request, id) -> faults()),
                endpoint("POST", "/simulator/faults", (request, id) -> addFault(request)),
                endpoint("DELETE", "/simulator/faults", (request, id) -> done(simulator.faults()::clear)),
                endpoint("DELETE", "/simulator/faults/{id}", (request, id) -> removeFault(id)),
                endpoint("GET", "/simulator/clock", (request, id) -> now()),
                endpoint("POST", "/simulator/clock", (request, id) -> advance(request)),
                endpoint("DELETE", "/simulator/tokens", (request, id) -> done(simulator.tokens()::expireAll)),
                endpoint("PUT", "/simulator/credentials", (request, id) -> changeCredentials(request)));
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    ResponsePlan serve(Request request) {
        return ResponsePlan.whole(respond(request), Duration.ZERO);
    }

    private SimulatedResponse respond(Request request) {
        try {
            if (request.isTooLarge()) {
                return problem(413, "The body is too large.");
            }
            return route(request);
        } catch (NoSuchElementException e) {
            return problem(404, e.getMessage());
        } catch (IllegalArgumentException | ApiErrorException e) {
            return problem(400, e.getMessage());
        }
    }

    private SimulatedResponse route(Request request) {
        var parts = parts(request.path());
        var ofPath =
                endpoints.stream().filter(endpoint -> endpoint.hasPath(parts)).toList();
        if (ofPath.isEmpty()) {
            return problem(404, "The control API has no path " + request.path() + ".");
        }
        var found = ofPath.stream()
                .filter(endpoint -> endpoint.method().equals(request.method()))
                .findFirst();
        if (found.isEmpty()) {
            return problem(
                    405,
                    "The path allows only "
                            + ofPath.stream().map(Endpoint::method).collect(Collectors.joining(", ")) + ".");
        }
        requireOnly(found.get().parameters(), request.parameters());
        if (request.body().length > 0 && !METHODS_WITH_BODY.contains(request.method())) {
            throw new IllegalArgumentException("The call must not have a body.");
        }
        return found.get().handler().apply(request, parts.get(parts.size() - 1));
    }

    private static void requireOnly(Set<String> allowed, List<Request.Parameter> parameters) {
        var names = parameters.stream().map(Request.Parameter::name).toList();
        for (var name : names) {
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException(
                        "The call has no query parameter '" + name + "'. Its parameters are " + allowed + ".");
            }
        }
        if (Set.copyOf(names).size() < names.size()) {
            throw new IllegalArgumentException("The call must have each query parameter once.");
        }
    }

    private static Endpoint endpoint(
            String method, String path, BiFunction<Request, String, SimulatedResponse> handler, String... parameters) {
        return new Endpoint(method, path, Set.of(parameters), handler);
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split("/")).filter(value -> !value.isEmpty()).toList();
    }

    private SimulatedResponse calls(Request request, String id) {
        var operation = request.parameter("operation").map(Operation::named);
        var acted = request.parameter("acted").map(ControlHandler::trueOrFalse);
        var calls = simulator
                .callLog()
                .calls(entry ->
                        operation.map(wanted -> wanted == entry.operation()).orElse(true)
                                && acted.map(wanted -> wanted == entry.acted()).orElse(true));
        return SimulatedResponse.json(200, ControlJson.callLog(simulator.callLog(), calls));
    }

    private static boolean trueOrFalse(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("acted must be true or false, but is '" + text + "'.");
        };
    }

    private SimulatedResponse summary(Request request, String id) {
        var key = InputRules.notBlank("by", request.parameter("by").orElse(DEFAULT_KEY));
        return SimulatedResponse.json(200, ControlJson.summary(simulator, key));
    }

    private SimulatedResponse snapshots() {
        return SimulatedResponse.json(
                200, ControlJson.snapshots(simulator.snapshots().living()));
    }

    private SimulatedResponse addSnapshot(Request request) {
        var body = ControlBody.read(request.body(), "volumeId", "name", "status", "metadata");
        var snapshot = simulator
                .snapshots()
                .add(
                        InputRules.id("The member 'volumeId'", body.required("volumeId")),
                        body.text("name").orElse(null),
                        status(body).orElse("available"),
                        body.texts("metadata").orElse(Map.of()));
        return SimulatedResponse.json(201, ControlJson.snapshot(snapshot));
    }

    private SimulatedResponse changeSnapshot(Request request, String id) {
        var body = ControlBody.read(request.body(), "status", "name", "metadata", "copyMetadataFrom", "stripMetadata");
        var status = status(body);
        var name = body.text("name");
        var metadata = body.texts("metadata");
        var copiedFrom = body.text("copyMetadataFrom");
        var stripped = body.text("stripMetadata");
        var snapshots = simulator.snapshots();
        requireSnapshot(id);
        copiedFrom.ifPresent(this::requireSnapshot);
        metadata.ifPresent(all -> snapshots.setMetadata(id, all));
        copiedFrom.ifPresent(other -> snapshots.copyMetadata(other, id));
        stripped.ifPresent(prefix -> snapshots.stripMetadata(id, prefix));
        name.ifPresent(value -> snapshots.rename(id, value));
        status.ifPresent(word -> snapshots.setStatus(id, word));
        return SimulatedResponse.json(200, ControlJson.snapshot(requireSnapshot(id)));
    }

    private Snapshot requireSnapshot(String id) {
        return simulator
                .snapshots()
                .find(id)
                .orElseThrow(() -> new NoSuchElementException("There is no snapshot " + id + "."));
    }

    private SimulatedResponse removeSnapshot(String id) {
        return done(() -> simulator.snapshots().remove(id));
    }

    private SimulatedResponse changeCredentials(Request request) {
        var body = ControlBody.read(request.body(), "password", "accessKey", "secretKey", "securityToken");
        var password = body.text("password").map(text -> InputRules.notBlank("password", text));
        var securityToken = body.text("securityToken");
        var changesKeys = body.has("accessKey") || body.has("secretKey") || securityToken.isPresent();
        if (password.isEmpty() && !changesKeys) {
            throw new IllegalArgumentException("The body must have a password, or an accessKey and a secretKey.");
        }
        var credentials = simulator.credentials();
        if (changesKeys) {
            var accessKey = InputRules.notBlank("accessKey", body.required("accessKey"));
            var secretKey = InputRules.notBlank("secretKey", body.required("secretKey"));
            securityToken.ifPresentOrElse(
                    token -> credentials.changeKeys(accessKey, secretKey, token),
                    () -> credentials.changeKeys(accessKey, secretKey));
        }
        password.ifPresent(credentials::changePassword);
        return SimulatedResponse.empty(204);
    }

    private SimulatedResponse faults() {
        var body = JSON.objectNode();
        var array = body.putArray("faults");
        simulator.faults().registered().forEach(fault -> array.add(FaultRuleJson.write(fault)));
        return SimulatedResponse.json(200, body);
    }

    private SimulatedResponse addFault(Request request) {
        var number = simulator.faults().add(FaultRuleJson.read(request.body()));
        return SimulatedResponse.json(201, JSON.objectNode().put("id", number));
    }

    private SimulatedResponse removeFault(String id) {
        var exists = simulator.faults().registered().stream()
                .anyMatch(fault -> Long.toString(fault.id()).equals(id));
        if (!exists) {
            throw new NoSuchElementException("There is no fault " + id + ".");
        }
        return done(() -> simulator.faults().remove(Long.parseLong(id)));
    }

    private SimulatedResponse advance(Request request) {
        var duration = ControlBody.read(request.body(), "advance").required("advance");
        simulator.clock().advance(DurationText.parse(duration));
        return now();
    }

    private SimulatedResponse now() {
        return SimulatedResponse.json(
                200, JSON.objectNode().put("now", simulator.clock().instant().toString()));
    }

    static Optional<String> status(ControlBody body) {
        return body.text("status").map(word -> InputRules.status("The member 'status'", word));
    }

    static Optional<String> id(ControlBody body, String name) {
        return body.text(name).map(value -> InputRules.id("The member '" + name + "'", value));
    }

    private static SimulatedResponse done(Runnable change) {
        change.run();
        return SimulatedResponse.empty(204);
    }

    static SimulatedResponse problem(int status, String message) {
        return SimulatedResponse.json(status, JSON.objectNode().put("problem", message));
    }
}
