/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static io.snapshotoperator.evs.poll.FakeCloud.ALL;
import static io.snapshotoperator.evs.poll.FakeCloud.markerOf;
import static io.snapshotoperator.evs.poll.FakeCloud.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotPollerTest {
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration SEARCH = Duration.ofSeconds(30);
    private static final Duration RESYNC = Duration.ofHours(1);
    private static final Duration BACK_OFF = Duration.ofSeconds(50);
    private static final Duration INSTANT = Duration.ofMillis(1);

    private final SteppedClock clock = new SteppedClock();
    private final FakeCloud cloud = new FakeCloud();
    private final List<String> triggered = new ArrayList<>();
    private final List<Inventory> inventories = new ArrayList<>();
    private final Map<String, WatchedState> recorded = new HashMap<>();
    private int permits;
    private final SnapshotPoller poller = new SnapshotPoller(
            cloud,
            () -> permits++,
            clock,
            new PollIntervals(POLL, RESYNC),
            delay -> delay,
            object -> triggered.add(object.getName()),
            inventories::add);

    @Nested
    class Polls {
        @Test
        void doesNotListWhenNothingIsWatched() {
            tickAfter(POLL);
            tickAfter(RESYNC);

            assertThat(cloud.lists()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"available", "error", "error_deleting"})
        void doesNotPollWhenNothingIsTransient(String word) {
            watch("a", word);

            tickAfter(POLL);
            tickAfter(POLL);

            assertThat(cloud.lists()).isEmpty();
            assertThat(poller.inFlightCount()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"creating", "deleting", "backing-up", "rollbacking"})
        void listsOnlyStatusWordThatIsWatched(String word) {
            watch("a", word);

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly(word);
        }

        @Test
        void servesManySnapshotsFromOneListPerStatusWord() {
            watchListed("c-", 100, "creating");
            watchListed("d-", 100, "deleting");

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating", "deleting");
            assertThat(poller.inFlightCount()).isEqualTo(200);
            assertThat(triggered).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"backing-up", "rollbacking", "CREATING"})
        void triggersNothingWhileManySnapshotsStayInListedState(String word) {
            watchListed("c-", 400, word);

            tickAfter(INSTANT);
            tickAfter(POLL);

            assertThat(cloud.lists()).hasSize(2).allMatch(listed -> listed.equalsIgnoreCase(word));
            assertThat(triggered).isEmpty();
        }

        @Test
        void remembersWhenSnapshotWasLastSeenInCreation() {
            watchListed("c-", 1, "creating");
            tickAfter(POLL);
            var lastList = clock.instant();
            assertThat(poller.lastSeenInCreation("uid-c-0")).isEmpty();
            cloud.put("c-0", "available");

            tickAfter(POLL);
            tickAfter(POLL);

            assertThat(poller.lastSeenInCreation("uid-c-0")).contains(lastList);
            watch("c-0", "available");
            assertThat(poller.lastSeenInCreation("uid-c-0")).isEmpty();
        }

        @Test
        void countsFromRecordWhenSnapshotWasNeverListedInCreation() {
            var recordedAt = clock.instant();
            watchListed("c-", 1, "creating");
            cloud.put("c-0", "available");

            tickAfter(POLL);

            assertThat(poller.lastSeenInCreation("uid-c-0")).contains(recordedAt);
        }

        @Test
        void checksManySnapshotsWithUnknownWordsByOneInventoryAtSlowInterval() {
            watchListed("c-", 200, "pondering");
            watchListed("d-", 200, "updating");
            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly(ALL);
            cloud.put("c-7", "available");

            tickAfter(BACK_OFF.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly(ALL);

            tickAfter(INSTANT);
            tickAfter(POLL);
            assertThat(cloud.lists()).containsExactly(ALL, ALL);
            assertThat(triggered).containsExactly("c-7");
            assertThat(cloud.reads()).isEmpty();
        }

        @Test
        void letsFewObjectsWithUnknownWordReadAtSlowInterval() {
            watchListed("c-", 5, "pondering");
            tickAfter(INSTANT);
            assertThat(triggered).hasSize(5);

            tickAfter(BACK_OFF.minus(INSTANT));
            assertThat(triggered).hasSize(5);

            tickAfter(INSTANT);
            tickAfter(POLL);
            assertThat(triggered).hasSize(10);
            assertThat(cloud.lists()).isEmpty();
        }

        @Test
        void pollsOtherWordsWhenCloudRejectsOneWord() {
            watchListed("b-", 400, "backing-up");
            watchListed("c-", 400, "creating");
            cloud.rejectWord("backing-up");

            tickAfter(INSTANT);
            tickAfter(POLL);
            tickAfter(POLL);

            assertThat(cloud.lists()).containsExactly("creating", "backing-up", ALL, "creating", "creating");
            assertThat(triggered).isEmpty();
        }

        @Test
        void doesNotPollForSnapshotThatIsReportedMissing() {
            poller.watch(object("a"), "uid-a", new WatchedState(id("a"), "deleting", Optional.of("a"), true));

            tickAfter(POLL);
            assertThat(cloud.lists()).isEmpty();

            cloud.put("a", "deleting");
            tickAfter(RESYNC);
            assertThat(triggered).containsExactly("a");
        }

        @Test
        void acquiresOnePermitPerPage() {
            watchListed("c-", 1001, "creating");

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating");
            assertThat(permits).isEqualTo(2);
        }

        @Test
        void pollsOncePerInterval() {
            watchListed("c-", 1, "creating");
            tickAfter(INSTANT);

            tickAfter(POLL.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly("creating");

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly("creating", "creating");
        }

        @Test
        void stopsPollingWhenSnapshotIsReady() {
            watchListed("c-", 1, "creating");
            tickAfter(INSTANT);
            watch("c-0", "available");

            tickAfter(POLL);

            assertThat(cloud.lists()).containsExactly("creating");
        }

        @Test
        void measuresIntervalFromEndOfList() {
            watchListed("c-", 1, "creating");
            cloud.duringNextList(() -> clock.step(Duration.ofSeconds(7)));
            tickAfter(INSTANT);

            tickAfter(POLL.minus(INSTANT));
            assertThat(cloud.lists()).hasSize(1);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).hasSize(2);
        }

        @Test
        void lengthensIntervalWithAgeOfYoungestSnapshot() {
            watchListed("c-", 1, "creating");
            clock.step(Duration.ofMinutes(2));
            tickAfter(INSTANT);

            tickAfter(POLL.multipliedBy(2).minus(INSTANT));
            assertThat(cloud.lists()).hasSize(1);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).hasSize(2);
        }
    }

    @Nested
    class Updates {
        @Test
        void triggersObjectOnceWhenSnapshotLeavesState() {
            watchListed("c-", 2, "creating");
            cloud.put("c-1", "available");

            tickAfter(INSTANT);

            assertThat(triggered).containsExactly("c-1");
            assertThat(take("c-1")).contains(new PollUpdate.NoLongerListed());
            assertThat(take("c-1")).isEmpty();
            assertThat(take("c-0")).isEmpty();
        }

        @Test
        void triggersNoFurtherReconcileAfterNewStateIsRecorded() {
            watchListed("c-", 2, "creating");
            cloud.put("c-1", "available");
            tickAfter(INSTANT);
            watch("c-1", "available");

            tickAfter(POLL);

            assertThat(triggered).containsExactly("c-1");
        }

        @Test
        void triggersAgainWhenNewStateIsNotRecorded() {
            watch("c-1", "creating");
            tickAfter(INSTANT);

            tickAfter(POLL);

            assertThat(triggered).containsExactly("c-1", "c-1");
        }

        @Test
        void dropsUpdateWhenNextInventoryShowsRecordedState() {
            changeAndReturn();

            tickAfter(RESYNC);

            assertThat(take("a")).isEmpty();
        }

        @Test
        void dropsUpdateWhenNextPollShowsRecordedState() {
            watchListed("b-", 1, "backing-up");
            poller.reportRead("uid-b-0", snapshot("b-0", "available", Map.of()));

            tickAfter(POLL);

            assertThat(cloud.lists()).containsExactly("backing-up");
            assertThat(take("b-0")).isEmpty();
        }

        @Test
        void dropsUpdateWhenReadShowsRecordedState() {
            changeAndReturn();

            poller.reportRead("uid-a", snapshot("a", "available", Map.of()));

            assertThat(take("a")).isEmpty();
        }

        @Test
        void replacesUpdateByWhatReadShows() {
            changeAndReturn();

            poller.reportRead("uid-a", snapshot("a", "rollbacking", Map.of()));

            assertThat(take("a")).contains(new PollUpdate.Changed(snapshot("a", "rollbacking", Map.of())));
        }

        @Test
        void dropsUpdateOfOlderRecordedState() {
            changeAndReturn();

            watch("a", "rollbacking");

            assertThat(take("a")).isEmpty();
        }

        /** The poller publishes a change, and before a reconcile takes it, the snapshot is as recorded again. */
        private void changeAndReturn() {
            watch("a", "available");
            cloud.put("a", "backing-up");
            tickAfter(RESYNC);
            cloud.put("a", "available");
        }

        @Test
        void reportsEachSnapshotWhenFiveLeaveState() {
            watchListed("c-", 5, "creating");
            setAll("c-", 5, "available");

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating");
            assertThat(triggered).containsExactlyInAnyOrder("c-0", "c-1", "c-2", "c-3", "c-4");
            assertThat(take("c-4")).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void takesOneInventoryWhenSixSnapshotsLeaveState() {
            watchListed("c-", 6, "creating");
            setAll("c-", 6, "available");

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating", ALL);
            assertThat(triggered).containsExactlyInAnyOrder("c-0", "c-1", "c-2", "c-3", "c-4", "c-5");
            assertThat(take("c-5")).contains(new PollUpdate.Changed(snapshot("c-5", "available", Map.of())));
        }

        @Test
        void ignoresSnapshotThatIsWatchedAfterListBegan() {
            watchListed("c-", 1, "creating");
            cloud.duringNextList(() -> watch("late", "creating"));

            tickAfter(INSTANT);
            assertThat(triggered).isEmpty();

            tickAfter(POLL);
            assertThat(triggered).containsExactly("late");
        }

        @Test
        void ignoresStateThatIsRecordedAfterInventoryBegan() {
            watchListed("r-", 1, "available");
            cloud.put("r-0", "error");
            cloud.duringNextList(() -> watch("r-0", "error_deleting"));

            tickAfter(RESYNC);

            assertThat(cloud.lists()).containsExactly(ALL);
            assertThat(triggered).isEmpty();
        }

        @Test
        void ignoresObjectThatIsRemovedDuringList() {
            watch("c-1", "creating");
            cloud.duringNextList(() -> poller.remove("uid-c-1"));

            tickAfter(INSTANT);

            assertThat(triggered).isEmpty();
        }

        @Test
        void letsFewObjectsReadWhenPollIsIncomplete() {
            watch("c-1", "creating");
            cloud.repeatPages();

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating");
            assertThat(triggered).containsExactly("c-1");
            assertThat(take("c-1")).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void doesNotReadWhatIncompleteInventoryShows() {
            IntStream.range(0, 6).forEach(number -> watch("other-" + number, "creating"));
            cloud.repeatPages();

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly("creating", ALL);
            assertThat(cloud.reads()).isEmpty();
            assertThat(take("other-5")).contains(new PollUpdate.Changed(snapshot("other-5", "available", Map.of())));
        }

        @Test
        void readsByIdInTurnsWhenManyLeaveStateAndNoListIsComplete() {
            watchListed("c-", 300, "creating");
            setAll("c-", 300, "available");
            cloud.repeatPages();
            cloud.duringEachRead(() -> clock.step(POLL.dividedBy(50)));

            for (var round = 0; round < 6; round++) {
                tickAfter(POLL);
                new ArrayList<>(triggered).forEach(name -> watch(name, "available"));
            }

            assertThat(cloud.reads()).hasSize(300).doesNotHaveDuplicates();
            assertThat(triggered).hasSize(300);
            assertThat(permits).isEqualTo(300 + 2 * cloud.lists().size());
        }

        @Test
        void givesEachSnapshotItsTurnWhenReadShowsNoChange() {
            watchListed("c-", 250, "creating");
            cloud.repeatPages();

            tickAfter(POLL);
            tickAfter(POLL);
            tickAfter(POLL);

            assertThat(cloud.reads().stream().distinct()).hasSize(250);
        }

        @Test
        void readsSnapshotOfManyObjectsOnce() {
            for (var number = 0; number < 8; number++) {
                poller.watch(object("o-" + number), "uid-" + number, state("a", "creating"));
            }
            cloud.put("a", "available");
            cloud.repeatPages();

            tickAfter(INSTANT);

            assertThat(cloud.reads()).containsExactly("a");
            assertThat(triggered).hasSize(8);
        }

        @Test
        void ignoresListsForOneIntervalAfterReadInFlight() {
            watch("c-1", "creating");
            tickAfter(INSTANT);
            take("c-1");

            poller.reportRead("uid-c-1", snapshot("c-1", "creating", Map.of()));

            tickAfter(POLL);
            assertThat(triggered).containsExactly("c-1");
            tickAfter(POLL);
            assertThat(triggered).containsExactly("c-1", "c-1");
        }

        @Test
        void doesNotIgnoreListsAfterReadOfReadySnapshot() {
            watch("c-1", "creating");

            poller.reportRead("uid-c-1", snapshot("c-1", "available", Map.of()));

            tickAfter(INSTANT);
            assertThat(triggered).containsExactly("c-1");
        }
    }

    @Nested
    class SeveralObjects {
        @Test
        void tellsEachObjectWhenSnapshotLeavesState() {
            watchBoth("creating");
            cloud.put("a", "available");

            tickAfter(INSTANT);

            assertThat(triggered).containsExactlyInAnyOrder("first", "second");
            assertThat(poller.takeUpdate("uid-1", state("a", "creating"))).contains(new PollUpdate.NoLongerListed());
            assertThat(poller.takeUpdate("uid-2", state("a", "creating"))).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void tellsEachObjectWhenSnapshotIsGone() {
            watchBoth("available");

            tickAfter(RESYNC);

            assertThat(triggered).containsExactlyInAnyOrder("first", "second");
        }

        @Test
        void tellsOtherObjectWhatOneReads() {
            watchBoth("creating");

            poller.reportRead("uid-1", snapshot("a", "available", Map.of()));

            assertThat(triggered).containsExactly("second");
            assertThat(poller.takeUpdate("uid-2", state("a", "creating")))
                    .contains(new PollUpdate.Changed(snapshot("a", "available", Map.of())));
        }

        @Test
        void tellsOtherObjectWhenOneHasSnapshotDeleted() {
            watchBoth("available");

            poller.reportLeaving("uid-1", id("a"));

            assertThat(triggered).containsExactly("second");
            assertThat(poller.takeUpdate("uid-2", state("a", "available"))).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void continuesForOtherObjectWhenOneIsRemoved() {
            watchBoth("creating");
            poller.remove("uid-1");

            tickAfter(INSTANT);

            assertThat(triggered).containsExactly("second");
        }

        private void watchBoth(String word) {
            poller.watch(object("first"), "uid-1", state("a", word));
            poller.watch(object("second"), "uid-2", state("a", word));
        }
    }

    @Nested
    class Resyncs {
        @Test
        void listsAllSnapshotsOncePerResyncInterval() {
            watchListed("r-", 1, "available");

            tickAfter(RESYNC.minus(INSTANT));
            assertThat(cloud.lists()).isEmpty();

            tickAfter(INSTANT);
            tickAfter(RESYNC.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly(ALL);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly(ALL, ALL);
        }

        @Test
        void publishesInventory() {
            watchListed("r-", 1, "available");
            cloud.put(snapshot("other", "available", markerOf("uid-other")));

            tickAfter(RESYNC);

            assertThat(inventories).singleElement().satisfies(inventory -> {
                assertThat(inventory.startedAt()).isEqualTo(clock.instant());
                assertThat(inventory.snapshots())
                        .extracting(listed -> listed.id().value())
                        .containsExactly("r-0", "other");
                assertThat(inventory.markedWith("uid-other")).hasSize(1);
            });
        }

        @Test
        void reportsChangedState() {
            watchListed("r-", 2, "available");
            cloud.put("r-1", "error");

            tickAfter(RESYNC);

            assertThat(triggered).containsExactly("r-1");
            assertThat(take("r-1")).contains(new PollUpdate.Changed(snapshot("r-1", "error", Map.of())));
        }

        @Test
        void reportsMissingSnapshot() {
            watchListed("r-", 2, "available");
            cloud.remove("r-1");

            tickAfter(RESYNC);

            assertThat(triggered).containsExactly("r-1");
            assertThat(take("r-1")).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void reportsDuplicatesByMarker() {
            watchListed("r-", 2, "available");
            cloud.put(snapshot("r-1", "available", markerOf("uid-r-1")));
            cloud.put(snapshot("duplicate", "available", markerOf("uid-r-1")));

            tickAfter(RESYNC);

            assertThat(triggered).containsExactly("r-1");
            assertThat(take("r-1")).contains(new PollUpdate.Duplicated());
        }

        @Test
        void reportsManyMissingSnapshotsWhenNextInventoryAgrees() {
            watchListed("r-", 6, "available");
            cloud.clear();

            tickAfter(RESYNC);
            assertThat(triggered).isEmpty();

            tickAfter(RESYNC);
            assertThat(triggered).containsExactlyInAnyOrder("r-0", "r-1", "r-2", "r-3", "r-4", "r-5");
            assertThat(take("r-0")).contains(new PollUpdate.NoLongerListed());
        }

        @Test
        void reportsNoMissingSnapshotWhenNextInventoryListsThemAgain() {
            watchListed("r-", 6, "available");
            cloud.clear();
            tickAfter(RESYNC);
            setAll("r-", 6, "available");

            tickAfter(RESYNC);

            assertThat(cloud.lists()).containsExactly(ALL, ALL);
            assertThat(triggered).isEmpty();
        }

        @Test
        void postponesAfterIncompleteInventory() {
            watch("r-0", "available");
            cloud.repeatPages();
            tickAfter(RESYNC);
            assertThat(triggered).isEmpty();
            assertThat(inventories).isEmpty();

            tickAfter(BACK_OFF.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly(ALL);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly(ALL, ALL);
        }

        @Test
        void publishesWhatIncompleteInventoryShows() {
            watch("other-0", "error");
            watch("not-listed", "available");
            cloud.repeatPages();

            tickAfter(RESYNC);

            assertThat(triggered).containsExactly("other-0");
            assertThat(take("other-0")).contains(new PollUpdate.Changed(snapshot("other-0", "available", Map.of())));
            assertThat(take("not-listed")).isEmpty();
        }

        @Test
        void dropsOlderUpdateWhenIncompleteInventoryShowsRecordedState() {
            watch("other-0", "available");
            poller.reportRead("uid-other-0", snapshot("other-0", "backing-up", Map.of()));
            cloud.repeatPages();

            tickAfter(RESYNC);

            assertThat(take("other-0")).isEmpty();
        }
    }

    @Nested
    class Searches {
        @Test
        void leavesFiveSearchesToTheirObjects() {
            search(5);

            tickAfter(SEARCH);

            assertThat(poller.shouldShareSearch("uid-s-1")).isFalse();
            assertThat(cloud.lists()).isEmpty();
        }

        @Test
        void servesSixSearchesFromOneInventory() {
            search(6);
            cloud.put(snapshot("found", "available", markerOf("uid-s-5")));
            assertThat(poller.shouldShareSearch("uid-s-1")).isTrue();

            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly(ALL);
            assertThat(triggered).containsExactlyInAnyOrder("s-0", "s-1", "s-2", "s-3", "s-4", "s-5");
            assertThat(search("s-5")).get().satisfies(inventory -> assertThat(inventory.markedWith("uid-s-5"))
                    .hasSize(1));
        }

        @Test
        void doesNotServeSearchFromInventoryThatBeganBeforeIt() {
            search(6);
            cloud.duringNextList(() -> {
                clock.step(INSTANT);
                search("late");
            });
            tickAfter(INSTANT);
            assertThat(triggered).hasSize(6).doesNotContain("late");
            assertThat(search("late")).isEmpty();

            tickAfter(SEARCH.minus(INSTANT).minus(INSTANT));
            assertThat(cloud.lists()).containsExactly(ALL);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly(ALL, ALL);
            assertThat(triggered).contains("late");
            assertThat(search("late")).isPresent();
        }

        @Test
        void letsObjectsSearchInTurnsWhenNoInventoryIsComplete() {
            search(8);
            cloud.repeatPages();

            tickAfter(INSTANT);

            assertThat(triggered).containsExactly("s-0", "s-1", "s-2", "s-3", "s-4");
            assertThat(poller.shouldShareSearch("uid-s-4")).isFalse();
            assertThat(poller.shouldShareSearch("uid-s-5")).isTrue();
            poller.completeSearch("uid-s-0");
            tickAfter(INSTANT);
            assertThat(triggered).hasSize(6).endsWith("s-5");
        }

        @Test
        void pollsWhileSearchesWaitForInventoryThatNeverSucceeds() {
            search(8);
            watch("c-1", "creating");
            cloud.repeatPages();

            tickAfter(INSTANT);
            tickAfter(INSTANT);

            assertThat(cloud.lists()).containsExactly(ALL, "creating");
        }

        @Test
        void takesNoFurtherInventoryWhenSearchesAreComplete() {
            search(6);
            tickAfter(INSTANT);
            IntStream.range(0, 6).forEach(number -> poller.completeSearch("uid-s-" + number));

            tickAfter(SEARCH);

            assertThat(cloud.lists()).containsExactly(ALL);
        }
    }

    @Nested
    class AfterFailedList {
        static Stream<RuntimeException> failures() {
            return Stream.of(FakeCloud.noResponse(), new IllegalStateException("a bug"));
        }

        @ParameterizedTest
        @MethodSource("failures")
        void postponesPollAfterFailure(RuntimeException failure) {
            watch("c-1", "creating");
            cloud.failNextList(failure);
            tickAfter(INSTANT);
            assertThat(triggered).isEmpty();

            tickAfter(BACK_OFF.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly("creating");

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly("creating", "creating");
            assertThat(triggered).containsExactly("c-1");
        }

        @ParameterizedTest
        @MethodSource("failures")
        void postponesResyncAfterFailure(RuntimeException failure) {
            watch("r-1", "available");
            cloud.failNextList(failure);
            tickAfter(RESYNC);

            tickAfter(BACK_OFF.minus(INSTANT));
            assertThat(cloud.lists()).containsExactly(ALL);

            tickAfter(INSTANT);
            assertThat(cloud.lists()).containsExactly(ALL, ALL);
            assertThat(triggered).containsExactly("r-1");
        }
    }

    @Nested
    class Removal {
        @Test
        void stopsPollingForRemovedObject() {
            watch("c-1", "creating");

            poller.remove("uid-c-1");

            tickAfter(POLL);
            assertThat(poller.inFlightCount()).isZero();
            assertThat(cloud.lists()).isEmpty();
        }

        @Test
        void keepsWatchingOtherObjects() {
            watch("c-1", "creating");
            watch("c-2", "creating");

            poller.remove("uid-c-1");

            tickAfter(INSTANT);
            assertThat(triggered).containsExactly("c-2");
        }

        @Test
        void removesPendingSearch() {
            search(6);

            poller.remove("uid-s-0");

            assertThat(poller.shouldShareSearch("uid-s-1")).isFalse();
        }
    }

    @Nested
    class AfterClockWasAhead {
        @Test
        void pollsAndResyncsAtOnce() {
            clock.step(Duration.ofDays(3650));
            watchListed("c-", 1, "creating");
            tickAfter(RESYNC);
            assertThat(cloud.lists()).containsExactly(ALL);
            tickAfter(POLL);
            assertThat(cloud.lists()).containsExactly(ALL, "creating");
            cloud.remove("c-0");
            clock.step(Duration.ofDays(-3650));

            tickAfter(INSTANT);
            tickAfter(POLL);

            assertThat(triggered).contains("c-0");
        }

        @Test
        void servesNoSearchFromItsInventory() {
            clock.step(Duration.ofDays(3650));
            search(6);
            tickAfter(INSTANT);
            assertThat(search("s-0")).isPresent();
            clock.step(Duration.ofDays(-3650));

            assertThat(search("s-0")).isEmpty();
        }
    }

    private void tickAfter(Duration time) {
        clock.step(time);
        poller.tick(clock.instant());
    }

    private void watch(String name, String word) {
        recorded.put(name, state(name, word));
        poller.watch(object(name), "uid-" + name, state(name, word));
    }

    private Optional<PollUpdate> take(String name) {
        return poller.takeUpdate("uid-" + name, recorded.get(name));
    }

    private static WatchedState state(String name, String word) {
        return new WatchedState(id(name), word, Optional.of(name), false);
    }

    /** Watches snapshots that the cloud lists as they are recorded. */
    private void watchListed(String prefix, int count, String word) {
        setAll(prefix, count, word);
        IntStream.range(0, count).forEach(number -> watch(prefix + number, word));
    }

    private void setAll(String prefix, int count, String word) {
        IntStream.range(0, count).forEach(number -> cloud.put(prefix + number, word));
    }

    private void search(int count) {
        IntStream.range(0, count).forEach(number -> search("s-" + number));
    }

    private Optional<Inventory> search(String name) {
        return poller.requestInventory(object(name), "uid-" + name, clock.instant());
    }

    private static ResourceID object(String name) {
        return new ResourceID(name, "default");
    }

    private static SnapshotId id(String name) {
        return new SnapshotId(name);
    }
}
