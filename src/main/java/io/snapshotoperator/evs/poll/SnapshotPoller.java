/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotListing;
import io.snapshotoperator.evs.cloud.SnapshotState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Lists snapshots for many objects at once, and triggers the reconcile of each object that a list concerns:
 *
 * <ul>
 *   <li>While a snapshot is in flight, a poll lists the snapshots with its status word. A watched snapshot that is no longer
 *       listed has left the state.
 *   <li>A resync lists all snapshots at a slow interval. This inventory shows changed, missing and duplicate snapshots.
 *   <li>Searches for ownership markers share an inventory when they are many.
 * </ul>
 *
 * <p>A reconcile takes the update of its snapshot with {@link #takeUpdate}. Its requeue is the fallback. All methods except
 * {@link #tick} are for many threads and never wait.
 */
public final class SnapshotPoller {
    private static final Logger LOG = Logger.getLogger(SnapshotPoller.class);

    private final CloudReads connection;
    private final ReadPermits permits;
    private final InstantSource clock;
    private final PollIntervals intervals;
    private final Consumer<ResourceID> trigger;
    private final Consumer<Inventory> onInventory;

    private final WatchedSnapshots watched = new WatchedSnapshots();
    private final SearchBatcher searches;
    private final PollSchedule schedule;
    private Set<SnapshotId> missingBefore = Set.of();

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

    /** Watches the snapshot that an object records. A list that began before this call proves nothing about it. */
    public void watch(ResourceID object, String uid, WatchedState recorded) {
        watched.add(new WatchedSnapshot(object, uid, recorded, clock.instant()));
    }

    /** Returns and removes the update of a recorded snapshot; empty if no list showed a difference. */
    public Optional<PollUpdate> takeUpdate(SnapshotId id) {
        return watched.takeUpdate(id);
    }

    /**
     * Reports a snapshot that was read by its id. If it is still in flight, a list without it was outdated. The poller then
     * ignores the lists of one poll interval for this snapshot. Otherwise each poll could cause another read.
     */
    public void reportRead(CloudSnapshot snapshot) {
        watched.dropUpdateIfUnchanged(snapshot);
        if (WatchedSnapshot.isInFlight(snapshot.state())) {
            watched.ignoreListsBefore(clock.instant().plus(intervals.poll()), snapshot.id());
        }
    }

    /**
     * Returns the latest inventory if it can serve a search. It can if it began at {@code notBefore} or later, or after the
     * search was first requested. Otherwise the search is pending, and the next inventory triggers the object.
     *
     * @return empty if there is no such inventory; {@link #shouldShareSearch} returns whether one will follow
     */
    public Optional<Inventory> requestInventory(ResourceID object, String uid, Instant notBefore) {
        return searches.request(object, uid, notBefore, clock.instant());
    }

    /** Whether enough searches are pending to share an inventory. If not, the caller lists the snapshots of its volume. */
    public boolean shouldShareSearch() {
        return searches.isShared();
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

    /** Returns the number of watched snapshots that are in flight. */
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
            if (isInventoryDue(now)) {
                takeInventory();
            } else if (schedule.isPollDue(now) && inFlightCount() > 0) {
                poll(SnapshotState.CREATING, "creating");
                poll(SnapshotState.DELETING, "deleting");
                schedulePoll();
            }
        } catch (CloudException failure) {
            LOG.debugf("The list of snapshots failed, the next one is postponed: %s", failure.getMessage());
            schedule.backOff(clock.instant());
        } catch (RuntimeException unexpected) {
            LOG.error("The poller failed unexpectedly, the next list is postponed", unexpected);
            schedule.backOff(clock.instant());
        }
    }

    private boolean isInventoryDue(Instant now) {
        return (schedule.isResyncDue(now) && !watched.isEmpty()) || searches.isInventoryDue(now);
    }

    private void schedulePoll() {
        var now = clock.instant();
        var youngestAge = watched.matching(WatchedSnapshot::isInFlight).stream()
                .map(snapshot -> snapshot.age(now))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        schedule.schedulePoll(youngestAge, now);
    }

    private void poll(SnapshotState state, String word) {
        if (watched.matching(snapshot -> snapshot.isRecordedIn(state)).isEmpty()) {
            return;
        }
        var startedAt = clock.instant();
        var listing = list(SnapshotFilter.inStatus(word));
        if (!listing.complete()) {
            return;
        }
        var listed = listing.snapshots().stream().map(CloudSnapshot::id).collect(Collectors.toSet());
        var left = watched.matching(snapshot -> snapshot.isRecordedIn(state)
                && snapshot.isRecordedBefore(startedAt)
                && !listed.contains(snapshot.id()));
        LOG.debugf(
                "Polled snapshots in %s: %d listed, %d watched ones no longer listed",
                word, listed.size(), left.size());
        if (left.size() > Inventory.BULK_THRESHOLD) {
            takeInventory();
        } else {
            left.forEach(snapshot -> publish(snapshot, new PollUpdate.NoLongerListed()));
        }
    }

    private void takeInventory() {
        var startedAt = clock.instant();
        var listing = list(SnapshotFilter.all());
        if (!listing.complete()) {
            LOG.debug("The inventory is incomplete, the next list is postponed");
            schedule.backOff(clock.instant());
            return;
        }
        var inventory = Inventory.of(startedAt, listing);
        schedule.scheduleResync(clock.instant());
        searches.serve(inventory).forEach(trigger);
        publishDiff(inventory);
        onInventory.accept(inventory);
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
        inventory.snapshots().forEach(watched::dropUpdateIfUnchanged);
        diff.findings().forEach(finding -> publish(finding.snapshot(), finding.update()));
    }

    private void publish(WatchedSnapshot snapshot, PollUpdate update) {
        if (watched.putUpdateIfStillRecorded(snapshot, update)) {
            trigger.accept(snapshot.object());
        }
    }

    private SnapshotListing list(SnapshotFilter filter) {
        return connection.read(cloud -> SnapshotListing.fetchAll(cloud, filter, PageRequest.LARGEST, permits::acquire));
    }
}
