/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Holds the volumes, snapshots and jobs of the simulated cloud, and changes them on request and over time. One lock guards
 * all of it. Each call first runs the changes that are due. This class does not use HTTP or faults.
 */
final class CloudState {

    private final EventQueue events;
    private final SimulatorSettings settings;
    private final CreationRules rules;
    private final VolumeCreationRules volumeRules;
    private final SnapshotStore snapshots = new SnapshotStore();
    private final VolumeStore volumes;
    private final JobStore jobs = new JobStore();
    private final VolumeLifecycle lifecycle;
    private long sequence;

    CloudState(SimulatorClock clock, SimulatorSettings settings) {
        this.events = new EventQueue(clock);
        this.settings = settings;
        this.volumes = new VolumeStore(
                settings.account().project().id(), settings.behavior().anyVolume());
        this.rules = new CreationRules(settings.limits(), settings.behavior(), snapshots, volumes);
        this.volumeRules = new VolumeCreationRules(settings, snapshots, volumes, rules);
        this.lifecycle = new VolumeLifecycle(events, settings.timing(), volumes, snapshots, jobs);
        settings.volumes().forEach(volumes::put);
        settings.snapshots().forEach(this::put);
    }

    /** Runs all due changes and returns the current instant. */
    synchronized Instant runDueEvents() {
        return events.runDue();
    }

    /** Schedules an action from outside the cloud, such as a request that the network delays. */
    synchronized void schedule(Duration delay, Consumer<Instant> action) {
        events.schedule(delay, action);
    }

    synchronized Snapshot create(String projectId, CreateSnapshotBody body, CreateOutcome outcome) {
        var now = events.runDue();
        var volume = volume(projectId, body.volumeId());
        rules.check(body, volume);
        var origin = new Snapshot.Origin(
                UUID.randomUUID().toString(),
                projectId,
                volume.id(),
                volume.sizeGib(),
                now,
                sequence++,
                now.plus(outcome.listedAfter()),
                now.plus(outcome.readableAfter()));
        var metadata = outcome.keepsMetadata() ? body.metadata() : Map.<String, String>of();
        var snapshot = new Snapshot(origin, body.name(), body.description(), "creating", metadata, null, 0);
        snapshots.put(snapshot);
        var takes = volume.snapshotTakes().orElse(settings.timing().snapshotTakes());
        switch (outcome.end()) {
            case AVAILABLE -> scheduleChange(snapshot, takes, stored -> stored.withStatus("available"));
            case ERROR -> scheduleChange(snapshot, takes, stored -> stored.withStatus("error"));
            case NEVER -> {}
        }
        return snapshot;
    }

    /**
     * Accepts a delete request (EVS API reference: deleting_an_evs_snapshot; Cinder 12.0.0 cinder/volume/api.py
     * delete_snapshot: only {@code available} and {@code error}).
     */
    synchronized Snapshot delete(String projectId, String id, DeleteOutcome outcome) {
        events.runDue();
        var snapshot = snapshot(projectId, id);
        rules.checkDeletable(snapshot);
        var deleting = snapshot.withStatus("deleting");
        snapshots.put(deleting);
        var takes = settings.timing().deletionTakes();
        switch (outcome) {
            case GONE -> scheduleChange(deleting, takes, stored -> null);
            case ERROR_DELETING -> scheduleChange(deleting, takes, stored -> stored.withStatus("error_deleting"));
            case BACK_TO_AVAILABLE -> scheduleChange(deleting, takes, stored -> stored.withStatus("available"));
        }
        return deleting;
    }

    /** Changes name and description in any state (Cinder 12.0.0 cinder/api/v2/snapshots.py update). */
    synchronized Snapshot update(String projectId, String id, UpdateSnapshotBody body) {
        var now = events.runDue();
        var after = body.applyTo(snapshot(projectId, id), now);
        snapshots.put(after);
        return after;
    }

    /** Changes the metadata in any state (Cinder 12.0.0 cinder/volume/api.py update_snapshot_metadata). */
    synchronized Snapshot changeMetadata(String projectId, String id, Consumer<Map<String, String>> change) {
        var now = events.runDue();
        var before = snapshot(projectId, id);
        var all = new LinkedHashMap<>(before.metadata());
        change.accept(all);
        var after = before.withMetadata(all, now);
        snapshots.put(after);
        return after;
    }

    /** Returns a snapshot of the project. A snapshot of another project counts as absent. */
    synchronized Snapshot snapshot(String projectId, String id) {
        var now = events.runDue();
        return snapshots
                .find(id)
                .filter(snapshot -> snapshot.projectId().equals(projectId))
                .filter(snapshot -> snapshot.isReadableAt(now))
                .orElseThrow(() -> ApiErrorException.unknownSnapshot(id));
    }

    /** Returns a page of the project's snapshots. */
    synchronized ListQuery.Page<Snapshot> list(String projectId, ListQuery query) {
        var now = events.runDue();
        var marker = query.marker().map(id -> snapshot(projectId, id));
        var page = new ArrayList<Snapshot>();
        var total = 0;
        var toSkip = query.offset();
        var started = marker.isEmpty();
        for (var candidate : candidates(projectId, query)) {
            var matches = candidate.projectId().equals(projectId)
                    && candidate.isListedAt(now)
                    && matches(candidate, query.filter());
            if (matches) {
                total++;
                if (started && toSkip > 0) {
                    toSkip--;
                } else if (started && page.size() < query.limit()) {
                    page.add(candidate);
                }
            }
            started = started || candidate.id().equals(marker.get().id());
        }
        return new ListQuery.Page<>(List.copyOf(page), total);
    }

    synchronized VolumeLifecycle.Accepted createVolume(
            String projectId, CreateVolumeBody body, Family family, VolumeOutcome outcome) {
        var plan = volumeRules.plan(projectId, body, family, events.runDue());
        return lifecycle.create(projectId, body, plan, family, outcome);
    }

    synchronized VolumeLifecycle.Accepted deleteVolume(
            ApiCall call, boolean deletesSnapshots, DeleteOutcome outcome, boolean jobIsKept) {
        var volume = volume(call.projectId(), call.volumeId());
        VolumeDeletionRules.check(volume, snapshots.ofVolume(volume.id()), deletesSnapshots);
        return lifecycle.delete(volume, call.family(), outcome, jobIsKept);
    }

    /** Returns a volume of the project. A volume of another project counts as absent. */
    synchronized Volume volume(String projectId, String id) {
        var now = events.runDue();
        return volumes.find(projectId, id)
                .filter(volume -> volume.isReadableAt(now))
                .orElseThrow(() -> ApiErrorException.unknownVolume(id));
    }

    /** Returns every volume of every project, including those that lists leave out. */
    synchronized List<Volume> volumes() {
        events.runDue();
        return volumes.all();
    }

    /** Returns the volumes of the project that lists show. */
    synchronized List<Volume> volumesOf(String projectId) {
        var now = events.runDue();
        return volumes.ofProject(projectId).stream()
                .filter(volume -> volume.isListedAt(now))
                .toList();
    }

    synchronized void putVolume(Volume volume) {
        events.runDue();
        volumes.put(volume);
    }

    /** Changes a volume in any state, without a check. A new status also cancels the scheduled change. */
    synchronized Optional<Volume> changeVolumeAsAdmin(String id, UnaryOperator<Volume> change) {
        events.runDue();
        return volumes.change(id, change);
    }

    /** Removes a volume and its snapshots at once (user manual: deleting_an_evs_snapshot). */
    synchronized void removeVolume(String id) {
        events.runDue();
        lifecycle.remove(id);
    }

    /** Returns a job of the project. EVS API reference: error_codes Common.0011; the choice of message is guessed. */
    synchronized Job job(String projectId, String id) {
        events.runDue();
        var message = "No jobs found.";
        return jobs.find(id)
                .filter(job -> job.projectId().equals(projectId))
                .orElseThrow(() -> ApiErrorException.ofEvs(400, "Common.0011", message, message));
    }

    synchronized Optional<Job> findJob(String id) {
        events.runDue();
        return jobs.find(id);
    }

    synchronized List<Job> jobs() {
        events.runDue();
        return jobs.all();
    }

    /** Returns whether the cloud knew the job. */
    synchronized boolean forgetJob(String id) {
        events.runDue();
        return jobs.forget(id);
    }

    synchronized QuotaUse quotaUse(String projectId) {
        events.runDue();
        return rules.use(projectId);
    }

    /** Returns every snapshot of every project, newest first. */
    synchronized List<Snapshot> allSnapshots() {
        events.runDue();
        return snapshots.all();
    }

    synchronized Optional<Snapshot> find(String id) {
        events.runDue();
        return snapshots.find(id);
    }

    /** Changes a snapshot in any state, without a check. A new status also cancels the scheduled changes. */
    synchronized Optional<Snapshot> changeAsAdmin(String id, UnaryOperator<Snapshot> change) {
        events.runDue();
        var after = snapshots.find(id).map(change);
        after.ifPresent(snapshots::put);
        return after;
    }

    synchronized Snapshot addAsAdmin(Volume volume, String name, String status, Map<String, String> metadata) {
        return add(UUID.randomUUID().toString(), volume, name, status, metadata);
    }

    /** Returns whether the snapshot existed. */
    synchronized boolean removeAsAdmin(String id) {
        events.runDue();
        var existed = snapshots.find(id).isPresent();
        snapshots.remove(id);
        return existed;
    }

    private void put(InitialSnapshot initial) {
        var volume = volumes.all().stream()
                .filter(stored -> stored.id().equals(initial.volumeId()))
                .findFirst()
                .orElseGet(() -> Volume.available(initial.volumeId()));
        add(initial.id(), volume, initial.name().orElse(null), initial.status(), Map.of());
    }

    private Snapshot add(String id, Volume volume, String name, String status, Map<String, String> metadata) {
        var now = events.runDue();
        var projectId =
                volume.projectId().isEmpty() ? settings.account().project().id() : volume.projectId();
        var origin = new Snapshot.Origin(id, projectId, volume.id(), volume.sizeGib(), now, sequence++, now, now);
        var snapshot = new Snapshot(origin, name, null, status, metadata, null, 0);
        snapshots.put(snapshot);
        return snapshot;
    }

    private Iterable<Snapshot> candidates(String projectId, ListQuery query) {
        var newestFirst =
                query.filter().volumeId().map(snapshots::ofVolume).orElseGet(() -> snapshots.ofProject(projectId));
        if (query.sorts().equals(ListQuery.Sort.NEWEST_FIRST)) {
            return newestFirst;
        }
        var sorted = new ArrayList<>(newestFirst);
        sorted.sort(query.order(Snapshot.SORTS));
        return sorted;
    }

    private boolean matches(Snapshot snapshot, ListQuery.Filter filter) {
        return !filter.matchesNothing()
                && filter.name().map(name -> name.equals(snapshot.name())).orElse(true)
                && filter.status().map(snapshot.status()::equals).orElse(true)
                && filter.volumeId().map(snapshot.volumeId()::equals).orElse(true)
                && filter.availabilityZone()
                        .map(zone -> volumes.find(snapshot.projectId(), snapshot.volumeId())
                                .map(volume -> zone.equals(volume.availabilityZone()))
                                .orElse(false))
                        .orElse(true)
                && (filter.ids().isEmpty() || filter.ids().contains(snapshot.id()));
    }

    /** Schedules a change that is dropped if the status changes first. A result of null removes the snapshot. */
    private void scheduleChange(Snapshot snapshot, Duration delay, UnaryOperator<Snapshot> change) {
        events.schedule(delay, now -> snapshots
                .find(snapshot.id())
                .filter(stored -> stored.step() == snapshot.step())
                .ifPresent(stored -> {
                    var after = change.apply(stored);
                    if (after == null) {
                        snapshots.remove(stored.id());
                    } else {
                        snapshots.put(after);
                    }
                }));
    }
}
