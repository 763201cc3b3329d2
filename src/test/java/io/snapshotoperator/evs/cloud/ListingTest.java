/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListingTest {

    /** A cloud that holds a list and, before each page, lets something happen to it. */
    private static final class Pages implements DiskSnapshots {
        private final List<CloudSnapshot> all = new ArrayList<>();
        private final boolean marker;
        private Runnable beforeSecond = () -> {};
        private int calls;

        Pages(boolean marker, int count) {
            this.marker = marker;
            IntStream.range(0, count).forEach(i -> all.add(snapshot("s-" + i, "d")));
        }

        @Override
        public SnapshotPage list(SnapshotFilter filter, PageRequest page) {
            if (++calls == 2) {
                beforeSecond.run();
            }
            var from = page.after()
                    .map(id -> IntStream.range(0, all.size())
                                    .filter(i -> all.get(i).id().equals(id))
                                    .findFirst()
                                    .orElseThrow()
                            + 1)
                    .orElse(Math.min(page.offset(), all.size()));
            return new SnapshotPage(all.subList(from, Math.min(all.size(), from + page.limit())));
        }

        @Override
        public boolean pagesByMarker() {
            return marker;
        }

        @Override
        public Place ready() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CloudSnapshot create(NewSnapshot snapshot) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<CloudSnapshot> read(SnapshotId id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<CloudSnapshot> update(SnapshotId id, SnapshotChange change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean delete(SnapshotId id) {
            throw new UnsupportedOperationException();
        }
    }

    private static CloudSnapshot snapshot(String id, String disk) {
        return new CloudSnapshot(
                new SnapshotId(id),
                "available",
                Optional.of(new VolumeId(disk)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static Listing walk(Pages cloud, int size) {
        return Listing.walk(cloud, SnapshotFilter.all(), size, () -> {});
    }

    @Test
    void onePageThatIsNotFullIsComplete() {
        var cloud = new Pages(false, 4);
        assertThat(walk(cloud, 5)).satisfies(it -> {
            assertThat(it.complete()).isTrue();
            assertThat(it.snapshots()).hasSize(4);
        });
        assertThat(cloud.calls).isEqualTo(1);
    }

    @Test
    void pagesByOffsetOverlapAndShowEachOnce() {
        var listing = walk(new Pages(false, 12), 5);
        assertThat(listing.complete()).isTrue();
        assertThat(listing.snapshots()).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void aDeletionBetweenTwoPagesByOffsetIsNoticed() {
        var cloud = new Pages(false, 12);
        cloud.beforeSecond = () -> cloud.all.remove(0);
        assertThat(walk(cloud, 5).complete()).isFalse();
    }

    @Test
    void anAdditionBetweenTwoPagesByOffsetHidesNothing() {
        var cloud = new Pages(false, 12);
        cloud.beforeSecond = () -> cloud.all.add(0, snapshot("new", "d"));
        var listing = walk(cloud, 5);
        assertThat(listing.complete()).isTrue();
        assertThat(listing.snapshots()).extracting(it -> it.id().value()).contains("s-0", "s-11");
    }

    @Test
    void pagesByMarkerAreCompleteEvenWhenTheLastOneIsFull() {
        var listing = walk(new Pages(true, 10), 5);
        assertThat(listing.complete()).isTrue();
        assertThat(listing.snapshots()).hasSize(10);
    }

    @Test
    void aFilterThatTheCloudIgnoresIsAppliedHere() {
        var cloud = new Pages(false, 2);
        cloud.all.add(snapshot("other", "another"));
        var listing = Listing.walk(cloud, SnapshotFilter.ofVolume(new VolumeId("another")), 10, () -> {});
        assertThat(listing.snapshots()).extracting(it -> it.id().value()).containsExactly("other");
    }

    @Test
    void aPermitIsAwaitedBeforeEachCall() {
        var permits = new ArrayList<Integer>();
        var cloud = new Pages(false, 12);
        Listing.walk(cloud, SnapshotFilter.all(), 5, () -> permits.add(1));
        assertThat(permits).hasSize(cloud.calls);
    }
}
