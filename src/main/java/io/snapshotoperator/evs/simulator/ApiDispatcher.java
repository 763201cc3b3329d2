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
    private final QuotaApi quotas;
    private final JobApi jobs;
    private final VersionApi versions;
    private final IamApi iam;
    private final RequestBodies bodies;

    ApiDispatcher(CloudState cloud, IamApi iam, String scheme, RequestBodies bodies, SimulatorSettings settings) {
        var links = new PageLinks(scheme, settings.behavior().followableLinks());
        this.snapshots = new SnapshotApi(cloud, bodies, links);
        this.metadata = new MetadataApi(cloud, bodies);
        this.volumes = new VolumeApi(cloud, bodies, links);
        this.quotas = new QuotaApi(cloud, settings.limits());
        this.jobs = new JobApi(cloud);
        this.versions = new VersionApi(scheme);
        this.iam = iam;
        this.bodies = bodies;
    }

    /** Executes the call. Of the faults, only those of {@link Fault.Stage#OUTCOME} have an effect here. */
    SimulatedResponse execute(ApiCall call, Request request, List<FaultRule> faults) {
        var version = Microversion.of(request, call);
        QueryRules.check(call, version, request);
        var response = respond(call, request, faults);
        // Cinder 12.0.0 cinder/api/openstack/wsgi.py; python-cinderclient warns if the header is missing.
        return "v3".equals(call.version()) ? response.withHeader(Microversion.HEADER, "volume " + version) : response;
    }

    private SimulatedResponse respond(ApiCall call, Request request, List<FaultRule> faults) {
        return switch (call.operation()) {
            case CREATE -> snapshots.create(call, request, faults);
            case GET -> snapshots.get(call);
            case LIST, LIST_SUMMARY -> snapshots.list(call, request, faults);
            case UPDATE -> snapshots.update(call, request);
            case DELETE -> snapshots.delete(call, faults);
            case METADATA_READ -> metadata.read(call);
            case METADATA_WRITE -> metadata.write(call, request);
            case METADATA_DELETE -> metadata.delete(call);
            case DISK_CREATE -> volumes.create(call, request, faults);
            case DISK_GET -> volumes.get(call);
            case DISK_LIST -> volumes.list(call, request, faults);
            case DISK_DELETE -> volumes.delete(call, request, faults);
            case JOB_GET -> jobs.get(call, faults);
            case QUOTA -> quotas.get(call, request);
            case LOGIN -> iam.login(request);
            case PROJECTS -> iam.projects(request);
            case VERSIONS -> versions.versions(request);
            case UNKNOWN -> throw FaultEffects.notPublished();
        };
    }

    /** Adds what the body of a create request names, even if the rest of the body is invalid. */
    ApiCall withSubject(ApiCall call, Request request) {
        return switch (call.operation()) {
            case CREATE -> call.ofVolume(objectIn(request).path("volume_id").textValue());
            case DISK_CREATE ->
                call.ofSnapshot(objectIn(request).path("snapshot_id").textValue());
            default -> call;
        };
    }

    /** Returns the metadata of a create request, even if the rest of the body is invalid. */
    Map<String, String> metadataIn(Request request) {
        var all = new LinkedHashMap<String, String>();
        objectIn(request)
                .path("metadata")
                .properties()
                .forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }

    private JsonNode objectIn(Request request) {
        try {
            var body = bodies.object(request.body());
            return body.has("volume") ? body.path("volume") : body.path("snapshot");
        } catch (ApiErrorException e) {
            return JsonNodeFactory.instance.missingNode();
        }
    }
}
