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
        var snapshot = cloud.create(call.projectId(), bodies.create(request.body()), createOutcome(faults));
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
        var outcome = faults.stream()
                .map(FaultRule::fault)
                .map(fault -> switch (fault) {
                    case DELETE_ENDS_IN_ERROR_DELETING -> DeleteOutcome.ERROR_DELETING;
                    case DELETE_BOUNCES -> DeleteOutcome.BACK_TO_AVAILABLE;
                    default -> DeleteOutcome.GONE;
                })
                .filter(current -> current != DeleteOutcome.GONE)
                .findFirst()
                .orElse(DeleteOutcome.GONE);
        var snapshot = cloud.delete(call.projectId(), call.snapshotId(), outcome);
        return SimulatedResponse.empty(202).about(snapshot).withActed();
    }

    SimulatedResponse list(ApiCall call, Request request, List<FaultRule> faults) {
        var query = ListQueries.read(request, call, Snapshot.SORTS.keySet());
        var effective = query;
        if (isAmong(faults, Fault.FILTERS_IGNORED)) {
            effective = effective.withoutFilters();
        }
        if (isAmong(faults, Fault.PAGE_SHIFTS) && query.offset() > 0) {
            effective = effective.withOffset(query.offset() + 1);
        }
        for (var rule : faults) {
            if (rule.fault() == Fault.PAGES_CUT) {
                effective = effective.withLimit(Math.min(effective.limit(), rule.cutPageSize()));
            }
        }
        var page = cloud.list(call.projectId(), effective);
        var body = JSON.objectNode();
        if ((call.family() == Family.NATIVE || ListQueries.counts(request)) && !isHintMissing(faults, "count")) {
            body.put("count", isAmong(faults, Fault.COUNT_TOO_HIGH) ? page.total() + 1 : page.total());
        }
        if (!isHintMissing(faults, "next")) {
            link(call, request, effective.limit(), page.entries(), body);
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

    private static CreateOutcome createOutcome(List<FaultRule> faults) {
        var outcome = CreateOutcome.DEFAULT;
        for (var rule : faults) {
            outcome = switch (rule.fault()) {
                case SNAPSHOT_ENDS_IN_ERROR -> outcome.withEnd(CreateOutcome.End.ERROR);
                case STUCK_CREATING -> outcome.withEnd(CreateOutcome.End.NEVER);
                case MARKER_NOT_KEPT -> outcome.withoutMetadata();
                case LISTING_LAGS -> outcome.withListedAfter(rule.delay());
                case READ_SEES_404_FOR -> outcome.withReadableAfter(rule.delay());
                default -> outcome;
            };
        }
        return outcome;
    }

    private static boolean isHintMissing(List<FaultRule> faults, String hint) {
        return faults.stream()
                .anyMatch(rule -> rule.fault() == Fault.PAGE_HINTS_MISSING
                        && rule.textOr(hint).equals(hint));
    }

    private static boolean isAmong(List<FaultRule> faults, Fault fault) {
        return faults.stream().anyMatch(rule -> rule.fault() == fault);
    }
}
