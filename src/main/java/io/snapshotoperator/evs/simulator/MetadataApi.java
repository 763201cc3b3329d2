/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.TreeMap;

/**
 * Handles the calls about the metadata of a snapshot, which only the Cinder family has (EVS API reference:
 * snapshot_metadata_management).
 */
final class MetadataApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final RequestBodies bodies;

    MetadataApi(CloudState cloud, RequestBodies bodies) {
        this.cloud = cloud;
        this.bodies = bodies;
    }

    SimulatedResponse read(ApiCall call) {
        var snapshot = cloud.snapshot(call.projectId(), call.snapshotId());
        if (call.metadataKey() == null) {
            return all(snapshot);
        }
        var value = snapshot.metadata().get(call.metadataKey());
        if (value == null) {
            throw unknownKey(call);
        }
        return single(call.metadataKey(), value).about(snapshot);
    }

    /** POST merges and PUT replaces the map; both return the whole map. PUT with a key sets one value. */
    SimulatedResponse write(ApiCall call, Request request) {
        if (call.metadataKey() != null) {
            return writeOne(call, request);
        }
        var requested = RequestBodies.metadataOfMetadataCall(bodies.wrapped(request.body(), "metadata"));
        var replaces = "PUT".equals(request.method());
        var snapshot = cloud.changeMetadata(call.projectId(), call.snapshotId(), all -> {
            if (replaces) {
                all.clear();
            }
            all.putAll(requested);
        });
        return all(snapshot).withActed();
    }

    SimulatedResponse delete(ApiCall call) {
        var snapshot = cloud.changeMetadata(call.projectId(), call.snapshotId(), all -> {
            if (all.remove(call.metadataKey()) == null) {
                throw unknownKey(call);
            }
        });
        return SimulatedResponse.empty(200).about(snapshot).withActed();
    }

    /** Cinder 12.0.0 cinder/api/v2/snapshot_metadata.py update. */
    private SimulatedResponse writeOne(ApiCall call, Request request) {
        var requested = RequestBodies.metadataOfMetadataCall(bodies.wrapped(request.body(), "meta"));
        if (!requested.containsKey(call.metadataKey())) {
            throw ApiErrorException.badRequest("Request body and URI mismatch");
        }
        if (requested.size() > 1) {
            throw ApiErrorException.badRequest("Request body contains too many items");
        }
        var snapshot = cloud.changeMetadata(call.projectId(), call.snapshotId(), all -> all.putAll(requested));
        return single(call.metadataKey(), requested.get(call.metadataKey()))
                .about(snapshot)
                .withActed();
    }

    private static SimulatedResponse all(Snapshot snapshot) {
        var body = JSON.objectNode();
        var metadata = body.putObject("metadata");
        new TreeMap<>(snapshot.metadata()).forEach(metadata::put);
        return SimulatedResponse.json(200, body).about(snapshot);
    }

    private static SimulatedResponse single(String key, String value) {
        var body = JSON.objectNode();
        Map.of(key, value).forEach(body.putObject("meta")::put);
        return SimulatedResponse.json(200, body);
    }

    private static ApiErrorException unknownKey(ApiCall call) {
        return ApiErrorException.ofCinder(
                404, "Snapshot %s has no metadata with key %s.".formatted(call.snapshotId(), call.metadataKey()));
    }
}
