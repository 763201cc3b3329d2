/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.snapshotoperator.evs.cloud.http.HostileText;
import io.snapshotoperator.evs.cloud.http.ScriptedCloud.Received;
import io.snapshotoperator.evs.cloud.http.ScriptedResponse;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.simulator.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** How an endpoint can lie to the operator. It knows all snapshots of other teams, and the requests that it got. */
enum Lie {
    /** Ids that would change the path of a later request. */
    FOREIGN_IDS(ConnectionReason.ConnectionReady) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            if (isCreate(request)) {
                return ScriptedResponse.json(
                        202, wrapped(json().put("id", "../../../v3/users").put("status", "creating")));
            }
            var list = json();
            var snapshots = list.putArray("snapshots");
            snapshots.addObject().put("id", "../../../v3/users").put("status", "available");
            snapshots.addObject().put("id", 42);
            snapshots.addObject().put("id", "x".repeat(40_000));
            snapshots.addObject().put("id", "detail").put("volume_id", "a/b");
            return ScriptedResponse.json(200, list.toString());
        }
    },
    /** Every snapshot of the others belongs to the request that was sent last. */
    ALL_ARE_OURS(ConnectionReason.ConnectionReady) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            if (isCreate(request)) {
                return ScriptedResponse.json(500, "{}");
            }
            return listOrRead(request, world, world.markerOfLastCreate());
        }
    },
    /** The snapshots of the others with their own markers. */
    COPIED_MARKERS(ConnectionReason.ConnectionReady) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            if (isCreate(request)) {
                return world.others().stream()
                        .findFirst()
                        .map(first -> ScriptedResponse.json(202, wrapped(snapshot(first, first.metadata()))))
                        .orElseGet(() -> ScriptedResponse.json(500, "{}"));
            }
            return listOrRead(request, world, Map.of());
        }
    },
    ENDLESS_BODY(CommonReason.CloudUnavailable) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            return ScriptedResponse.endless(200);
        }
    },
    /** Redirects to the cloud of another team. */
    ENDLESS_REDIRECTS(CommonReason.ConnectionMisconfigured) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            return ScriptedResponse.empty(307, "Location: " + world.otherCloud() + request.target());
        }
    },
    WRONG_TYPES(CommonReason.CloudUnavailable) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            return ScriptedResponse.json(200, "{\"snapshots\":{\"id\":[]},\"snapshot\":[1,{}],\"count\":\"many\"}");
        }
    },
    SECRETS_ECHOED(CommonReason.Rejected) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            var echo = HostileText.around(request.header("X-Auth-Token"))
                    + HostileText.around(world.password())
                    + "x".repeat(4_000);
            var error = json();
            error.putObject("error").put("code", echo).put("message", echo);
            return ScriptedResponse.json(400, error.toString(), "X-Request-Id: " + world.password());
        }
    },
    SLOW_DRIP(CommonReason.CloudUnavailable) {
        @Override
        ScriptedResponse respond(Received request, World world) {
            return ScriptedResponse.dripping(200, Duration.ofMillis(100));
        }
    };

    /** What a lie can use. */
    interface World {
        /** The snapshots of the other teams. */
        Collection<Snapshot> others();

        /** The address of a cloud of another team. */
        String otherCloud();

        /** The password that the hostile endpoint got. */
        String password();

        /** The ownership marker of the last create request that the hostile endpoint got; empty if there was none. */
        Map<String, String> markerOfLastCreate();
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Reason reported;

    /** @param reported what the connection reports */
    Lie(Reason reported) {
        this.reported = reported;
    }

    abstract ScriptedResponse respond(Received request, World world);

    Reason reported() {
        return reported;
    }

    /** The name of the connection. */
    String connection() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static boolean isCreate(Received request) {
        return request.method().equals("POST");
    }

    /** The metadata of a create request. */
    static Map<String, String> metadata(Received create) {
        try {
            return JSON.convertValue(
                    JSON.readTree(create.body()).at("/snapshot/metadata"),
                    JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ScriptedResponse listOrRead(Received request, World world, Map<String, String> marker) {
        var list = json();
        var snapshots = list.putArray("snapshots");
        world.others().stream()
                .map(other -> snapshot(other, marker.isEmpty() ? other.metadata() : marker))
                .forEach(snapshots::add);
        if (request.target().contains("/detail")) {
            return ScriptedResponse.json(200, list.toString());
        }
        for (JsonNode each : snapshots) {
            if (request.target().contains(each.path("id").asText())) {
                return ScriptedResponse.json(200, wrapped((ObjectNode) each));
            }
        }
        return ScriptedResponse.json(404, "{\"itemNotFound\":{\"code\":\"404\",\"message\":\"no\"}}");
    }

    private static ObjectNode snapshot(Snapshot other, Map<String, String> metadata) {
        var snapshot = json().put("id", other.id())
                .put("status", "available")
                .put("volume_id", other.volumeId())
                .put("name", "of-another-team");
        var target = snapshot.putObject("metadata");
        metadata.forEach(target::put);
        return snapshot;
    }

    private static String wrapped(ObjectNode snapshot) {
        return json().set("snapshot", snapshot).toString();
    }

    private static ObjectNode json() {
        return JSON.createObjectNode();
    }
}
