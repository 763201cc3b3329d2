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
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The looks that serve many requests at once. While something is in flight, one sweep of the list per interval and status
 * word tells which snapshots have left it; a slow inventory of everything tells which ready ones have changed; and the
 * same inventory answers those who search for their marker, when they are many. A pass learns from here, and whoever is
 * concerned by news is woken; the requeue of the pass is only the safety net.
 *
 * <p>About the cloud, not about one object: losing all of it in a crash costs looks, nothing else. Safe for many threads.
 */
public final class SnapshotPoller implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SnapshotPoller.class);

    /** From so many leavers on, one inventory is cheaper than a read for each. */
    private static final int BULK_THRESHOLD = 5;

    /**
     * Times of the shared looks.
     *
     * @param poll between two sweeps while something young is in flight
     * @param resync between two inventories of everything
     * @param search between two inventories for those who search
     */
    public record PollIntervals(Duration poll, Duration resync, Duration search) {}

    /** What a shared look has to tell about a recorded snapshot. */
    public sealed interface Update {
        /** The cloud described it, and not as it was written down. */
        record Changed(CloudSnapshot snapshot) implements Update {}

        /** It is not where it was: read it by id. */
        record NoLongerListed() implements Update {}

        /** More than one snapshot carries the marker of its request: search. */
        record Duplicated() implements Update {}
    }

    /** Everything that the project held at one time, from a complete walk. */
    public record Inventory(
            Instant startedAt, Map<SnapshotId, CloudSnapshot> byId, Map<String, List<CloudSnapshot>> byUid) {}

    private record WatchedSnapshot(ResourceID object, String uid, WatchedState snapshot, Instant since) {}

    private record PendingSearch(ResourceID object, Instant requestedAt, Instant notBefore) {}

    private final CloudReads connection;
    private final InstantSource clock;
    private final PollIntervals intervals;
    private final Jitter jitter;
    private final Consumer<ResourceID> trigger;
    private final Consumer<Inventory> onInventory;
    private final ScheduledExecutorService timer;

    private final Map<SnapshotId, WatchedSnapshot> watched = new HashMap<>();
    private final Map<SnapshotId, Update> updates = new HashMap<>();
    private final Map<String, PendingSearch> pendingSearches = new HashMap<>();
    private Optional<Inventory> inventory = Optional.empty();
    private Set<SnapshotId> missingBefore = Set.of();
    private Instant nextSweep = Instant.MIN;
    private Instant nextInventory;

    /**
     * @param trigger called for every object that news concerns
     * @param onInventory called with every complete inventory
     */
    public SnapshotPoller(
            CloudReads connection,
            InstantSource clock,
            PollIntervals intervals,
            Jitter jitter,
            Consumer<ResourceID> wake,
            Consumer<Inventory> onInventory,
            ScheduledExecutorService timer) {
        this.connection = connection;
        this.clock = clock;
        this.intervals = intervals;
        this.jitter = jitter;
        this.trigger = wake;
        this.onInventory = onInventory;
        this.timer = timer;
        this.nextInventory = clock.instant().plus(jitter.spread(intervals.resync()));
    }

    public void start() {
        var pace = Math.max(50, intervals.poll().toMillis() / 4);
        timer.scheduleWithFixedDelay(this::tick, pace, pace, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Tells once what has become of a recorded snapshot since it was written down; empty when nothing has. */
    public synchronized Optional<Update> takeUpdate(SnapshotId id) {
        return Optional.ofNullable(updates.remove(id));
    }

    /** Follows a recorded snapshot from here on, as it is written down now. */
    public synchronized void watch(ResourceID owner, String uid, WatchedState state) {
        var before = watched.get(state.id());
        if (before == null || !before.snapshot().equals(state)) {
            watched.put(state.id(), new WatchedSnapshot(owner, uid, state, clock.instant()));
        }
    }

    /** A read by id said that it is still in flight after all: a sweep begun before this tells nothing about it. */
    public synchronized void postponeSweepFor(SnapshotId id) {
        watched.computeIfPresent(
                id,
                (key, entry) -> new WatchedSnapshot(
                        entry.object(),
                        entry.uid(),
                        entry.snapshot(),
                        clock.instant().plus(intervals.poll())));
    }

    /**
     * The newest inventory if it answers a search; otherwise the searcher is noted, and woken when there is one.
     *
     * @return empty while the searchers are few and had better look at their own disk
     */
    public synchronized Optional<Inventory> requestInventory(ResourceID owner, String uid, Instant notBefore) {
        var fresh = inventory.filter(latest -> !latest.startedAt().isBefore(notBefore)
                || Optional.ofNullable(pendingSearches.get(uid))
                        .filter(asked -> !latest.startedAt().isBefore(asked.requestedAt()))
                        .isPresent());
        if (fresh.isPresent()
                && fresh.get()
                        .startedAt()
                        .plus(intervals.search().multipliedBy(2))
                        .isAfter(clock.instant())) {
            return fresh;
        }
        pendingSearches.putIfAbsent(uid, new PendingSearch(owner, clock.instant(), notBefore));
        return Optional.empty();
    }

    /** Whether so many search at once that they share an inventory. */
    public synchronized boolean shouldShareSearch() {
        return pendingSearches.size() > BULK_THRESHOLD;
    }

    public synchronized void completeSearch(String uid) {
        pendingSearches.remove(uid);
    }

    /** The object is gone: nobody wants to know any more. */
    public synchronized void remove(String uid) {
        pendingSearches.remove(uid);
        watched.values().removeIf(entry -> entry.uid().equals(uid));
    }

    public synchronized int inFlight() {
        return (int) watched.values().stream()
                .filter(entry -> inFlight(entry.snapshot().state()))
                .count();
    }

    public static boolean inFlight(SnapshotState state) {
        return state == SnapshotState.CREATING || state == SnapshotState.DELETING;
    }

    /** One look, if any is due. What goes wrong is told to those who wait by the next pass of their own. */
    private void tick() {
        try {
            var now = clock.instant();
            if (inventoryIsDue(now)) {
                takeInventory();
            } else if (sweepIsDue(now)) {
                sweep(SnapshotState.CREATING);
                sweep(SnapshotState.DELETING);
                scheduleSweep();
            }
        } catch (CloudException failure) {
            LOG.debugf("A shared look failed: %s", failure.getMessage());
            backOff();
        } catch (RuntimeException unexpected) {
            // A timer that throws is never called again, and nobody would ever be woken.
            LOG.error("A shared look failed unexpectedly; the next one is taken all the same", unexpected);
            backOff();
        }
    }

    private synchronized boolean inventoryIsDue(Instant now) {
        return (!now.isBefore(nextInventory) && !watched.isEmpty()) || searchInventoryIsDue(now);
    }

    private boolean searchInventoryIsDue(Instant now) {
        return pendingSearches.size() > BULK_THRESHOLD
                && inventory
                        .filter(latest ->
                                latest.startedAt().plus(intervals.search()).isAfter(now))
                        .isEmpty();
    }

    private synchronized boolean sweepIsDue(Instant now) {
        return !now.isBefore(nextSweep)
                && watched.values().stream()
                        .anyMatch(entry -> inFlight(entry.snapshot().state()));
    }

    /** Quick for young snapshots, slower for old ones. */
    private synchronized void scheduleSweep() {
        var now = clock.instant();
        var youngest = watched.values().stream()
                .filter(entry -> inFlight(entry.snapshot().state()))
                .map(entry -> Duration.between(entry.since(), now))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        var factor = youngest.compareTo(Duration.ofMinutes(10)) > 0
                ? 5
                : youngest.compareTo(Duration.ofMinutes(2)) > 0 ? 2 : 1;
        nextSweep = now.plus(jitter.spread(intervals.poll().multipliedBy(factor)));
    }

    private synchronized void backOff() {
        var later = clock.instant().plus(jitter.spread(intervals.poll().multipliedBy(5)));
        nextSweep = later;
        if (nextInventory.isBefore(later)) {
            nextInventory = later;
        }
    }

    /** Which of those in flight are no longer listed under their status word? */
    private void sweep(SnapshotState state) {
        var word = state == SnapshotState.CREATING ? "creating" : "deleting";
        if (watchedInState(state).isEmpty()) {
            return;
        }
        var startedAt = clock.instant();
        var listing = list(SnapshotFilter.inStatus(word));
        if (!listing.complete()) {
            return;
        }
        Set<SnapshotId> listed = new HashSet<>();
        listing.snapshots().forEach(snapshot -> listed.add(snapshot.id()));
        var left = watchedInState(state).stream()
                .filter(entry -> entry.since().isBefore(startedAt)
                        && !listed.contains(entry.snapshot().id()))
                .toList();
        if (left.size() > BULK_THRESHOLD) {
            takeInventory();
        } else {
            left.forEach(entry -> publish(entry, new Update.NoLongerListed()));
        }
    }

    private synchronized List<WatchedSnapshot> watchedInState(SnapshotState state) {
        return watched.values().stream()
                .filter(entry -> entry.snapshot().state() == state)
                .toList();
    }

    private void takeInventory() {
        var startedAt = clock.instant();
        var listing = list(SnapshotFilter.all());
        if (!listing.complete()) {
            backOff();
            return;
        }
        var found = index(startedAt, listing);
        List<ResourceID> waiting = new ArrayList<>();
        List<WatchedSnapshot> all;
        synchronized (this) {
            inventory = Optional.of(found);
            nextInventory = clock.instant().plus(jitter.spread(intervals.resync()));
            pendingSearches.values().stream()
                    .filter(search -> search.requestedAt().isBefore(startedAt))
                    .forEach(search -> waiting.add(search.object()));
            all = watched.values().stream()
                    .filter(entry -> entry.since().isBefore(startedAt))
                    .toList();
        }
        waiting.forEach(trigger);
        diff(found, all);
        onInventory.accept(found);
    }

    private static Inventory index(Instant startedAt, SnapshotListing listing) {
        Map<SnapshotId, CloudSnapshot> byId = new HashMap<>();
        Map<String, List<CloudSnapshot>> byUid = new HashMap<>();
        listing.snapshots().forEach(snapshot -> {
            byId.put(snapshot.id(), snapshot);
            OwnershipMarker.of(snapshot)
                    .ifPresent(marker -> byUid.computeIfAbsent(marker.uid(), uid -> new ArrayList<>())
                            .add(snapshot));
        });
        return new Inventory(startedAt, byId, byUid);
    }

    private void diff(Inventory found, List<WatchedSnapshot> all) {
        Set<SnapshotId> missing = new HashSet<>();
        for (var entry : all) {
            var listed = found.byId().get(entry.snapshot().id());
            if (listed == null) {
                missing.add(entry.snapshot().id());
            } else if (!listed.wireState().equals(entry.snapshot().wireState())
                    || !listed.name().equals(entry.snapshot().name())) {
                publish(entry, new Update.Changed(listed));
            } else if (found.byUid().getOrDefault(entry.uid(), List.of()).size() > 1) {
                publish(entry, new Update.Duplicated());
            }
        }
        // Many at once are first of all trouble of the connection: believed only when a second look agrees.
        var doubtful = missing.size() > BULK_THRESHOLD && missing.size() * 2 > all.size();
        var believed = doubtful ? missingBefore : missing;
        if (doubtful) {
            LOG.warnf("%d of %d recorded snapshots are not listed; looking again", missing.size(), all.size());
        }
        missingBefore = missing;
        all.stream()
                .filter(entry -> missing.contains(entry.snapshot().id())
                        && (believed.contains(entry.snapshot().id())
                                || inFlight(entry.snapshot().state())))
                .forEach(entry -> publish(entry, new Update.NoLongerListed()));
    }

    private void publish(WatchedSnapshot entry, Update what) {
        synchronized (this) {
            if (!entry.equals(watched.get(entry.snapshot().id()))) {
                return;
            }
            updates.put(entry.snapshot().id(), what);
        }
        trigger.accept(entry.object());
    }

    private SnapshotListing list(SnapshotFilter filter) {
        return connection.read(
                cloud -> SnapshotListing.fetchAll(cloud, filter, PageRequest.LARGEST, this::awaitPermit));
    }

    /** This thread serves nobody but the shared looks, so it may wait. */
    private void awaitPermit() {
        while (connection.tryReserveRead() instanceof Reservation.Denied denied
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(denied.retryAfter().toNanos());
        }
    }
}
