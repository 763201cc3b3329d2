/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.SnapshotsOnlyClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    private final PagedCloud cloud = new PagedCloud();

    private Listing<CloudSnapshot> fetch(int pageSize) {
        return Listing.fetchAll(cloud, SnapshotFilter.all(), pageSize, () -> cloud.permits++);
    }

    private static List<String> ids(Listing<CloudSnapshot> listing) {
        return listing.items().stream().map(snapshot -> snapshot.id().value()).toList();
    }

    private static List<String> upTo(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(i -> "s-" + i).toList();
    }

    @Test
    void isCompleteForEmptyProject() {
        assertThat(fetch(3)).isEqualTo(new Listing<>(List.of(), true));
        assertThat(cloud.permits).isEqualTo(1);
    }

    @Test
    void isCompleteAfterOnePageThatIsNotFullAndReachesCount() {
        cloud.createSnapshots(2);

        assertThat(fetch(3).complete()).isTrue();
        assertThat(cloud.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsUntilNothingMoreIsShownWithoutCountAndLink(boolean byMarker) {
        cloud.byMarker = byMarker;
        cloud.counts = false;
        for (var number = 1; number <= 4; number++) {
            cloud.createSnapshots(number);
            cloud.requests.clear();

            assertThat(fetch(10)).isEqualTo(new Listing<>(cloud.all, true));
            assertThat(cloud.requests).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, true", "true, true, false", "true, false, true", "true, false, false",
        "false, true, true", "false, true, false", "false, false, true", "false, false, false"
    })
    void readsAllPagesThatServerCutsAtItsOwnLimit(boolean byMarker, boolean counts, boolean links) {
        cloud.byMarker = byMarker;
        cloud.counts = counts;
        cloud.links = links;
        cloud.maxPage = 4;
        for (var number = 1; number <= 14; number++) {
            cloud.createSnapshots(number);

            assertThat(fetch(10)).isEqualTo(new Listing<>(cloud.all, true));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, -1", "false, 1", "false, -1"})
    void isIncompleteWhenCountContradictsPages(boolean byMarker, int difference) {
        cloud.byMarker = byMarker;
        cloud.countDifference = difference;
        cloud.createSnapshots(5);

        assertThat(fetch(10).complete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isIncompleteWhenLinkLeadsToNothing(boolean byMarker) {
        cloud.byMarker = byMarker;
        cloud.alwaysLinks = true;
        cloud.createSnapshots(5);

        assertThat(fetch(10).complete()).isFalse();
    }

    @Test
    void isIncompleteWhenServerCutsEachPageAtOneSnapshot() {
        cloud.maxPage = 1;
        cloud.createSnapshots(2);

        assertThat(fetch(10).complete()).isFalse();
    }

    @Test
    void removesSnapshotsThatDoNotMatchFilter() {
        cloud.createSnapshots(5);

        var listing = Listing.fetchAll(cloud, SnapshotFilter.ofVolume(new VolumeId("volume-1")), 10, () -> {});

        assertThat(ids(listing)).containsExactly("s-1", "s-3", "s-5");
        assertThat(listing.complete()).isTrue();
    }

    @Nested
    class ByOffset {
        @Test
        void readsPagesByOffsetWithOverlapOfOne() {
            cloud.createSnapshots(7);

            var listing = fetch(3);

            assertThat(ids(listing)).containsExactlyElementsOf(upTo(7));
            assertThat(listing.complete()).isTrue();
            assertThat(cloud.requests).extracting(PageRequest::offset).containsExactly(0, 2, 4, 6);
            assertThat(cloud.permits).isEqualTo(4);
        }

        @Test
        void readsOneMorePageByOffsetAfterFullLastPage() {
            cloud.createSnapshots(3);

            var listing = fetch(3);

            assertThat(listing.complete()).isTrue();
            assertThat(ids(listing)).containsExactlyElementsOf(upTo(3));
            assertThat(cloud.requests).hasSize(2);
        }

        @Test
        void goesBackByOffsetWhenReadSnapshotIsDeleted() {
            cloud.createSnapshots(7);
            cloud.beforePage(2, page -> cloud.all.remove(0));

            var listing = fetch(3);

            assertThat(listing.complete()).isTrue();
            assertThat(ids(listing)).containsExactlyElementsOf(upTo(7));
            assertThat(cloud.requests).extracting(PageRequest::offset).containsExactly(0, 2, 1, 3, 5);
        }

        @Test
        void isCompleteByOffsetWhenAllReadSnapshotsButOneAreDeleted() {
            cloud.createSnapshots(9);
            cloud.beforePage(2, page -> cloud.all.removeAll(List.copyOf(cloud.all.subList(0, 3))));

            var listing = fetch(4);

            assertThat(listing.complete()).isTrue();
            assertThat(ids(listing)).containsExactlyElementsOf(upTo(9));
        }

        @Test
        void isIncompleteByOffsetWhenAllReadSnapshotsAreDeleted() {
            cloud.createSnapshots(9);
            cloud.beforePage(2, page -> cloud.all.removeAll(List.copyOf(cloud.all.subList(0, 4))));

            assertThat(fetch(4).complete()).isFalse();
        }

        @Test
        void isCompleteByOffsetWhenSnapshotIsCreatedDuringReading() {
            cloud.createSnapshots(7);
            cloud.beforePage(2, page -> cloud.all.add(0, snapshot(99)));

            var listing = fetch(3);

            assertThat(listing.complete()).isTrue();
            assertThat(ids(listing)).containsAll(upTo(7));
        }

        @Test
        void isCompleteByOffsetWhenUnreadSnapshotIsDeleted() {
            cloud.createSnapshots(7);
            cloud.beforePage(2, page -> cloud.all.remove(6));

            assertThat(fetch(3).complete()).isTrue();
        }

        @Test
        void listsSnapshotOnceByOffsetWhenAnotherIsInsertedBeforeIt() {
            cloud.createSnapshots(5);
            cloud.beforePage(2, page -> cloud.all.add(0, snapshot(9)));

            var listing = fetch(3);

            assertThat(ids(listing)).doesNotHaveDuplicates().containsAll(upTo(5));
        }

        @Test
        void isIncompleteWhenCloudIgnoresOffset() {
            cloud.createSnapshots(5);
            cloud.ignoresPaging = true;

            assertThat(fetch(3).complete()).isFalse();
            assertThat(cloud.requests).hasSize(2);
        }

        @Test
        void stopsByOffsetAtMaximumNumberOfPages() {
            cloud.endless = true;

            assertThat(fetch(2).complete()).isFalse();
            assertThat(cloud.requests).hasSize(Listing.MAX_PAGES);
        }
    }

    @Nested
    class ByMarker {
        {
            cloud.byMarker = true;
        }

        @Test
        void readsPagesByMarker() {
            cloud.createSnapshots(7);

            var listing = fetch(3);

            assertThat(ids(listing)).containsExactlyElementsOf(upTo(7));
            assertThat(listing.complete()).isTrue();
            assertThat(cloud.requests)
                    .extracting(page -> page.after().orElse("-"))
                    .containsExactly("-", "s-3", "s-6");
        }

        @Test
        void readsEmptyPageByMarkerAfterFullLastPage() {
            cloud.createSnapshots(6);

            assertThat(fetch(3)).isEqualTo(new Listing<>(cloud.all, true));
            assertThat(cloud.requests).hasSize(3);
        }

        @Test
        void isIncompleteWhenCloudIgnoresMarker() {
            cloud.createSnapshots(5);
            cloud.ignoresPaging = true;

            assertThat(fetch(3).complete()).isFalse();
            assertThat(cloud.requests).hasSize(2);
        }
    }

    @Nested
    class OfVolumes {
        private Listing<CloudVolume> fetch(VolumeFilter filter, int pageSize) {
            return Listing.fetchAll(cloud, filter, pageSize, () -> cloud.permits++);
        }

        @ParameterizedTest
        @CsvSource({"true, true", "true, false", "false, true", "false, false"})
        void readsAllPagesByMarker(boolean counts, boolean links) {
            cloud.byMarker = false;
            cloud.counts = counts;
            cloud.links = links;
            cloud.createSnapshots(7);

            var listing = fetch(VolumeFilter.all(), 3);

            assertThat(listing.items())
                    .extracting(volume -> volume.id().value())
                    .containsExactlyElementsOf(upTo(7));
            assertThat(listing.complete()).isTrue();
            assertThat(cloud.requests)
                    .extracting(page -> page.after().orElse("-"))
                    .startsWith("-", "s-3", "s-6");
            assertThat(cloud.permits).isEqualTo(cloud.requests.size());
        }

        @Test
        void isIncompleteWhenCountContradictsPages() {
            cloud.countDifference = 1;
            cloud.createSnapshots(5);

            assertThat(fetch(VolumeFilter.all(), 10).complete()).isFalse();
        }

        @Test
        void isIncompleteWhenCloudIgnoresMarker() {
            cloud.createSnapshots(5);
            cloud.ignoresPaging = true;

            assertThat(fetch(VolumeFilter.all(), 3).complete()).isFalse();
        }

        @Test
        void isIncompleteWhenEntryIsUnreadable() {
            cloud.createSnapshots(5);
            cloud.unreadableVolumes = 1;

            var listing = fetch(VolumeFilter.all(), 10);

            assertThat(listing.items()).hasSize(5);
            assertThat(listing.complete()).isFalse();
        }

        @Test
        void removesVolumesThatDoNotMatchFilter() {
            cloud.createSnapshots(5);

            var listing = fetch(VolumeFilter.inStatus("CREATING"), 10);

            assertThat(listing.items())
                    .extracting(volume -> volume.id().value())
                    .containsExactly("s-2", "s-4");
            assertThat(listing.complete()).isTrue();
        }
    }

    private static CloudVolume volume(CloudSnapshot snapshot) {
        var number = Integer.parseInt(snapshot.id().value().substring(2));
        return CloudVolumeBuilder.builder()
                .id(new VolumeId(snapshot.id().value()))
                .wireState(number % 2 == 1 ? "available" : "creating")
                .build();
    }

    private static CloudSnapshot snapshot(int number) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId("s-" + number))
                .wireState("available")
                .volumeId(new VolumeId(number % 2 == 1 ? "volume-1" : "volume-2"))
                .build();
    }

    /** Pages as documented, and ignores every filter, as Cinder ignores unknown filters. */
    private static final class PagedCloud extends SnapshotsOnlyClient {
        private List<CloudSnapshot> all = new ArrayList<>();
        private final List<PageRequest> requests = new ArrayList<>();
        private boolean byMarker;
        private boolean ignoresPaging;
        private boolean endless;
        private boolean counts = true;
        private boolean links;
        private boolean alwaysLinks;
        private int countDifference;
        private int maxPage = Integer.MAX_VALUE;
        private int unreadableVolumes;
        private int permits;
        private int pageOfChange;
        private IntConsumer change = page -> {};

        void createSnapshots(int number) {
            all = new ArrayList<>(IntStream.rangeClosed(1, number)
                    .mapToObj(ListingTest::snapshot)
                    .toList());
        }

        void beforePage(int page, IntConsumer action) {
            pageOfChange = page;
            change = action;
        }

        @Override
        public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest request) {
            requests.add(request);
            if (requests.size() == pageOfChange) {
                change.accept(pageOfChange);
            }
            if (endless) {
                return new Page<>(
                        IntStream.range(request.offset(), request.offset() + request.limit())
                                .mapToObj(ListingTest::snapshot)
                                .toList(),
                        Optional.empty(),
                        true);
            }
            var from = ignoresPaging ? 0 : from(request);
            var page = all.stream()
                    .skip(from)
                    .limit(Math.min(maxPage, request.limit()))
                    .toList();
            var isFull = page.size() == Math.min(maxPage, request.limit());
            return new Page<>(
                    page,
                    counts ? Optional.of(all.size() + countDifference) : Optional.empty(),
                    alwaysLinks || (links && isFull));
        }

        /** Lists a volume for each snapshot, with the same id. */
        @Override
        public Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest request) {
            var page = list(SnapshotFilter.all(), request);
            return new Page<>(
                    page.items().stream().map(ListingTest::volume).toList(),
                    unreadableVolumes,
                    page.count(),
                    page.hasNext());
        }

        private long from(PageRequest request) {
            return request.after()
                    .map(id -> 1L
                            + IntStream.range(0, all.size())
                                    .filter(i -> all.get(i).id().value().equals(id))
                                    .findFirst()
                                    .orElseThrow())
                    .orElse((long) request.offset());
        }

        @Override
        public boolean supportsMarkerPaging() {
            return byMarker;
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
            throw new UnsupportedOperationException();
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
