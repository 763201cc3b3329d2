/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/** Handles the calls about snapshots in both families. */
final class SnapshotApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final RequestBodies bodies;
    private final PageLinks links;

    SnapshotApi(CloudState cloud, RequestBodies bodies, PageLinks links) {
        this.cloud = cloud;
        this.bodies = bodies;
        this.links = links;
    }

    SimulatedResponse create(ApiCall call, Request request, List<FaultRule> faults) {
        var snapshot = cloud.create(call.projectId(), bodies.create(request.body()), CreateOutcome.of(faults));
        return SimulatedResponse.json(202, SnapshotJson.wrapped(SnapshotJson.created(snapshot)))
                .about(snapshot)
                .withActed();
    }

    SimulatedResponse get(ApiCall call) {
        var snapshot = cloud.snapshot(call.projectId(), call.snapshotId());
        return SimulatedResponse.json(200, SnapshotJson.wrapped(SnapshotJson.detailed(snapshot)))
                .about(snapshot);
    }

    SimulatedResponse update(ApiCall call, Request request) {
        var body = bodies.update(request.body());
        var snapshot = cloud.update(call.projectId(), call.snapshotId(), body);
        return SimulatedResponse.json(200, SnapshotJson.wrapped(SnapshotJson.plain(snapshot)))
                .about(snapshot)
                .withActed();
    }

    SimulatedResponse delete(ApiCall call, List<FaultRule> faults) {
        var snapshot = cloud.delete(call.projectId(), call.snapshotId(), DeleteOutcome.of(faults));
        return SimulatedResponse.empty(202).about(snapshot).withActed();
    }

    SimulatedResponse list(ApiCall call, Request request, List<FaultRule> faults) {
        var shown = new ListFaults(faults);
        var query = shown.effective(ListQueries.read(request, call, Snapshot.SORTS.keySet()));
        var page = cloud.list(call.projectId(), query);
        var body = JSON.objectNode();
        if ((call.family() == Family.NATIVE || ListQueries.counts(request)) && shown.showsCount()) {
            body.put("count", shown.count(page.total()));
        }
        if (shown.showsLink()) {
            link(call, request, query.limit(), page.entries(), body);
        }
        var view = view(call);
        var entries = body.putArray("snapshots");
        page.entries().forEach(snapshot -> entries.add(view.apply(snapshot)));
        return SimulatedResponse.json(200, body).about(call.volumeId(), null);
    }

    private static Function<Snapshot, ObjectNode> view(ApiCall call) {
        if (call.operation() == Operation.LIST_SUMMARY) {
            return SnapshotJson::plain;
        }
        return call.family() == Family.NATIVE ? SnapshotJson::nativelyListed : SnapshotJson::detailed;
    }

    private void link(ApiCall call, Request request, int limit, List<Snapshot> page, ObjectNode body) {
        var last = page.isEmpty() ? null : page.get(page.size() - 1).id();
        var linked = links.add(body, "snapshots", call, request, limit, page.size(), last);
        if (!linked && call.operation() == Operation.LIST_SUMMARY && "v2".equals(call.version())) {
            // EVS API reference: querying_evs_snapshots (Cinder v2) shows null. In v3 there is no member, as in Cinder
            // 12.0.0 cinder/api/views/snapshots.py, because openstacksdk cannot read null.
            body.putNull("snapshots_links");
        }
    }
}
