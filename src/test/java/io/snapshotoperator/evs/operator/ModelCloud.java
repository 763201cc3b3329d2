/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.OwnershipMarker;
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
        final CloudLocation place;
        final boolean ordered;
        final Map<String, String> metadata;
        final Instant created;
        final Instant visible;
        final VolumeId volume;
        String word;
        String name;
        Optional<String> description;
        boolean gone;
        boolean deletedByUs;

        private Shelved(
                SnapshotId id,
                CloudLocation place,
                boolean ordered,
                CreateSnapshotRequest order,
                Instant created,
                Instant visible,
                String word) {
            this.id = id;
            this.place = place;
            this.ordered = ordered;
            this.metadata = order.metadata();
            this.created = created;
            this.visible = visible;
            this.volume = order.volumeId();
            this.word = word;
            this.name = order.name();
            this.description = order.description();
        }

        CloudSnapshot seen() {
            return new CloudSnapshot(
                    id,
                    word,
                    Optional.of(volume),
                    Optional.of(name),
                    description,
                    Optional.of(10),
                    Optional.of(created),
                    Optional.empty(),
                    metadata);
        }

        String order() {
            return metadata.getOrDefault(OwnershipMarker.PREFIX + "order", "");
        }
    }

    private record Delivery(
            Instant at, CloudLocation place, CreateSnapshotRequest order, Duration lag, boolean late, Instant sent) {}

    private final List<Shelved> all = new ArrayList<>();
    private final List<Delivery> underWay = new ArrayList<>();
    private final Map<SnapshotId, String> lastSeen = new HashMap<>();
    private int ids;
    private int lateOnes;

    /** When a snapshot was removed by someone else although a status recorded it. */
    private Optional<Instant> lost = Optional.empty();

    /** Hands over what has arrived by now. */
    void advance(Instant now) {
        underWay.stream()
                .filter(it -> !it.at().isAfter(now))
                .sorted(Comparator.comparing(Delivery::at))
                .toList()
                .forEach(it -> {
                    underWay.remove(it);
                    act(it);
                });
    }

    /** An order that will arrive by and by. */
    void post(
            CloudLocation place,
            CreateSnapshotRequest order,
            Instant sent,
            Duration delay,
            Duration lag,
            boolean late) {
        underWay.add(new Delivery(sent.plus(delay), place, order, lag, late, sent));
    }

    /** An order that arrives now. */
    Shelved act(CloudLocation place, CreateSnapshotRequest order, Instant now, Duration lag) {
        return act(new Delivery(now, place, order, lag, false, now));
    }

    private Shelved act(Delivery it) {
        lateOnes += it.late() ? 1 : 0;
        if (lateOnes == 0) {
            assertThat(living().stream().map(other -> other.id + " " + other.word))
                    .as("snapshots that live when another create is acted on")
                    .isEmpty();
            lost.ifPresent(when -> assertThat(it.sent())
                    .as("an order that left after the snapshot was lost")
                    .isBefore(when));
        }
        return shelve(it.place(), true, it.order(), it.at(), it.at().plus(it.lag()), "creating");
    }

    /** A snapshot that we did not order. */
    Shelved foreign(CloudLocation place, CreateSnapshotRequest like, Instant now, String word) {
        return shelve(place, false, like, now, now, word);
    }

    private Shelved shelve(
            CloudLocation place,
            boolean ordered,
            CreateSnapshotRequest order,
            Instant created,
            Instant visible,
            String word) {
        var fresh = new Shelved(new SnapshotId("s-" + ++ids), place, ordered, order, created, visible, word);
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
        return all.stream().filter(it -> it.ordered).count();
    }

    /** What our orders made and what is still there. */
    List<Shelved> living() {
        return all.stream().filter(it -> it.ordered && !it.gone).toList();
    }

    List<Shelved> present() {
        return all.stream().filter(it -> !it.gone).toList();
    }

    List<Shelved> foreign() {
        return all.stream().filter(it -> !it.ordered).toList();
    }

    boolean quiet() {
        return underWay.stream().allMatch(Delivery::late);
    }

    Optional<Shelved> find(SnapshotId id) {
        return all.stream().filter(it -> it.id.equals(id)).findFirst();
    }

    /** Someone else removes it. */
    void remove(Shelved it, Instant now) {
        it.gone = true;
        lost = Optional.of(now);
    }

    boolean anyLost() {
        return lost.isPresent();
    }

    // ---------------------------------------------------------------- what a client sees

    Optional<CloudSnapshot> read(CloudLocation place, SnapshotId id, Instant now) {
        var found = all.stream()
                .filter(it -> it.place.equals(place) && it.id.equals(id) && !it.gone && !now.isBefore(it.visible))
                .findFirst()
                .map(Shelved::seen);
        lastSeen.put(id, found.map(CloudSnapshot::wireState).orElse("(absent)"));
        return found;
    }

    List<CloudSnapshot> list(CloudLocation place, Instant now) {
        var listed = all.stream()
                .filter(it -> it.place.equals(place) && !it.gone && !now.isBefore(it.visible))
                .map(Shelved::seen)
                .toList();
        listed.forEach(this::noted);
        return listed;
    }

    void noted(CloudSnapshot answer) {
        lastSeen.put(answer.id(), answer.wireState());
    }

    String lastSeen(String id) {
        return lastSeen.getOrDefault(new SnapshotId(id), "(never)");
    }

    // ---------------------------------------------------------------- how it goes on

    /** The cloud goes on with one of its snapshots; outcome 0 is the good one. */
    void goOn(Shelved it, int outcome) {
        switch (it.word) {
            case "creating" -> it.word = outcome == 1 || outcome == 2 ? "error" : "available";
            case "deleting" -> {
                switch (outcome) {
                    case 1 -> it.word = "error_deleting";
                    case 2 -> it.word = "available";
                    default -> it.gone = true;
                }
            }
            case "available" ->
                it.word = switch (outcome) {
                    case 1 -> "backing-up";
                    case 2 -> "rollbacking";
                    case 3 -> "pondering";
                    default -> "available";
                };
            case "error_deleting" -> it.gone = outcome == 0;
            case "error" -> {}
            default -> it.word = "available";
        }
    }
}
