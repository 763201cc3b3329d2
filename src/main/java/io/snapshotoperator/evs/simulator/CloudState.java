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
    private final VolumeStore disks;
    private long sequence;

    CloudState(SimulatorClock clock, SimulatorSettings settings) {
        this.agenda = new EventQueue(clock);
        this.settings = settings;
        this.disks = new VolumeStore(
                settings.account().project().id(), settings.habits().anyDisk());
        this.rules = new CreationRules(settings.limits(), settings.habits(), snapshots, disks);
        settings.disks().forEach(disks::put);
        settings.snapshots().forEach(this::put);
    }

    /** Lets everything happen that fell due; answers with the instant until which it did. */
    synchronized Instant present() {
        return agenda.present();
    }

    /** Plans a deed of the outside world, such as an order that the network held back. */
    synchronized void later(Duration delay, Consumer<Instant> deed) {
        agenda.at(agenda.present().plus(delay), deed);
    }

    synchronized Snapshot create(String projectId, CreateSnapshotBody order, Fate fate) {
        var now = agenda.present();
        var disk = disk(projectId, order.volumeId());
        rules.check(order, disk);
        var snapshot = new Snapshot(
                UUID.randomUUID().toString(),
                projectId,
                disk.id(),
                order.name(),
                order.description(),
                "creating",
                fate.keepsMetadata() ? order.metadata() : Map.of(),
                disk.sizeGib(),
                now,
                null,
                sequence++,
                now.plus(fate.listedAfter()),
                now.plus(fate.readableAfter()),
                0);
        snapshots.put(snapshot);
        var takes = disk.snapshotTakes().orElse(settings.timing().snapshotTakes());
        switch (fate.ending()) {
            case AVAILABLE -> plan(snapshot, takes, it -> it.withStatus("available"));
            case ERROR -> plan(snapshot, takes, it -> it.withStatus("error"));
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
            case GONE -> plan(deleting, takes, it -> null);
            case ERROR_DELETING -> plan(deleting, takes, it -> it.withStatus("error_deleting"));
            case BACK_TO_AVAILABLE -> plan(deleting, takes, it -> it.withStatus("available"));
        }
        return deleting;
    }

    /** Changes name and description, in any state (Cinder 12.0.0 cinder/api/v2/snapshots.py update). */
    synchronized Snapshot update(String projectId, String id, UpdateSnapshotBody order) {
        var now = agenda.present();
        var after = order.applyTo(snapshot(projectId, id), now);
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
                .filter(it -> it.projectId().equals(projectId))
                .filter(it -> !now.isBefore(it.readableFrom()))
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
        var begun = marker.isEmpty();
        for (var candidate : candidates) {
            var matches = candidate.projectId().equals(projectId)
                    && !now.isBefore(candidate.listedFrom())
                    && matches(candidate, query);
            if (matches) {
                total++;
                if (begun && toSkip > 0) {
                    toSkip--;
                } else if (begun && page.size() < query.limit()) {
                    page.add(candidate);
                }
            }
            begun = begun || candidate.id().equals(marker.get().id());
        }
        return new ListQuery.Page(List.copyOf(page), total);
    }

    /** One disk of the project; those of other projects are as good as absent. */
    synchronized Volume disk(String projectId, String id) {
        return disks.find(projectId, id).orElseThrow(() -> ApiErrorException.unknownVolume(id));
    }

    synchronized List<Volume> disks() {
        return disks.all();
    }

    synchronized List<Volume> disksOf(String projectId) {
        return disks.ofProject(projectId);
    }

    synchronized void putDisk(Volume disk) {
        disks.put(disk);
    }

    /** Removes a disk, and its snapshots with it (user manual: deleting_an_evs_snapshot). */
    synchronized void removeDisk(String id) {
        agenda.present();
        disks.remove(id);
        snapshotsOfDisk(id).forEach(it -> snapshots.remove(it.id()));
    }

    synchronized List<Snapshot> snapshotsOfDisk(String volumeId) {
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
        var disk = disks.all().stream()
                .filter(it -> it.id().equals(given.volumeId()))
                .findFirst()
                .orElseGet(() -> Volume.available(given.volumeId()));
        add(given.id(), disk, given.name().orElse(null), given.status(), Map.of());
    }

    synchronized Snapshot addByHand(Volume disk, String name, String status, Map<String, String> metadata) {
        return add(UUID.randomUUID().toString(), disk, name, status, metadata);
    }

    private Snapshot add(String id, Volume disk, String name, String status, Map<String, String> metadata) {
        var now = agenda.present();
        var projectId =
                disk.projectId().isEmpty() ? settings.account().project().id() : disk.projectId();
        var snapshot = new Snapshot(
                id,
                projectId,
                disk.id(),
                name,
                null,
                status,
                metadata,
                disk.sizeGib(),
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

    private boolean matches(Snapshot it, ListQuery query) {
        return query.name().map(name -> name.equals(it.name())).orElse(true)
                && query.status().map(it.status()::equals).orElse(true)
                && query.volumeId().map(it.volumeId()::equals).orElse(true)
                && query.availabilityZone()
                        .map(zone -> disks.find(it.projectId(), it.volumeId())
                                .map(disk -> zone.equals(disk.availabilityZone()))
                                .orElse(false))
                        .orElse(true)
                && (query.ids().isEmpty() || query.ids().contains(it.id()));
    }

    /** After a while, unless its status was changed meanwhile: the step, or gone if the step answers null. */
    private void plan(Snapshot snapshot, Duration delay, UnaryOperator<Snapshot> step) {
        agenda.at(agenda.present().plus(delay), now -> snapshots
                .find(snapshot.id())
                .filter(it -> it.step() == snapshot.step())
                .ifPresent(it -> {
                    var after = step.apply(it);
                    if (after == null) {
                        snapshots.remove(it.id());
                    } else {
                        snapshots.put(after);
                    }
                }));
    }
}
