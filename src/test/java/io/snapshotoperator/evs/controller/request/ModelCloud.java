/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cloud of the model: its snapshots, and the create requests that did not arrive yet. */
final class ModelCloud {

    /** One snapshot. It stays in the model when it is gone. */
    static final class StoredSnapshot {
        final SnapshotId id;
        final CloudLocation location;
        final boolean sentByOperator;
        final boolean late;
        final Map<String, String> metadata;
        final VolumeId volume;
        final Instant visibleFrom;
        private final Instant created;
        String status;
        String name;
        Optional<String> description;
        boolean gone;
        boolean deletedByOperator;
        private boolean everFailed;

        private StoredSnapshot(SnapshotId id, Delivery delivery, boolean sentByOperator, String status) {
            var request = delivery.request();
            this.id = id;
            this.location = delivery.location();
            this.sentByOperator = sentByOperator;
            this.late = delivery.late();
            this.metadata = request.metadata();
            this.volume = request.volumeId();
            this.created = delivery.at();
            this.visibleFrom = delivery.at().plus(delivery.lag());
            this.status = status;
            this.name = request.name();
            this.description = request.description();
        }

        CloudSnapshot describe() {
            return CloudSnapshotBuilder.builder()
                    .id(id)
                    .wireState(status)
                    .volumeId(volume)
                    .name(name)
                    .description(description)
                    .sizeGiB(10)
                    .createdAt(created)
                    .metadata(metadata)
                    .build();
        }

        LivingSnapshot toLiving() {
            return new LivingSnapshot(id.value(), name, status, metadata);
        }

        SnapshotInvariants.ExecutedCreate toExecutedCreate() {
            return new SnapshotInvariants.ExecutedCreate(
                    metadata.getOrDefault(SnapshotInvariants.UID, ""), createId(), everFailed, late);
        }

        String createId() {
            return metadata.getOrDefault(SnapshotInvariants.CREATE_ID, "");
        }

        @Override
        public String toString() {
            return id + " " + status;
        }
    }

    /**
     * A create request on its way.
     *
     * @param lag the time after the execution in which the snapshot is not visible
     * @param late whether it arrives later than the settle time
     */
    record Delivery(
            Instant at,
            CloudLocation location,
            CreateSnapshotRequest request,
            Duration lag,
            boolean late,
            Instant sent) {}

    private final boolean allowsSecond;
    private final List<StoredSnapshot> all = new ArrayList<>();
    private final List<Delivery> inFlight = new ArrayList<>();

    /** When a recorded snapshot was removed by another client. */
    private Optional<Instant> missingSince = Optional.empty();

    /** @param allowsSecond whether a second snapshot may be created: a user can make the operator do that for his own volume */
    ModelCloud(boolean allowsSecond) {
        this.allowsSecond = allowsSecond;
    }

    /** Executes the create requests that have arrived by now. */
    void advance(Instant now) {
        inFlight.stream()
                .filter(delivery -> !delivery.at().isAfter(now))
                .sorted(Comparator.comparing(Delivery::at))
                .toList()
                .forEach(delivery -> {
                    inFlight.remove(delivery);
                    execute(delivery);
                });
    }

    /** Accepts a create request that arrives later. */
    void deliverLater(Delivery delivery) {
        inFlight.add(delivery);
    }

    /** Executes a create request that arrives now. */
    StoredSnapshot execute(CloudLocation location, CreateSnapshotRequest request, Instant now, Duration lag) {
        return execute(new Delivery(now, location, request, lag, false, now));
    }

    private StoredSnapshot execute(Delivery delivery) {
        if (!allowsSecond && lateCount() == 0 && !delivery.late()) {
            assertThat(living())
                    .as("snapshots that exist when another create request is executed")
                    .isEmpty();
            missingSince.ifPresent(since -> assertThat(delivery.sent())
                    .as("when a create request was sent although the snapshot was missing")
                    .isBefore(since));
        }
        return add(delivery, true, "creating");
    }

    /** Adds an available snapshot that the operator did not create. */
    StoredSnapshot addForeign(CloudLocation location, CreateSnapshotRequest like, Instant now) {
        return add(new Delivery(now, location, like, Duration.ZERO, false, now), false, "available");
    }

    private StoredSnapshot add(Delivery delivery, boolean sentByOperator, String status) {
        var snapshot = new StoredSnapshot(new SnapshotId("s-" + (all.size() + 1)), delivery, sentByOperator, status);
        all.add(snapshot);
        return snapshot;
    }

    /** Returns whether a create request was late or will be. */
    boolean anyLate() {
        return lateCount() > 0 || inFlight.stream().anyMatch(Delivery::late);
    }

    int lateCount() {
        return (int) all.stream().filter(snapshot -> snapshot.late).count();
    }

    /** Returns what the create requests of the operator created, with those that are gone. */
    List<StoredSnapshot> created() {
        return all.stream().filter(snapshot -> snapshot.sentByOperator).toList();
    }

    /** Returns what the create requests of the operator created and what still exists. */
    List<StoredSnapshot> living() {
        return created().stream().filter(snapshot -> !snapshot.gone).toList();
    }

    List<StoredSnapshot> present() {
        return all.stream().filter(snapshot -> !snapshot.gone).toList();
    }

    /** Returns whether no create request is on its way, except for late ones. */
    boolean isQuiet() {
        return inFlight.stream().allMatch(Delivery::late);
    }

    Optional<StoredSnapshot> find(SnapshotId id) {
        return all.stream().filter(snapshot -> snapshot.id.equals(id)).findFirst();
    }

    /** Removes a recorded snapshot, as another client does. */
    void remove(StoredSnapshot snapshot, Instant now) {
        snapshot.gone = true;
        missingSince = Optional.of(now);
    }

    boolean anyMissing() {
        return missingSince.isPresent();
    }

    Optional<CloudSnapshot> read(CloudLocation location, SnapshotId id, Instant now) {
        return visible(location, now).stream()
                .filter(snapshot -> snapshot.id().equals(id))
                .findFirst();
    }

    List<CloudSnapshot> list(CloudLocation location, SnapshotFilter filter, Instant now) {
        return visible(location, now).stream().filter(filter::matches).toList();
    }

    private List<CloudSnapshot> visible(CloudLocation location, Instant now) {
        return present().stream()
                .filter(snapshot -> snapshot.location.equals(location) && !now.isBefore(snapshot.visibleFrom))
                .map(StoredSnapshot::describe)
                .toList();
    }

    /** Changes the state of a snapshot as the cloud does. Outcome 0 is the good one. */
    void progress(StoredSnapshot snapshot, int outcome) {
        switch (snapshot.status) {
            case "creating" -> {
                snapshot.everFailed = outcome == 1 || outcome == 2;
                snapshot.status = snapshot.everFailed ? "error" : "available";
            }
            case "deleting" -> {
                switch (outcome) {
                    case 1 -> snapshot.status = "error_deleting";
                    case 2 -> snapshot.status = "available";
                    default -> snapshot.gone = true;
                }
            }
            case "available" ->
                snapshot.status = switch (outcome) {
                    case 1 -> "backing-up";
                    case 2 -> "rollbacking";
                    case 3 -> "pondering";
                    default -> "available";
                };
            case "error_deleting" -> snapshot.gone = outcome == 0;
            case "error" -> {}
            default -> snapshot.status = "available";
        }
    }
}
