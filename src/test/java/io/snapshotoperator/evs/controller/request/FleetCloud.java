/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SnapshotsOnlyClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cloud of a {@link FleetSimulation}, and the client that calls it. A snapshot is available, and a deleted one gone, after a
 * fixed latency. Every call is counted, also a rejected one.
 */
final class FleetCloud extends SnapshotsOnlyClient {
    private static final CloudLocation LOCATION = new CloudLocation("https://evs.example", "project-a");

    /** How the cloud answers all calls. */
    sealed interface Mode {
        /** It works. */
        record Normal() implements Mode {}

        /**
         * It answers 429. It executes each third create request in spite of that.
         *
         * @param retryAfter the header; empty without one
         */
        record Throttling(Optional<Duration> retryAfter) implements Mode {}

        /**
         * It does not answer.
         *
         * @param requestsSent whether requests leave and no response arrives; if not, no connection is established
         */
        record Down(boolean requestsSent) implements Mode {}
    }

    private record Stored(
            SnapshotId id, CreateSnapshotRequest request, Instant createdAt, Optional<Instant> deletedAt) {
        Stored deletedAt(Instant time) {
            return new Stored(id, request, createdAt, Optional.of(time));
        }

        String uid() {
            return request.metadata().get(SnapshotInvariants.UID);
        }
    }

    private final InstantSource clock;
    private final Duration latency;
    private final Map<SnapshotId, Stored> stored = new LinkedHashMap<>();
    private final Map<String, Integer> createdByUid = new LinkedHashMap<>();
    private final TreeMap<Long, Integer> callsBySecond = new TreeMap<>();
    private Mode mode = new Mode.Normal();
    private int creates;
    private int calls;

    /** @param latency the time from a create request until the snapshot is available, and from a delete until it is gone */
    FleetCloud(InstantSource clock, Duration latency) {
        this.clock = clock;
        this.latency = latency;
    }

    void change(Mode next) {
        mode = next;
    }

    int calls() {
        return calls;
    }

    /** Returns the number of calls in each second from one instant to another. */
    List<Integer> callsPerSecond(Instant from, Instant to) {
        List<Integer> counts = new ArrayList<>();
        for (var second = from.getEpochSecond(); second < to.getEpochSecond(); second++) {
            counts.add(callsBySecond.getOrDefault(second, 0));
        }
        return counts;
    }

    /** Returns how many snapshots were created for each object, by its UID. */
    Map<String, Integer> createdByUid() {
        return createdByUid;
    }

    /** Returns when the snapshot of an object was created; empty if it has none. */
    Optional<Instant> createdAt(String uid) {
        return ofObject(uid).map(Stored::createdAt);
    }

    /** Returns since when the snapshot of an object is available, if it was not deleted. */
    Optional<Instant> availableAt(String uid) {
        return createdAt(uid).map(time -> time.plus(latency));
    }

    /** Returns when the cloud accepted to delete the snapshot of an object. */
    Optional<Instant> deletedAt(String uid) {
        return ofObject(uid).flatMap(Stored::deletedAt);
    }

    private Optional<Stored> ofObject(String uid) {
        return stored.values().stream()
                .filter(snapshot -> snapshot.uid().equals(uid))
                .findFirst();
    }

    @Override
    public CloudLocation authenticate() {
        // The token is valid for hours, so that no call is necessary.
        return LOCATION;
    }

    @Override
    public boolean supportsMarkerPaging() {
        return true;
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest request) {
        count();
        var executed = mode instanceof Mode.Normal || (mode instanceof Mode.Throttling && ++creates % 3 == 0);
        if (executed) {
            var id = new SnapshotId("s-" + (stored.size() + 1));
            stored.put(id, new Stored(id, request, clock.instant(), Optional.empty()));
            createdByUid.merge(request.metadata().get(SnapshotInvariants.UID), 1, Integer::sum);
        }
        requireResponse(true);
        return describe(stored.get(new SnapshotId("s-" + stored.size())));
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        count();
        requireResponse(false);
        return Optional.of(stored.get(id)).filter(this::exists).map(this::describe);
    }

    @Override
    public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
        count();
        requireResponse(false);
        var matching = present().stream().filter(filter::matches).toList();
        var first = page.after()
                .map(last -> matching.stream()
                                .map(snapshot -> snapshot.id().value())
                                .toList()
                                .indexOf(last)
                        + 1)
                .orElse(0);
        var end = Math.min(matching.size(), first + page.limit());
        return new Page<>(matching.subList(first, end), Optional.of(matching.size()), end < matching.size());
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        throw new UnsupportedOperationException("no request of the fleet is renamed");
    }

    @Override
    public boolean delete(SnapshotId id) {
        count();
        requireResponse(true);
        var snapshot = stored.get(id);
        stored.put(id, snapshot.deletedAt().isPresent() ? snapshot : snapshot.deletedAt(clock.instant()));
        return exists(snapshot);
    }

    private Collection<CloudSnapshot> present() {
        return stored.values().stream().filter(this::exists).map(this::describe).toList();
    }

    private boolean exists(Stored snapshot) {
        return snapshot.deletedAt()
                .filter(time -> !clock.instant().isBefore(time.plus(latency)))
                .isEmpty();
    }

    private CloudSnapshot describe(Stored snapshot) {
        var settled = !clock.instant().isBefore(snapshot.createdAt().plus(latency));
        return CloudSnapshotBuilder.builder()
                .id(snapshot.id())
                .wireState(snapshot.deletedAt().isPresent() ? "deleting" : settled ? "available" : "creating")
                .volumeId(snapshot.request().volumeId())
                .name(snapshot.request().name())
                .sizeGiB(10)
                .createdAt(snapshot.createdAt())
                .metadata(snapshot.request().metadata())
                .build();
    }

    private void count() {
        calls++;
        callsBySecond.merge(clock.instant().getEpochSecond(), 1, Integer::sum);
    }

    /** Throws unless the cloud works. */
    private void requireResponse(boolean mutating) {
        if (mode instanceof Mode.Throttling throttling) {
            throw new CloudException(CloudExceptionDetailsBuilder.builder()
                    .kind(Kind.THROTTLED)
                    .operation("call")
                    .httpStatus(429)
                    .cloudMessage("too many requests")
                    .advice("Wait.")
                    .retryAfter(throttling.retryAfter())
                    .mayHaveActed(mutating)
                    .build());
        }
        if (mode instanceof Mode.Down down) {
            throw new CloudException(CloudExceptionDetailsBuilder.builder()
                    .kind(Kind.TRANSIENT)
                    .operation("call")
                    .cloudMessage("no response arrived")
                    .advice("Wait.")
                    .mayHaveActed(mutating && down.requestsSent())
                    .build());
        }
    }
}
