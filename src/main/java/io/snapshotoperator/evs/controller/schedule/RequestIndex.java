/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.request.RequestListener;
import io.snapshotoperator.evs.schedule.Child;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the requests of a schedule in the cache of the requests. It needs no watch of its own. Until {@link #open}, the cache may
 * be incomplete, and nothing may be decided.
 */
public final class RequestIndex implements RequestListener {
    private static final String BY_SCHEDULE = "schedule";
    private static final String BY_IMPORTED_SNAPSHOT = "imported-snapshot";

    private final ScheduleTriggers triggers;
    private final RequestUse use;
    private volatile Optional<IndexedResourceCache<VolumeSnapshotRequest>> cache = Optional.empty();
    private volatile boolean complete;

    public RequestIndex(ScheduleTriggers triggers, RequestUse use) {
        this.triggers = triggers;
        this.use = use;
    }

    @Override
    public void attach(IndexerResourceCache<VolumeSnapshotRequest> requests) {
        requests.addIndexers(Map.of(
                BY_SCHEDULE,
                request -> ScheduledRequests.scheduleUid(request).stream().toList(),
                BY_IMPORTED_SNAPSHOT,
                RequestIndex::imported));
        cache = Optional.of(requests);
    }

    @Override
    public void changed(VolumeSnapshotRequest request) {
        triggers.requestChanged(request);
    }

    private static List<String> imported(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getSpec())
                .map(spec -> spec.source())
                .map(source -> source.snapshotId())
                .stream()
                .toList();
    }

    /** Tells that the cache is complete: all informers have listed. */
    public void open() {
        complete = true;
    }

    /** Returns the requests that the schedule created; empty as long as the cache may be incomplete. */
    Optional<List<Scheduled>> of(VolumeSnapshotSchedule schedule) {
        return cache.filter(filled -> complete)
                .map(requests -> requests
                        .byIndex(BY_SCHEDULE, schedule.getMetadata().getUid())
                        .stream()
                        .filter(request -> request.getMetadata()
                                .getNamespace()
                                .equals(schedule.getMetadata().getNamespace()))
                        .flatMap(request -> ScheduledRequests.read(
                                schedule,
                                request,
                                id -> use.isBeingRestored(ResourceID.fromResource(request))
                                        || !requests.byIndex(BY_IMPORTED_SNAPSHOT, id)
                                                .isEmpty())
                                .map(child -> new Scheduled(request, child))
                                .stream())
                        .toList());
    }

    /** A request of a schedule, and what the rules need of it. */
    record Scheduled(VolumeSnapshotRequest request, Child child) {}
}
