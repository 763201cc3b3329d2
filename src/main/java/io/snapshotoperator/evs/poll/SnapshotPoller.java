/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Lists snapshots for many objects at once, and triggers the reconcile of each object that a list concerns:
 *
 * <ul>
 *   <li>While a snapshot is in a transient state, a poll lists the snapshots with its status word. A watched snapshot that is no
 *       longer listed has left the state.
 *   <li>It is not certain that the cloud filters by a word that its reference does not name. Snapshots with such a word are
 *       checked at a slow interval, as if they had left their state.
 *   <li>What left its state is read by its objects if it is little. Otherwise an inventory shows it, or, if none is complete, the
 *       poller reads by id in turns, as fast as the budget permits.
 *   <li>A resync lists all snapshots at a slow interval. This inventory shows changed, missing and duplicate snapshots.
 *   <li>Searches for ownership markers share an inventory when they are many. If none is complete, they list by volume in turns.
 * </ul>
 *
 * <p>Several objects can show one snapshot. Each of them gets each update, also one that results from the read or the delete
 * request of another object. A reconcile takes its update with {@link #takeUpdate}. Its requeue is the fallback. All methods
 * except {@link #tick} are for many threads and never wait.
 */
public final class SnapshotPoller {
    private static final Logger LOG = Logger.getLogger(SnapshotPoller.class);

    /** The status words of which the poller lists the snapshots: EVS API reference, "EVS Snapshot Status". */
    private static final Map<SnapshotState, String> LISTED_WORDS = new EnumMap<>(Map.of(
            SnapshotState.CREATING, "creating",
            SnapshotState.DELETING, "deleting",
            SnapshotState.ROLLBACKING, "rollbacking",
            SnapshotState.BACKING_UP, "backing-up"));

    /** The most reads by id between two polls. */
    private static final int MAX_READS_PER_TURN = 100;

    /** No object has this UID. */
    private static final String NO_READER = "";

    private final CloudReads connection;
    private final ReadPermits permits;
    private final InstantSource clock;
    private final PollIntervals intervals;
    private final Consumer<ResourceID> trigger;
    private final Consumer<Inventory> onInventory;

    private final WatchedSnapshots watched = new WatchedSnapshots();
    private final SearchBatcher searches;
    private final PollSchedule schedule;
    private final ReadTurns turns = new ReadTurns();
    private final Set<SnapshotState> rejectedWords = EnumSet.noneOf(SnapshotState.class);
    private Set<SnapshotId> missingBefore = Set.of();
    private int pagesOfPoll;
    /** When the last poll began whose result is published. */
    private Instant lastPollAt = Instant.MIN;

    /**
     * @param trigger called for each object that an update or an inventory concerns
     * @param onInventory called with each inventory
     */
    public SnapshotPoller(
            CloudReads connection,
            ReadPermits permits,
            InstantSource clock,
            PollIntervals intervals,
            Jitter jitter,
            Consumer<ResourceID> trigger,
            Consumer<Inventory> onInventory) {
        this.connection = connection;
        this.permits = permits;
        this.clock = clock;
        this.intervals = intervals;
        this.trigger = trigger;
        this.onInventory = onInventory;
        this.searches = new SearchBatcher(intervals.search());
        this.schedule = new PollSchedule(intervals, jitter, clock.instant());
    }

    /**
     * Watches the snapshot that an object records, instead of the one that it recorded before. A list that began before this call
     * proves nothing about it.
     */
    public void watch(ResourceID object, String uid, WatchedState recorded) {
        watched.add(WatchedSnapshot.recordedAt(clock.instant(), object, uid, recorded));
    }

    /** Stops watching for an object that records no snapshot. */
    public void unwatch(String uid) {
        watched.remove(uid);
    }

    /**
     * Returns and removes the update for an object; empty if no list and no read showed a difference.
     *
     * @param recorded what the object records as the running reconcile sees it
     */
    public Optional<PollUpdate> takeUpdate(String uid, WatchedState recorded) {
        return watched.takeUpdate(uid, recorded);
    }

    /** Returns an update that the reconcile could not use, because a read was denied or failed. A newer one has precedence. */
    public void returnUpdate(String uid, WatchedState recorded, PollUpdate update) {
        watched.returnUpdate(uid, recorded, update);
    }

    /** Whether the object is watched as it records the snapshot, and no list and no read showed a difference. */
    public boolean isUnchanged(String uid, WatchedState recorded) {
        return watched.isUnchanged(uid, recorded);
    }

    /**
     * Reports a snapshot that the reconcile of an object read by its id, or changed. The other objects that show it get an update
     * if it differs from what they record. If it is still in a transient state, a list without it was outdated. The poller then
     * ignores the lists of one poll interval for this snapshot. Otherwise each poll could cause another read.
     *
     * @param uid the UID of the object whose reconcile read it
     */
    public void reportRead(String uid, CloudSnapshot snapshot) {
        var now = clock.instant();
        watched.compareWithRead(uid, snapshot, now, now.plus(intervals.poll())).forEach(trigger);
    }

    /**
     * Reports that the reconcile of an object found no snapshot with this id, or had it deleted. The other objects that show it
     * read it.
     */
    public void reportLeaving(String uid, SnapshotId id) {
        watched.requireRead(uid, id).forEach(trigger);
    }

    /**
     * Returns the latest inventory if it can serve a search. It can if it began at {@code notBefore} or later, or after the
     * search was first requested. Otherwise the search is pending, and the next inventory triggers the object. A search that is
     * not requested again for some minutes ends.
     *
     * @return empty if there is no such inventory; {@link #shouldShareSearch} returns whether one will follow
     */
    public Optional<Inventory> requestInventory(ResourceID object, String uid, Instant notBefore) {
        return searches.request(object, uid, notBefore, clock.instant());
    }

    /**
     * Whether enough searches are pending to share an inventory. If not, the caller lists the snapshots of its volume. If no
     * inventory succeeds, each object has its turn to list by volume.
     */
    public boolean shouldShareSearch(String uid) {
        return searches.isShared(uid);
    }

    /** Ends the pending search of an object. */
    public void completeSearch(String uid) {
        searches.remove(uid);
    }

    /** Stops watching and searching for an object that no longer exists. */
    public void remove(String uid) {
        searches.remove(uid);
        watched.remove(uid);
    }

    /**
     * Returns when the snapshot of an object was last seen in creation, if an update has shown since that its creation ended.
     * This is when the last list began before that update, or when the object recorded the snapshot if that was later.
     *
     * @return empty if the poller did not observe the creation
     */
    public Optional<Instant> lastSeenInCreation(String uid) {
        return watched.lastSeenInCreation(uid);
    }

    /** Returns the number of watched snapshots that are being created or deleted. */
    public int inFlightCount() {
        return watched.matching(WatchedSnapshot::isInFlight).size();
    }

    /**
     * Takes an inventory or polls, if one of them is due. May wait for permits. Not for concurrent calls.
     *
     * <p>A failure postpones the next lists. It is not thrown, because a timer stops silently after an exception of its task.
     *
     * @param now the time that decides what is due. The poller reads the clock again when a list begins or ends, because a
     *     list takes time
     */
    public void tick(Instant now) {
        try {
            watched.correctTimes(now, intervals.poll().multipliedBy(2));
            if (isInventoryDue(now)) {
                takeInventory();
            } else if (schedule.isPollDue(now) && isAnyTransient()) {
                poll();
            }
            searches.nextTurns(now).forEach(trigger);
        } catch (CloudException failure) {
            LOG.debugf("The list of snapshots failed, the next one is postponed: %s", failure.getMessage());
            schedule.backOff(clock.instant());
        } catch (RuntimeException unexpected) {
            LOG.error("The poller failed unexpectedly, the next list is postponed", unexpected);
            schedule.backOff(clock.instant());
        }
    }

    /** Postpones the next lists, after a {@link #tick} that ended with an error. */
    void postpone() {
        schedule.backOff(clock.instant());
    }

    private boolean isInventoryDue(Instant now) {
        var searched = searches.isInventoryDue(now);
        var resync = schedule.isResyncDue(now) && !watched.isEmpty();
        return (searched || resync) && schedule.mayTakeInventory(now);
    }

    private boolean isAnyTransient() {
        return !watched.matching(WatchedSnapshot::isTransient).isEmpty();
    }

    private void poll() {
        pagesOfPoll = 0;
        var startedAt = clock.instant();
        List<WatchedSnapshot> toRead = new ArrayList<>();
        LISTED_WORDS.forEach((state, word) -> toRead.addAll(notListedIn(state, word)));
        var now = clock.instant();
        if (schedule.isUnlistedCheckDue(now)) {
            var unlisted = watched.matching(snapshot -> isUnlisted(snapshot) && snapshot.isRecordedBefore(now));
            if (!unlisted.isEmpty()) {
                schedule.scheduleUnlistedCheck(now);
                toRead.addAll(unlisted);
            }
        }
        schedulePoll();
        if (toRead.size() <= Inventory.BULK_THRESHOLD) {
            toRead.forEach(snapshot -> publish(snapshot, new PollUpdate.NoLongerListed()));
        } else if (!schedule.mayTakeInventory(clock.instant()) || !takeInventory()) {
            // An incomplete inventory can have shown some of them.
            readInTurns(toRead.stream()
                    .filter(snapshot -> watched.isUnchanged(snapshot.uid(), snapshot.recorded()))
                    .toList());
        }
        lastPollAt = startedAt;
    }

    private boolean isUnlisted(WatchedSnapshot snapshot) {
        return snapshot.isRecordedIn(SnapshotState.UNRECOGNIZED)
                || rejectedWords.stream().anyMatch(snapshot::isRecordedIn);
    }

    private void schedulePoll() {
        var now = clock.instant();
        var youngestAge = watched.matching(WatchedSnapshot::isTransient).stream()
                .map(snapshot -> snapshot.age(now))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        schedule.schedulePoll(youngestAge, pagesOfPoll, now);
    }

    /** Returns the snapshots that are recorded in this state and that a list of it does not show. */
    private List<WatchedSnapshot> notListedIn(SnapshotState state, String word) {
        if (rejectedWords.contains(state)
                || watched.matching(snapshot -> snapshot.isRecordedIn(state)).isEmpty()) {
            return List.of();
        }
        var startedAt = clock.instant();
        try {
            var listing = list(SnapshotFilter.inStatus(word));
            pagesOfPoll += 1 + listing.items().size() / PageRequest.LARGEST;
            listing.items().forEach(listed -> watched.dropUpdateIfUnchanged(listed, startedAt));
            var listed = listing.items().stream().map(CloudSnapshot::id).collect(Collectors.toSet());
            var left = watched.matching(snapshot -> snapshot.isRecordedIn(state)
                    && snapshot.isRecordedBefore(startedAt)
                    && !listed.contains(snapshot.id()));
            LOG.debugf(
                    "Polled snapshots in %s: %d listed%s, %d watched ones no longer listed",
                    word, listed.size(), listing.complete() ? "" : " (incomplete)", left.size());
            return left;
        } catch (CloudException failure) {
            if (failure.kind() != CloudException.Kind.INVALID_REQUEST) {
                throw failure;
            }
            LOG.warnf("The cloud rejects lists by the status %s: %s", word, failure.getMessage());
            rejectedWords.add(state);
            return List.of();
        }
    }

    /**
     * Reads snapshots by id, as many as the budget permits until the next poll. The others follow in their turn, so that each is
     * read at some time, whatever prevents complete lists.
     */
    private void readInTurns(List<WatchedSnapshot> snapshots) {
        var end = clock.instant().plus(intervals.poll());
        var ids = snapshots.stream().map(WatchedSnapshot::id).collect(Collectors.toSet());
        for (var id : turns.sequence(ids).stream().limit(MAX_READS_PER_TURN).toList()) {
            if (!clock.instant().isBefore(end)) {
                return;
            }
            permits.acquire();
            var snapshot = connection.read(cloud -> cloud.read(id));
            turns.served(id);
            snapshot.ifPresentOrElse(found -> reportRead(NO_READER, found), () -> reportLeaving(NO_READER, id));
        }
    }

    /** Returns whether the inventory is complete. If not, the next one is postponed. */
    private boolean takeInventory() {
        var startedAt = clock.instant();
        var listing = listAll();
        if (listing.filter(Listing::complete).isEmpty()) {
            LOG.debug("The inventory failed or is incomplete, the next one is postponed");
            listing.ifPresent(listed -> publishListed(listed.items(), startedAt));
            schedule.backOffInventory(clock.instant());
            searches.onInventoryFailed();
            return false;
        }
        var inventory = Inventory.of(startedAt, listing.get());
        schedule.scheduleResync(clock.instant());
        searches.serve(inventory).forEach(trigger);
        publishDiff(inventory);
        onInventory.accept(inventory);
        return true;
    }

    private Optional<Listing<CloudSnapshot>> listAll() {
        try {
            return Optional.of(list(SnapshotFilter.all()));
        } catch (CloudException failure) {
            LOG.debugf("The list of all snapshots failed: %s", failure.getMessage());
            return Optional.empty();
        }
    }

    private void publishDiff(Inventory inventory) {
        var recorded = watched.matching(snapshot -> snapshot.isRecordedBefore(inventory.startedAt()));
        var diff = InventoryDiff.of(inventory, recorded, missingBefore);
        LOG.debugf(
                "Took an inventory: %d snapshots, %d updates",
                inventory.snapshots().size(), diff.findings().size());
        if (diff.suspicious()) {
            LOG.warnf(
                    "%d of %d recorded snapshots are not listed; the next inventory must confirm it",
                    diff.missing().size(), recorded.size());
        }
        missingBefore = diff.missing();
        inventory.snapshots().forEach(listed -> watched.dropUpdateIfUnchanged(listed, inventory.startedAt()));
        diff.findings().forEach(finding -> publish(finding.snapshot(), finding.update()));
    }

    /** Publishes what an incomplete list shows. It proves nothing about the snapshots that it does not show. */
    private void publishListed(List<CloudSnapshot> listed, Instant startedAt) {
        for (var snapshot : listed) {
            watched.dropUpdateIfUnchanged(snapshot, startedAt);
            watched.changedBy(snapshot, startedAt)
                    .forEach(changed -> publish(changed, new PollUpdate.Changed(snapshot)));
        }
    }

    private void publish(WatchedSnapshot snapshot, PollUpdate update) {
        if (watched.putUpdateIfStillRecorded(snapshot, update)) {
            if (snapshot.isRecordedIn(SnapshotState.CREATING)) {
                watched.keepLastSeenInCreation(
                        snapshot.uid(), lastPollAt.isAfter(snapshot.recordedAt()) ? lastPollAt : snapshot.recordedAt());
            }
            trigger.accept(snapshot.object());
        }
    }

    private Listing<CloudSnapshot> list(SnapshotFilter filter) {
        return connection.read(cloud -> Listing.fetchAll(cloud, filter, PageRequest.LARGEST, permits::acquire));
    }
}
