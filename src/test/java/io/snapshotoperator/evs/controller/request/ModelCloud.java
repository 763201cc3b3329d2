/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model's cloud: what it holds, what is still on the way to it, and what it remembers having done. */
final class ModelCloud {

    /** One snapshot, for as long as it exists. */
    static final class Shelved {
        final SnapshotId id;
        final CloudLocation location;
        final boolean sentByOperator;
        final Map<String, String> metadata;
        final Instant created;
        final Instant visible;
        final VolumeId volume;
        String status;
        String name;
        Optional<String> description;
        boolean gone;
        boolean deletedByUs;

        private Shelved(
                SnapshotId id,
                CloudLocation location,
                boolean sentByOperator,
                CreateSnapshotRequest request,
                Instant created,
                Instant visible,
                String word) {
            this.id = id;
            this.location = location;
            this.sentByOperator = sentByOperator;
            this.metadata = request.metadata();
            this.created = created;
            this.visible = visible;
            this.volume = request.volumeId();
            this.status = word;
            this.name = request.name();
            this.description = request.description();
        }

        CloudSnapshot seen() {
            return new CloudSnapshot(
                    id,
                    status,
                    Optional.of(volume),
                    Optional.of(name),
                    description,
                    Optional.of(10),
                    Optional.of(created),
                    Optional.empty(),
                    metadata);
        }

        String order() {
            return metadata.getOrDefault(OwnershipMarker.PREFIX + "create-id", "");
        }
    }

    private record Delivery(
            Instant at,
            CloudLocation location,
            CreateSnapshotRequest request,
            Duration lag,
            boolean late,
            Instant sent) {}

    private final List<Shelved> all = new ArrayList<>();
    private final List<Delivery> underWay = new ArrayList<>();
    private final Map<SnapshotId, String> lastSeen = new HashMap<>();
    private int ids;
    private int lateOnes;

    /** When a snapshot was removed by someone else although a status recorded it. */
    private Optional<Instant> lostUntil = Optional.empty();

    /** Hands over what has arrived by now. */
    void advance(Instant now) {
        underWay.stream()
                .filter(delivery -> !delivery.at().isAfter(now))
                .sorted(Comparator.comparing(Delivery::at))
                .toList()
                .forEach(delivery -> {
                    underWay.remove(delivery);
                    act(delivery);
                });
    }

    /** An order that will arrive by and by. */
    void post(
            CloudLocation location,
            CreateSnapshotRequest request,
            Instant sent,
            Duration delay,
            Duration lag,
            boolean late) {
        underWay.add(new Delivery(sent.plus(delay), location, request, lag, late, sent));
    }

    /** An order that arrives now. */
    Shelved act(CloudLocation location, CreateSnapshotRequest request, Instant now, Duration lag) {
        return act(new Delivery(now, location, request, lag, false, now));
    }

    private Shelved act(Delivery delivery) {
        lateOnes += delivery.late() ? 1 : 0;
        if (lateOnes == 0) {
            assertThat(living().stream().map(other -> other.id + " " + other.status))
                    .as("snapshots that live when another create is acted on")
                    .isEmpty();
            lostUntil.ifPresent(when -> assertThat(delivery.sent())
                    .as("an order that left after the snapshot was lost")
                    .isBefore(when));
        }
        return shelve(
                delivery.location(),
                true,
                delivery.request(),
                delivery.at(),
                delivery.at().plus(delivery.lag()),
                "creating");
    }

    /** A snapshot that we did not order. */
    Shelved foreign(CloudLocation location, CreateSnapshotRequest like, Instant now, String word) {
        return shelve(location, false, like, now, now, word);
    }

    private Shelved shelve(
            CloudLocation location,
            boolean sentByOperator,
            CreateSnapshotRequest request,
            Instant created,
            Instant visible,
            String word) {
        var fresh =
                new Shelved(new SnapshotId("s-" + ++ids), location, sentByOperator, request, created, visible, word);
        all.add(fresh);
        return fresh;
    }

    boolean anyLate() {
        return lateOnes > 0 || underWay.stream().anyMatch(Delivery::late);
    }

    int late() {
        return lateOnes;
    }

    long ordered() {
        return all.stream().filter(stored -> stored.sentByOperator).count();
    }

    /** What our orders made and what is still there. */
    List<Shelved> living() {
        return all.stream()
                .filter(stored -> stored.sentByOperator && !stored.gone)
                .toList();
    }

    List<Shelved> present() {
        return all.stream().filter(stored -> !stored.gone).toList();
    }

    List<Shelved> foreign() {
        return all.stream().filter(stored -> !stored.sentByOperator).toList();
    }

    boolean quiet() {
        return underWay.stream().allMatch(Delivery::late);
    }

    Optional<Shelved> find(SnapshotId id) {
        return all.stream().filter(stored -> stored.id.equals(id)).findFirst();
    }

    /** Someone else removes it. */
    void remove(Shelved stored, Instant now) {
        stored.gone = true;
        lostUntil = Optional.of(now);
    }

    boolean anyMissing() {
        return lostUntil.isPresent();
    }

    // ---------------------------------------------------------------- what a client sees

    Optional<CloudSnapshot> read(CloudLocation location, SnapshotId id, Instant now) {
        var found = all.stream()
                .filter(stored -> stored.location.equals(location)
                        && stored.id.equals(id)
                        && !stored.gone
                        && !now.isBefore(stored.visible))
                .findFirst()
                .map(Shelved::seen);
        lastSeen.put(id, found.map(CloudSnapshot::wireState).orElse("(absent)"));
        return found;
    }

    List<CloudSnapshot> list(CloudLocation location, Instant now) {
        var listed = all.stream()
                .filter(stored -> stored.location.equals(location) && !stored.gone && !now.isBefore(stored.visible))
                .map(Shelved::seen)
                .toList();
        listed.forEach(this::noted);
        return listed;
    }

    void noted(CloudSnapshot response) {
        lastSeen.put(response.id(), response.wireState());
    }

    String lastSeen(String id) {
        return lastSeen.getOrDefault(new SnapshotId(id), "(never)");
    }

    // ---------------------------------------------------------------- how it goes on

    /** The cloud goes on with one of its snapshots; outcome 0 is the good one. */
    void goOn(Shelved stored, int outcome) {
        switch (stored.status) {
            case "creating" -> stored.status = outcome == 1 || outcome == 2 ? "error" : "available";
            case "deleting" -> {
                switch (outcome) {
                    case 1 -> stored.status = "error_deleting";
                    case 2 -> stored.status = "available";
                    default -> stored.gone = true;
                }
            }
            case "available" ->
                stored.status = switch (outcome) {
                    case 1 -> "backing-up";
                    case 2 -> "rollbacking";
                    case 3 -> "pondering";
                    default -> "available";
                };
            case "error_deleting" -> stored.gone = outcome == 0;
            case "error" -> {}
            default -> stored.status = "available";
        }
    }
}
