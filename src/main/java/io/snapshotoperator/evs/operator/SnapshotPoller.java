/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CallBudget.Lane;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotListing;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.snapshot.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.RecordedState;
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
final class SnapshotPoller implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SnapshotPoller.class);

    /** From so many leavers on, one inventory is cheaper than a read for each. */
    private static final int BULK_THRESHOLD = 5;

    /**
     * Times of the shared looks.
     *
     * @param sweep between two sweeps while something young is in flight
     * @param resync between two inventories of everything
     * @param gather between two inventories for those who search
     */
    record PollIntervals(Duration sweep, Duration resync, Duration gather) {}

    /** What a shared look has to tell about a recorded snapshot. */
    sealed interface Update {
        /** The cloud described it, and not as it was written down. */
        record Changed(CloudSnapshot snapshot) implements Update {}

        /** It is not where it was: read it by id. */
        record NoLongerListed() implements Update {}

        /** More than one snapshot carries the marker of its request: search. */
        record Duplicated() implements Update {}
    }

    /** Everything that the project held at one time, from a complete walk. */
    record Inventory(Instant begun, Map<SnapshotId, CloudSnapshot> byId, Map<String, List<CloudSnapshot>> byUid) {}

    private record WatchedSnapshot(ResourceID owner, String uid, RecordedState.RecordedSnapshot held, Instant since) {}

    private record PendingSearch(ResourceID owner, Instant asked, Instant notBefore) {}

    private final CloudConnection connection;
    private final InstantSource clock;
    private final PollIntervals rhythm;
    private final Jitter jitter;
    private final Consumer<ResourceID> wake;
    private final Consumer<Inventory> taken;
    private final ScheduledExecutorService timer;

    private final Map<SnapshotId, WatchedSnapshot> followed = new HashMap<>();
    private final Map<SnapshotId, Update> news = new HashMap<>();
    private final Map<String, PendingSearch> searchers = new HashMap<>();
    private Optional<Inventory> inventory = Optional.empty();
    private Set<SnapshotId> missingBefore = Set.of();
    private Instant nextSweep = Instant.MIN;
    private Instant nextInventory;

    /**
     * @param wake called for every object that news concerns
     * @param taken called with every complete inventory
     */
    SnapshotPoller(
            CloudConnection connection,
            InstantSource clock,
            PollIntervals rhythm,
            Jitter jitter,
            Consumer<ResourceID> wake,
            Consumer<Inventory> taken,
            ScheduledExecutorService timer) {
        this.connection = connection;
        this.clock = clock;
        this.rhythm = rhythm;
        this.jitter = jitter;
        this.wake = wake;
        this.taken = taken;
        this.timer = timer;
        this.nextInventory = clock.instant().plus(jitter.spread(rhythm.resync()));
    }

    void start() {
        var pace = Math.max(50, rhythm.sweep().toMillis() / 4);
        timer.scheduleWithFixedDelay(this::tick, pace, pace, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Tells once what has become of a recorded snapshot since it was written down; empty when nothing has. */
    synchronized Optional<Update> takeUpdate(SnapshotId id) {
        return Optional.ofNullable(news.remove(id));
    }

    /** Follows a recorded snapshot from here on, as it is written down now. */
    synchronized void watch(ResourceID owner, String uid, RecordedState.RecordedSnapshot held) {
        var before = followed.get(held.id());
        if (before == null || !before.held().equals(held)) {
            followed.put(held.id(), new WatchedSnapshot(owner, uid, held, clock.instant()));
        }
    }

    /** A read by id said that it is still in flight after all: a sweep begun before this tells nothing about it. */
    synchronized void postponeSweepFor(SnapshotId id) {
        followed.computeIfPresent(
                id,
                (key, it) -> new WatchedSnapshot(
                        it.owner(), it.uid(), it.held(), clock.instant().plus(rhythm.sweep())));
    }

    /**
     * The newest inventory if it answers a search; otherwise the searcher is noted, and woken when there is one.
     *
     * @return empty while the searchers are few and had better look at their own disk
     */
    synchronized Optional<Inventory> requestInventory(ResourceID owner, String uid, Instant notBefore) {
        var fresh = inventory.filter(it -> !it.begun().isBefore(notBefore)
                || Optional.ofNullable(searchers.get(uid))
                        .filter(asked -> !it.begun().isBefore(asked.asked()))
                        .isPresent());
        if (fresh.isPresent()
                && fresh.get().begun().plus(rhythm.gather().multipliedBy(2)).isAfter(clock.instant())) {
            return fresh;
        }
        searchers.putIfAbsent(uid, new PendingSearch(owner, clock.instant(), notBefore));
        return Optional.empty();
    }

    /** Whether so many search at once that they share an inventory. */
    synchronized boolean shouldShareSearch() {
        return searchers.size() > BULK_THRESHOLD;
    }

    synchronized void completeSearch(String uid) {
        searchers.remove(uid);
    }

    /** The object is gone: nobody wants to know any more. */
    synchronized void remove(String uid) {
        searchers.remove(uid);
        followed.values().removeIf(it -> it.uid().equals(uid));
    }

    synchronized int inFlight() {
        return (int) followed.values().stream()
                .filter(it -> inFlight(it.held().state()))
                .count();
    }

    static boolean inFlight(SnapshotState state) {
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
        } catch (CloudException unseen) {
            LOG.debugf("A shared look failed: %s", unseen.getMessage());
            backOff();
        } catch (RuntimeException bug) {
            // A timer that throws is never called again, and nobody would ever be woken.
            LOG.error("A shared look failed unexpectedly; the next one is taken all the same", bug);
            backOff();
        }
    }

    private synchronized boolean inventoryIsDue(Instant now) {
        return (!now.isBefore(nextInventory) && !followed.isEmpty()) || searchInventoryIsDue(now);
    }

    private boolean searchInventoryIsDue(Instant now) {
        return searchers.size() > BULK_THRESHOLD
                && inventory
                        .filter(it -> it.begun().plus(rhythm.gather()).isAfter(now))
                        .isEmpty();
    }

    private synchronized boolean sweepIsDue(Instant now) {
        return !now.isBefore(nextSweep)
                && followed.values().stream().anyMatch(it -> inFlight(it.held().state()));
    }

    /** Quick for young snapshots, slower for old ones. */
    private synchronized void scheduleSweep() {
        var now = clock.instant();
        var youngest = followed.values().stream()
                .filter(it -> inFlight(it.held().state()))
                .map(it -> Duration.between(it.since(), now))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        var factor = youngest.compareTo(Duration.ofMinutes(10)) > 0
                ? 5
                : youngest.compareTo(Duration.ofMinutes(2)) > 0 ? 2 : 1;
        nextSweep = now.plus(jitter.spread(rhythm.sweep().multipliedBy(factor)));
    }

    private synchronized void backOff() {
        var later = clock.instant().plus(jitter.spread(rhythm.sweep().multipliedBy(5)));
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
        var begun = clock.instant();
        var listing = list(SnapshotFilter.inStatus(word));
        if (!listing.complete()) {
            return;
        }
        Set<SnapshotId> listed = new HashSet<>();
        listing.snapshots().forEach(snapshot -> listed.add(snapshot.id()));
        var left = watchedInState(state).stream()
                .filter(it ->
                        it.since().isBefore(begun) && !listed.contains(it.held().id()))
                .toList();
        if (left.size() > BULK_THRESHOLD) {
            takeInventory();
        } else {
            left.forEach(it -> publish(it, new Update.NoLongerListed()));
        }
    }

    private synchronized List<WatchedSnapshot> watchedInState(SnapshotState state) {
        return followed.values().stream()
                .filter(it -> it.held().state() == state)
                .toList();
    }

    private void takeInventory() {
        var begun = clock.instant();
        var listing = list(SnapshotFilter.all());
        if (!listing.complete()) {
            backOff();
            return;
        }
        var found = index(begun, listing);
        List<ResourceID> answered = new ArrayList<>();
        List<WatchedSnapshot> all;
        synchronized (this) {
            inventory = Optional.of(found);
            nextInventory = clock.instant().plus(jitter.spread(rhythm.resync()));
            searchers.values().stream()
                    .filter(it -> it.asked().isBefore(begun))
                    .forEach(it -> answered.add(it.owner()));
            all = followed.values().stream()
                    .filter(it -> it.since().isBefore(begun))
                    .toList();
        }
        answered.forEach(wake);
        diff(found, all);
        taken.accept(found);
    }

    private static Inventory index(Instant begun, SnapshotListing listing) {
        Map<SnapshotId, CloudSnapshot> byId = new HashMap<>();
        Map<String, List<CloudSnapshot>> byUid = new HashMap<>();
        listing.snapshots().forEach(snapshot -> {
            byId.put(snapshot.id(), snapshot);
            OwnershipMarker.of(snapshot)
                    .ifPresent(marker -> byUid.computeIfAbsent(marker.uid(), uid -> new ArrayList<>())
                            .add(snapshot));
        });
        return new Inventory(begun, byId, byUid);
    }

    private void diff(Inventory found, List<WatchedSnapshot> all) {
        Set<SnapshotId> missing = new HashSet<>();
        for (var it : all) {
            var seen = found.byId().get(it.held().id());
            if (seen == null) {
                missing.add(it.held().id());
            } else if (!seen.wireState().equals(it.held().wireState())
                    || !seen.name().equals(it.held().name())) {
                publish(it, new Update.Changed(seen));
            } else if (found.byUid().getOrDefault(it.uid(), List.of()).size() > 1) {
                publish(it, new Update.Duplicated());
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
                .filter(it -> missing.contains(it.held().id())
                        && (believed.contains(it.held().id())
                                || inFlight(it.held().state())))
                .forEach(it -> publish(it, new Update.NoLongerListed()));
    }

    private void publish(WatchedSnapshot it, Update what) {
        synchronized (this) {
            if (!it.equals(followed.get(it.held().id()))) {
                return;
            }
            news.put(it.held().id(), what);
        }
        wake.accept(it.owner());
    }

    private SnapshotListing list(SnapshotFilter filter) {
        return connection.call(
                Optional.empty(),
                cloud -> SnapshotListing.fetchAll(cloud, filter, PageRequest.LARGEST, this::awaitPermit));
    }

    /** This thread serves nobody but the shared looks, so it may wait. */
    private void awaitPermit() {
        var wait = connection.tryReserve(Lane.READ, Optional.empty());
        while (wait.isPresent() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(wait.get().toNanos());
            wait = connection.tryReserve(Lane.READ, Optional.empty());
        }
    }
}
