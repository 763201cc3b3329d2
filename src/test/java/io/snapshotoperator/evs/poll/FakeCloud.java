/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.testing.SnapshotsOnlyClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A cloud that contains what a test puts into it, and records each list. It grants each permit at once. */
final class FakeCloud implements CloudReads {
    /** How {@link #lists} names a list without a filter. */
    static final String ALL = "all";

    private final Map<SnapshotId, CloudSnapshot> snapshots = new LinkedHashMap<>();
    private final List<String> lists = new ArrayList<>();
    private final List<String> reads = new ArrayList<>();
    private final CloudClient client = new ReadOnlyClient();
    private Optional<RuntimeException> nextFailure = Optional.empty();
    private Runnable duringNextList = () -> {};
    private Runnable onRead = () -> {};
    private boolean repeatsPages;
    private Optional<String> rejectedWord = Optional.empty();

    static CloudSnapshot snapshot(String name, String word, Map<String, String> metadata) {
        return new CloudSnapshot(
                new SnapshotId(name),
                word,
                Optional.empty(),
                Optional.of(name),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                metadata);
    }

    static Map<String, String> markerOf(String uid) {
        return new OwnershipMarker(uid, "create-1", "installation", "default", "request").addTo(Map.of());
    }

    static CloudException noResponse() {
        return failure(CloudException.Kind.TRANSIENT);
    }

    private static CloudException failure(CloudException.Kind kind) {
        return new CloudException(CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("list snapshots")
                .cloudMessage("no response")
                .advice("Wait.")
                .build());
    }

    void put(CloudSnapshot snapshot) {
        snapshots.put(snapshot.id(), snapshot);
    }

    void put(String name, String word) {
        put(snapshot(name, word, Map.of()));
    }

    void remove(String name) {
        snapshots.remove(new SnapshotId(name));
    }

    void clear() {
        snapshots.clear();
    }

    /** Returns the status words of the lists so far, or {@link #ALL}. */
    List<String> lists() {
        return List.copyOf(lists);
    }

    /** Returns the ids that were read one by one so far. */
    List<String> reads() {
        return List.copyOf(reads);
    }

    void duringEachRead(Runnable event) {
        onRead = event;
    }

    /** From now on the cloud rejects lists by this status word. */
    void rejectWord(String word) {
        rejectedWord = Optional.of(word);
    }

    void failNextList(RuntimeException failure) {
        nextFailure = Optional.of(failure);
    }

    void duringNextList(Runnable event) {
        duringNextList = event;
    }

    /** From now on each page is full and equal to the previous one, so that no list is complete. */
    void repeatPages() {
        repeatsPages = true;
    }

    /** From now on lists are complete again. */
    void endPages() {
        repeatsPages = false;
    }

    @Override
    public Reservation tryReserveRead() {
        return new Reservation.Granted();
    }

    @Override
    public <T> T read(Function<CloudClient, T> reads) {
        return reads.apply(client);
    }

    private Page<CloudSnapshot> page(SnapshotFilter filter, PageRequest request) {
        if (request.after().isEmpty()) {
            lists.add(filter.status().orElse(ALL));
        }
        var event = duringNextList;
        duringNextList = () -> {};
        event.run();
        if (nextFailure.isPresent()) {
            var failure = nextFailure.get();
            nextFailure = Optional.empty();
            throw failure;
        }
        if (rejectedWord.isPresent() && filter.status().equals(rejectedWord)) {
            throw failure(CloudException.Kind.INVALID_REQUEST);
        }
        if (repeatsPages) {
            return new Page<>(
                    IntStream.range(0, request.limit())
                            .mapToObj(number -> snapshot("other-" + number, "available", Map.of()))
                            .toList(),
                    Optional.empty(),
                    true);
        }
        var matching = snapshots.values().stream().filter(filter::matches).toList();
        var page = matching.stream()
                .dropWhile(snapshot -> request.after().isPresent()
                        && !snapshot.id().value().equals(request.after().get()))
                .skip(request.after().isPresent() ? 1 : 0)
                .limit(request.limit())
                .toList();
        return new Page<>(page, Optional.of(matching.size()), page.size() == request.limit());
    }

    /** The poller only reads. Each other call is an error. */
    private final class ReadOnlyClient extends SnapshotsOnlyClient {
        @Override
        public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
            return page(filter, page);
        }

        @Override
        public boolean supportsMarkerPaging() {
            return true;
        }

        @Override
        public CloudLocation authenticate() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CloudSnapshot create(CreateSnapshotRequest snapshot) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<CloudSnapshot> read(SnapshotId id) {
            reads.add(id.value());
            onRead.run();
            return Optional.ofNullable(snapshots.get(id));
        }

        @Override
        public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean delete(SnapshotId id) {
            throw new UnsupportedOperationException();
        }
    }
}
