/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/** Handles the calls about volumes in both families. */
final class VolumeApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final RequestBodies bodies;
    private final PageLinks links;

    VolumeApi(CloudState cloud, RequestBodies bodies, PageLinks links) {
        this.cloud = cloud;
        this.bodies = bodies;
        this.links = links;
    }

    /**
     * EVS API reference: creating_evs_disks (native, 200 with a job); Cinder 12.0.0 cinder/api/v2/volumes.py create (202
     * with the volume).
     */
    SimulatedResponse create(ApiCall call, Request request, List<FaultRule> faults) {
        var body = VolumeBodies.read(bodies, request, call.family());
        var accepted = cloud.createVolume(call.projectId(), body, call.family(), VolumeOutcome.of(faults));
        var response = accepted.jobId()
                .map(VolumeApi::job)
                .orElseGet(() -> SimulatedResponse.json(
                        202,
                        VolumeJson.wrapped(VolumeJson.detailed(accepted.volume().orElseThrow(), call.family()))));
        return response.about(
                        accepted.volume().map(Volume::id).orElse(null),
                        body.snapshotId().orElse(null))
                .withActed();
    }

    SimulatedResponse get(ApiCall call) {
        var volume = cloud.volume(call.projectId(), call.volumeId());
        return SimulatedResponse.json(200, VolumeJson.wrapped(VolumeJson.detailed(volume, call.family())))
                .about(volume.id(), null);
    }

    /** EVS API reference: querying_details_about_all_disks. */
    SimulatedResponse list(ApiCall call, Request request, List<FaultRule> faults) {
        var cinder = call.family() == Family.CINDER;
        var shown = new ListFaults(faults);
        var query = shown.effective(ListQueries.read(request, call, Volume.SORTS.keySet()));
        var page = page(call.projectId(), query);
        var body = JSON.objectNode();
        if ((!cinder || ListQueries.counts(request)) && shown.showsCount()) {
            body.put("count", shown.count(page.total()));
        }
        var entries = page.entries();
        if (shown.showsLink()) {
            var last =
                    entries.isEmpty() ? null : entries.get(entries.size() - 1).id();
            links.add(body, "volumes", call, request, query.limit(), entries.size(), last);
        }
        var volumes = body.putArray("volumes");
        var summary = !request.path().endsWith("/detail");
        entries.forEach(volume ->
                volumes.add(summary ? VolumeJson.summary(volume) : VolumeJson.detailed(volume, call.family())));
        return SimulatedResponse.json(200, body);
    }

    private ListQuery.Page<Volume> page(String projectId, ListQuery query) {
        var listed = cloud.volumesOf(projectId);
        var all = new ArrayList<>(listed);
        all.sort(query.order(Volume.SORTS));
        query.marker().ifPresent(id -> {
            var ids = all.stream().map(Volume::id).toList();
            if (!ids.contains(id)) {
                throw ApiErrorException.unknownVolume(id);
            }
            all.subList(0, ids.indexOf(id) + 1).clear();
        });
        var matching =
                all.stream().filter(volume -> matches(volume, query.filter())).toList();
        var total = listed.stream()
                .filter(volume -> matches(volume, query.filter()))
                .count();
        var entries =
                matching.stream().skip(query.offset()).limit(query.limit()).toList();
        return new ListQuery.Page<>(entries, (int) total);
    }

    private static boolean matches(Volume volume, ListQuery.Filter filter) {
        return !filter.matchesNothing()
                && filter.name().map(name -> name.equals(volume.name())).orElse(true)
                && filter.status().map(volume.status()::equals).orElse(true)
                && filter.availabilityZone()
                        .map(volume.availabilityZone()::equals)
                        .orElse(true)
                && filter.multiattach()
                        .map(wanted -> wanted == volume.multiattach())
                        .orElse(true)
                && (filter.ids().isEmpty() || filter.ids().contains(volume.id()));
    }

    /** EVS API reference: deleting_an_evs_disk (native, 200 with a job); Cinder returns 202 without a body. */
    SimulatedResponse delete(ApiCall call, Request request, List<FaultRule> faults) {
        var cascade = call.family() == Family.NATIVE
                || request.parameter("cascade")
                        .map(text -> ListQueries.bool("cascade", text))
                        .orElse(false);
        var jobIsKept = VolumeOutcome.of(faults).jobIsKept();
        var accepted = cloud.deleteVolume(call, cascade, DeleteOutcome.of(faults), jobIsKept);
        return accepted.jobId()
                .map(VolumeApi::job)
                .orElseGet(() -> SimulatedResponse.empty(202))
                .about(call.volumeId(), null)
                .withActed();
    }

    private static SimulatedResponse job(String id) {
        return SimulatedResponse.json(200, JSON.objectNode().put("job_id", id)).withJob(id);
    }
}
