/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Passes each call to the class that handles it. */
final class ApiDispatcher {

    private final SnapshotApi snapshots;
    private final MetadataApi metadata;
    private final VolumeApi volumes;
    private final IamApi iam;
    private final RequestBodies bodies;

    ApiDispatcher(CloudState cloud, IamApi iam, RequestBodies bodies, SimulatorSettings settings) {
        this.snapshots = new SnapshotApi(cloud, bodies);
        this.metadata = new MetadataApi(cloud, bodies);
        this.volumes = new VolumeApi(cloud, settings.limits());
        this.iam = iam;
        this.bodies = bodies;
    }

    /** Executes the call. Of the faults, only those of {@link Fault.Stage#OUTCOME} have an effect here. */
    SimulatedResponse execute(ApiCall call, Request request, List<FaultRule> faults) {
        return switch (call.operation()) {
            case CREATE -> snapshots.create(call, request, faults);
            case GET -> snapshots.get(call);
            case LIST, LIST_SUMMARY -> snapshots.list(call, request, faults);
            case UPDATE -> snapshots.update(call, request);
            case DELETE -> snapshots.delete(call, faults);
            case METADATA_READ -> metadata.read(call);
            case METADATA_WRITE -> metadata.write(call, request);
            case METADATA_DELETE -> metadata.delete(call);
            case DISK_GET -> volumes.get(call);
            case DISK_LIST -> volumes.list(call);
            case DISK_DELETE -> volumes.delete(call, request);
            case QUOTA -> volumes.quota(call);
            case LOGIN -> iam.login(request);
            case PROJECTS -> iam.projects(request);
            case VERSIONS -> versions(request);
            case UNKNOWN -> throw FaultEffects.notPublished();
        };
    }

    /** Returns the volume id of a create request, even if the rest of the body is invalid; null if there is none. */
    String volumeIdIn(Request request) {
        return snapshotIn(request).path("volume_id").textValue();
    }

    /** Returns the metadata of a create request, even if the rest of the body is invalid. */
    Map<String, String> metadataIn(Request request) {
        var all = new LinkedHashMap<String, String>();
        snapshotIn(request)
                .path("metadata")
                .properties()
                .forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }

    private JsonNode snapshotIn(Request request) {
        try {
            return bodies.object(request.body()).path("snapshot");
        } catch (ApiErrorException e) {
            return JsonNodeFactory.instance.missingNode();
        }
    }

    /** EVS API reference: api_version_query. The status is 300 for the root and 200 for a version. */
    private static SimulatedResponse versions(Request request) {
        var root = "/".equals(request.path());
        var body = JsonNodeFactory.instance.objectNode();
        var versions = body.putArray("versions");
        for (var id : List.of("v1.0", "v2.0", "v3.0")) {
            if (root || id.startsWith(request.path().substring(1, 3))) {
                versions.addObject()
                        .put("id", id)
                        .put("status", "v3.0".equals(id) ? "CURRENT" : "SUPPORTED")
                        .put("version", "v3.0".equals(id) ? "3.50" : "")
                        .put("min_version", "v3.0".equals(id) ? "3.0" : "")
                        .put("updated", "2014-06-28T12:20:21Z");
            }
        }
        return SimulatedResponse.json(root ? 300 : 200, body);
    }
}
