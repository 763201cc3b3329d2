/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reconciles a schedule after its requests changed. The requests of a slot change at about the same time, so several changes cause
 * one reconcile. Safe for use by many threads.
 */
public final class ScheduleTriggers extends SimpleInboundEventSource<VolumeSnapshotSchedule> implements AutoCloseable {
    private final Duration delay;
    private final ScheduledExecutorService timer;
    private final Map<String, ResourceID> schedules = new ConcurrentHashMap<>();
    private final Set<ResourceID> pending = ConcurrentHashMap.newKeySet();

    /** @param delay how long changes are collected; the cache knows them by then */
    public ScheduleTriggers(Duration delay) {
        super("scheduled-requests");
        this.delay = delay;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "evs-schedule-triggers");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Tells that a request has changed or is gone. Returns at once. */
    public void requestChanged(VolumeSnapshotRequest request) {
        ScheduledRequests.scheduleUid(request)
                .flatMap(uid -> Optional.ofNullable(schedules.get(uid)))
                .filter(schedule -> schedule.getNamespace()
                        .equals(Optional.ofNullable(request.getMetadata().getNamespace())))
                .ifPresent(this::trigger);
    }

    private void trigger(ResourceID schedule) {
        if (!pending.add(schedule)) {
            return;
        }
        try {
            timer.schedule(
                    () -> {
                        pending.remove(schedule);
                        propagateEvent(schedule);
                    },
                    delay.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            // The operator stops.
        }
    }

    void add(VolumeSnapshotSchedule schedule) {
        schedules.put(schedule.getMetadata().getUid(), ResourceID.fromResource(schedule));
    }

    void remove(VolumeSnapshotSchedule schedule) {
        schedules.remove(schedule.getMetadata().getUid());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
