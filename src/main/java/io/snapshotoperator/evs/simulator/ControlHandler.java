/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Serves the control API, with which tests in another process query and change the simulator. It requires no
 * credentials, and the call log does not contain its calls. So it must not be reachable by other users.
 *
 * <pre>
 * GET    /simulator/ledger[?operation=CREATE][&amp;acted=true]   every call     DELETE: clear the log
 * GET    /simulator/summary[?by=KEY]                        counts, grouped by a metadata key
 * GET    /simulator/snapshots                               all, in any status
 * POST   /simulator/snapshots        {"volumeId","name","status","metadata"}   of another tool
 * PUT    /simulator/snapshots/{id}   {"status","name","metadata","copyMetadataFrom","stripMetadata"}   all optional
 * DELETE /simulator/snapshots/{id}
 * GET    /simulator/disks
 * POST   /simulator/disks            {"id","size","status","az","type","takes","projectId"}
 * PUT    /simulator/disks/{id}       the same without the id, all optional
 * DELETE /simulator/disks/{id}       also removes its snapshots
 * GET    /simulator/faults           with the number of affected calls
 * POST   /simulator/faults           see FaultRuleJson; returns {"id"}
 * DELETE /simulator/faults[/{id}]
 * GET    /simulator/clock
 * POST   /simulator/clock            {"advance":"10s"}
 * DELETE /simulator/tokens           expires all
 * PUT    /simulator/credentials      {"password"} or {"accessKey","secretKey"[,"securityToken"]}
 * </pre>
 */
final class ControlHandler {

    /** The metadata key of the operator that the summary groups by if the request names none. */
    private static final String DEFAULT_KEY = "evs-snapshot-operator.uid";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final EvsSimulator simulator;
    private final RequestBodies bodies = new RequestBodies();

    ControlHandler(EvsSimulator simulator) {
        this.simulator = simulator;
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
        var parts = Arrays.stream(request.path().split("/"))
                .filter(value -> !value.isEmpty())
                .toList();
        var resource = parts.size() > 1 ? parts.get(1) : "";
        var id = parts.size() > 2 ? parts.get(2) : "";
        var endpoint = request.method() + " " + resource + (id.isEmpty() ? "" : "/*");
        switch (endpoint) {
            case "GET ledger":
                return SimulatedResponse.json(200, ControlJson.callLog(simulator.callLog(), calls(request)));
            case "DELETE ledger":
                simulator.callLog().clear();
                return SimulatedResponse.empty(204);
            case "GET summary":
                return SimulatedResponse.json(
                        200,
                        ControlJson.summary(simulator, request.parameter("by").orElse(DEFAULT_KEY)));
            case "GET snapshots":
                return SimulatedResponse.json(
                        200, ControlJson.snapshots(simulator.snapshots().living()));
            case "POST snapshots":
                return SimulatedResponse.json(201, ControlJson.snapshot(addSnapshot(body(request))));
            case "PUT snapshots/*":
                return SimulatedResponse.json(200, ControlJson.snapshot(changeSnapshot(id, body(request))));
            case "DELETE snapshots/*":
                simulator.snapshots().remove(id);
                return SimulatedResponse.empty(204);
            case "GET disks":
                return SimulatedResponse.json(
                        200, ControlJson.volumes(simulator.volumes().all()));
            case "POST disks":
                return SimulatedResponse.json(201, ControlJson.volume(addVolume(body(request))));
            case "PUT disks/*":
                return SimulatedResponse.json(200, ControlJson.volume(changeVolume(id, body(request))));
            case "DELETE disks/*":
                simulator.volumes().remove(id);
                return SimulatedResponse.empty(204);
            case "GET faults":
                return SimulatedResponse.json(200, faults());
            case "POST faults":
                var number = simulator.faults().add(FaultRuleJson.read(body(request)));
                return SimulatedResponse.json(201, JSON.objectNode().put("id", number));
            case "DELETE faults":
                simulator.faults().clear();
                return SimulatedResponse.empty(204);
            case "DELETE faults/*":
                simulator.faults().remove(Long.parseLong(id));
                return SimulatedResponse.empty(204);
            case "GET clock":
                return now();
            case "POST clock":
                simulator.clock().advance(DurationText.parse(required(body(request), "advance")));
                return now();
            case "DELETE tokens":
                simulator.tokens().expireAll();
                return SimulatedResponse.empty(204);
            case "PUT credentials":
                changeCredentials(body(request));
                return SimulatedResponse.empty(204);
            default:
                return problem(404, "The control API has no " + request.method() + " " + request.path() + ".");
        }
    }

    private List<CallLogEntry> calls(Request request) {
        var operation = request.parameter("operation").map(Operation::named);
        var acted = request.parameter("acted").map(Boolean::valueOf);
        return simulator
                .callLog()
                .calls(entry ->
                        operation.map(wanted -> wanted == entry.operation()).orElse(true)
                                && acted.map(wanted -> wanted == entry.acted()).orElse(true));
    }

    private Snapshot addSnapshot(ObjectNode body) {
        return simulator
                .snapshots()
                .add(
                        required(body, "volumeId"),
                        body.path("name").textValue(),
                        body.path("status").asText("available"),
                        metadata(body.path("metadata")));
    }

    private Snapshot changeSnapshot(String id, ObjectNode body) {
        var snapshots = simulator.snapshots();
        if (body.has("metadata")) {
            snapshots.setMetadata(id, metadata(body.get("metadata")));
        }
        if (body.has("copyMetadataFrom")) {
            snapshots.copyMetadata(body.get("copyMetadataFrom").asText(), id);
        }
        if (body.has("stripMetadata")) {
            snapshots.stripMetadata(id, body.get("stripMetadata").asText());
        }
        if (body.has("name")) {
            snapshots.rename(id, body.get("name").textValue());
        }
        if (body.has("status")) {
            snapshots.setStatus(id, body.get("status").asText());
        }
        return snapshots.find(id).orElseThrow(() -> new NoSuchElementException("There is no snapshot " + id + "."));
    }

    private Volume addVolume(ObjectNode body) {
        var volume = changed(Volume.inUse(required(body, "id")), body);
        simulator.volumes().put(volume);
        return volume;
    }

    private Volume changeVolume(String id, ObjectNode body) {
        var before = simulator
                .volumes()
                .find(id)
                .orElseThrow(() -> new NoSuchElementException("There is no volume " + id + "."));
        var after = changed(before, body);
        simulator.volumes().put(after);
        return after;
    }

    private static Volume changed(Volume before, ObjectNode body) {
        var volume = before.withSizeGib(body.path("size").asInt(before.sizeGib()))
                .withStatus(body.path("status").asText(before.status()))
                .withAvailabilityZone(body.path("az").asText(before.availabilityZone()))
                .withVolumeType(body.path("type").asText(before.volumeType()))
                .inProject(body.path("projectId").asText(before.projectId()));
        return body.path("takes").isTextual()
                ? volume.withSnapshotTakes(DurationText.parse(body.get("takes").textValue()))
                : volume;
    }

    private void changeCredentials(ObjectNode body) {
        if (body.has("password")) {
            simulator.credentials().changePassword(required(body, "password"));
        }
        if (body.has("securityToken")) {
            simulator
                    .credentials()
                    .changeKeys(
                            required(body, "accessKey"), required(body, "secretKey"), required(body, "securityToken"));
        } else if (body.has("accessKey")) {
            simulator.credentials().changeKeys(required(body, "accessKey"), required(body, "secretKey"));
        }
    }

    private ObjectNode faults() {
        var body = JSON.objectNode();
        var array = body.putArray("faults");
        simulator.faults().registered().forEach(fault -> array.add(FaultRuleJson.write(fault)));
        return body;
    }

    private SimulatedResponse now() {
        return SimulatedResponse.json(
                200, JSON.objectNode().put("now", simulator.clock().instant().toString()));
    }

    private ObjectNode body(Request request) {
        return bodies.object(request.body());
    }

    private static Map<String, String> metadata(JsonNode node) {
        var all = new LinkedHashMap<String, String>();
        node.properties()
                .forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }

    private static String required(ObjectNode body, String name) {
        if (!body.path(name).isTextual()) {
            throw new IllegalArgumentException("The body must have a text '" + name + "'.");
        }
        return body.get(name).textValue();
    }

    private static SimulatedResponse problem(int status, String message) {
        return SimulatedResponse.json(status, JSON.objectNode().put("problem", message));
    }
}
