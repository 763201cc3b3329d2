/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import io.snapshotoperator.evs.simulator.CreateSnapshotBody.DeletionEnding;
import io.snapshotoperator.evs.simulator.CreateSnapshotBody.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What is true in the simulated cloud: its disks, its snapshots, and how they change by orders and by time. One lock guards
 * it all; each call first lets happen what fell due. Knows nothing of HTTP, families or faults.
 */
final class CloudState {

    private final EventQueue agenda;
    private final SimulatorSettings settings;
    private final CreationRules rules;
    private final SnapshotStore snapshots = new SnapshotStore();
    private final VolumeStore volumes;
    private long sequence;

    CloudState(SimulatorClock clock, SimulatorSettings settings) {
        this.agenda = new EventQueue(clock);
        this.settings = settings;
        this.volumes = new VolumeStore(
                settings.account().project().id(), settings.behavior().anyVolume());
        this.rules = new CreationRules(settings.limits(), settings.behavior(), snapshots, volumes);
        settings.volumes().forEach(volumes::put);
        settings.snapshots().forEach(this::put);
    }

    /** Lets everything happen that fell due; answers with the instant until which it did. */
    synchronized Instant present() {
        return agenda.present();
    }

    /** Plans a deed of the outside world, such as an order that the network held back. */
    synchronized void later(Duration delay, Consumer<Instant> action) {
        agenda.at(agenda.present().plus(delay), action);
    }

    synchronized Snapshot create(String projectId, CreateSnapshotBody body, Fate fate) {
        var now = agenda.present();
        var volume = volume(projectId, body.volumeId());
        rules.check(body, volume);
        var snapshot = new Snapshot(
                UUID.randomUUID().toString(),
                projectId,
                volume.id(),
                body.name(),
                body.description(),
                "creating",
                fate.keepsMetadata() ? body.metadata() : Map.of(),
                volume.sizeGib(),
                now,
                null,
                sequence++,
                now.plus(fate.listedAfter()),
                now.plus(fate.readableAfter()),
                0);
        snapshots.put(snapshot);
        var takes = volume.snapshotTakes().orElse(settings.timing().snapshotTakes());
        switch (fate.ending()) {
            case AVAILABLE -> plan(snapshot, takes, stored -> stored.withStatus("available"));
            case ERROR -> plan(snapshot, takes, stored -> stored.withStatus("error"));
            case NEVER -> {}
        }
        return snapshot;
    }

    /**
     * Accepts the order to delete (EVS API reference: deleting_an_evs_snapshot; Cinder 12.0.0 cinder/volume/api.py
     * delete_snapshot: only {@code available} and {@code error}).
     */
    synchronized Snapshot delete(String projectId, String id, DeletionEnding ending) {
        agenda.present();
        var snapshot = snapshot(projectId, id);
        rules.checkDeletable(snapshot);
        var deleting = snapshot.withStatus("deleting");
        snapshots.put(deleting);
        var takes = settings.timing().deletionTakes();
        switch (ending) {
            case GONE -> plan(deleting, takes, stored -> null);
            case ERROR_DELETING -> plan(deleting, takes, stored -> stored.withStatus("error_deleting"));
            case BACK_TO_AVAILABLE -> plan(deleting, takes, stored -> stored.withStatus("available"));
        }
        return deleting;
    }

    /** Changes name and description, in any state (Cinder 12.0.0 cinder/api/v2/snapshots.py update). */
    synchronized Snapshot update(String projectId, String id, UpdateSnapshotBody body) {
        var now = agenda.present();
        var after = body.applyTo(snapshot(projectId, id), now);
        snapshots.put(after);
        return after;
    }

    /** Changes the metadata, in any state (Cinder 12.0.0 cinder/volume/api.py update_snapshot_metadata). */
    synchronized Snapshot changeMetadata(String projectId, String id, Consumer<Map<String, String>> change) {
        var now = agenda.present();
        var before = snapshot(projectId, id);
        var all = new LinkedHashMap<>(before.metadata());
        change.accept(all);
        var after = before.withMetadata(all, now);
        snapshots.put(after);
        return after;
    }

    /** One snapshot of the project; those of other projects are as good as absent. */
    synchronized Snapshot snapshot(String projectId, String id) {
        var now = agenda.present();
        return snapshots
                .find(id)
                .filter(snapshot -> snapshot.projectId().equals(projectId))
                .filter(snapshot -> !now.isBefore(snapshot.readableFrom()))
                .orElseThrow(() -> ApiErrorException.unknownSnapshot(id));
    }

    /** A page of the project's snapshots. */
    synchronized ListQuery.Page list(String projectId, ListQuery query) {
        var now = agenda.present();
        var marker = query.marker().map(id -> snapshot(projectId, id));
        var candidates = query.volumeId().map(snapshots::ofVolume).orElseGet(() -> snapshots.ofProject(projectId));
        if (query.ascending()) {
            var turned = new ArrayList<>(candidates);
            Collections.reverse(turned);
            candidates = turned;
        }
        var page = new ArrayList<Snapshot>();
        var total = 0;
        var toSkip = query.offset();
        var started = marker.isEmpty();
        for (var candidate : candidates) {
            var matches = candidate.projectId().equals(projectId)
                    && !now.isBefore(candidate.listedFrom())
                    && matches(candidate, query);
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
        return new ListQuery.Page(List.copyOf(page), total);
    }

    /** One disk of the project; those of other projects are as good as absent. */
    synchronized Volume volume(String projectId, String id) {
        return volumes.find(projectId, id).orElseThrow(() -> ApiErrorException.unknownVolume(id));
    }

    synchronized List<Volume> volumes() {
        return volumes.all();
    }

    synchronized List<Volume> volumesOf(String projectId) {
        return volumes.ofProject(projectId);
    }

    synchronized void putVolume(Volume volume) {
        volumes.put(volume);
    }

    /** Removes a disk, and its snapshots with it (user manual: deleting_an_evs_snapshot). */
    synchronized void removeVolume(String id) {
        agenda.present();
        volumes.remove(id);
        snapshotsOfVolume(id).forEach(snapshot -> snapshots.remove(snapshot.id()));
    }

    synchronized List<Snapshot> snapshotsOfVolume(String volumeId) {
        agenda.present();
        return List.copyOf(snapshots.ofVolume(volumeId));
    }

    synchronized QuotaUse quotaUse(String projectId) {
        agenda.present();
        return rules.use(projectId);
    }

    /** Every snapshot of every project, newest first. */
    synchronized List<Snapshot> allSnapshots() {
        agenda.present();
        return snapshots.all();
    }

    synchronized Optional<Snapshot> find(String id) {
        agenda.present();
        return snapshots.find(id);
    }

    /** Changes a snapshot from outside, whatever its state; what was planned for it no longer happens. */
    synchronized Optional<Snapshot> changeByHand(String id, UnaryOperator<Snapshot> change) {
        agenda.present();
        var after = snapshots.find(id).map(change);
        after.ifPresent(snapshots::put);
        return after;
    }

    /** Adds a snapshot that nobody ordered through the API. */
    private void put(InitialSnapshot given) {
        var volumeId = volumes.all().stream()
                .filter(stored -> stored.id().equals(given.volumeId()))
                .findFirst()
                .orElseGet(() -> Volume.available(given.volumeId()));
        add(given.id(), volumeId, given.name().orElse(null), given.status(), Map.of());
    }

    synchronized Snapshot addByHand(Volume volume, String name, String status, Map<String, String> metadata) {
        return add(UUID.randomUUID().toString(), volume, name, status, metadata);
    }

    private Snapshot add(String id, Volume volume, String name, String status, Map<String, String> metadata) {
        var now = agenda.present();
        var projectId =
                volume.projectId().isEmpty() ? settings.account().project().id() : volume.projectId();
        var snapshot = new Snapshot(
                id,
                projectId,
                volume.id(),
                name,
                null,
                status,
                metadata,
                volume.sizeGib(),
                now,
                null,
                sequence++,
                now,
                now,
                0);
        snapshots.put(snapshot);
        return snapshot;
    }

    synchronized boolean removeByHand(String id) {
        agenda.present();
        var there = snapshots.find(id).isPresent();
        snapshots.remove(id);
        return there;
    }

    private boolean matches(Snapshot snapshot, ListQuery query) {
        return query.name().map(name -> name.equals(snapshot.name())).orElse(true)
                && query.status().map(snapshot.status()::equals).orElse(true)
                && query.volumeId().map(snapshot.volumeId()::equals).orElse(true)
                && query.availabilityZone()
                        .map(zone -> volumes.find(snapshot.projectId(), snapshot.volumeId())
                                .map(volume -> zone.equals(volume.availabilityZone()))
                                .orElse(false))
                        .orElse(true)
                && (query.ids().isEmpty() || query.ids().contains(snapshot.id()));
    }

    /** After a while, unless its status was changed meanwhile: the step, or gone if the step answers null. */
    private void plan(Snapshot snapshot, Duration delay, UnaryOperator<Snapshot> step) {
        agenda.at(agenda.present().plus(delay), now -> snapshots
                .find(snapshot.id())
                .filter(stored -> stored.step() == snapshot.step())
                .ifPresent(stored -> {
                    var after = step.apply(stored);
                    if (after == null) {
                        snapshots.remove(stored.id());
                    } else {
                        snapshots.put(after);
                    }
                }));
    }
}
