/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.Permits;
import io.snapshotoperator.evs.controller.RecentReads;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.poll.PollUpdate;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.poll.WatchedState;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ObservationQuery;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Observes the cloud for one reconcile: from the poller if it has the result, otherwise with one or two own reads. */
public final class CloudObserver {
    /** Fallback requeue of a search that waits for an inventory. The inventory triggers the object. */
    private static final Duration POLL_REQUEUE = Duration.ofSeconds(10);

    /** The largest difference between the clocks of the cloud and of this machine. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final CloudConnection connection;
    private final SnapshotPoller poller;
    private final Duration settleTime;
    private final InstantSource clock;

    /** @param settleTime how long a list can lag behind the creation of a snapshot, {@code evs.create.settle-time} */
    public CloudObserver(CloudConnection connection, SnapshotPoller poller, Duration settleTime, InstantSource clock) {
        this.connection = connection;
        this.poller = poller;
        this.settleTime = settleTime;
        this.clock = clock;
    }

    Observation observe(RecordedState state, ObservationQuery query) {
        if (!mayList(query)) {
            // For example of a paused object, which does not use the result.
            poller.completeSearch(state.identity().uid());
        }
        var observation = observeOnce(state, query);
        if (observation instanceof Observation.Found found && isCreatedByOperator(state, found.snapshot())) {
            connection.reportMarkerSeen(OwnershipMarker.of(found.snapshot()).isPresent());
        }
        return observation;
    }

    private static boolean isCreatedByOperator(RecordedState state, CloudSnapshot snapshot) {
        return state.intent().isPresent()
                && state.snapshot()
                        .filter(recorded -> recorded.id().equals(snapshot.id()))
                        .isPresent();
    }

    private Observation observeOnce(RecordedState state, ObservationQuery query) {
        try {
            if (query instanceof ObservationQuery.PollerUpdate update) {
                return fromPoller(state, update);
            }
            if (query instanceof ObservationQuery.GetById read) {
                return state.isDeleting() ? getBeforeDelete(state, read.id()) : getById(state, read.id());
            }
            if (query instanceof ObservationQuery.FindByMarker search) {
                return findCurrentByMarker(state, search);
            }
            if (query instanceof ObservationQuery.ConfirmGoneThenFind vanished) {
                return confirmGoneThenFind(state, vanished);
            }
            if (query instanceof ObservationQuery.GetThenFindDuplicates get) {
                return getThenFindDuplicates(state, get);
            }
            return new Observation.Unchanged();
        } catch (CloudException failure) {
            return new Observation.Failed(failure.details());
        }
    }

    private static boolean mayList(ObservationQuery query) {
        return query instanceof ObservationQuery.FindByMarker
                || query instanceof ObservationQuery.ConfirmGoneThenFind
                || query instanceof ObservationQuery.GetThenFindDuplicates;
    }

    /** Lets the poller watch what the object records now, after its reconcile. */
    void watch(ResourceID object, RecordedState recorded) {
        var uid = recorded.identity().uid();
        watchedState(recorded).ifPresentOrElse(state -> poller.watch(object, uid, state), () -> poller.unwatch(uid));
    }

    private static Optional<WatchedState> watchedState(RecordedState recorded) {
        return recorded.snapshot()
                .map(snapshot ->
                        new WatchedState(snapshot.id(), snapshot.wireState(), snapshot.name(), isMissing(recorded)));
    }

    private static boolean isMissing(RecordedState recorded) {
        return recorded.reason().equals(Optional.of(SnapshotReason.SnapshotMissing))
                && recorded.duplicates().isEmpty();
    }

    private Observation fromPoller(RecordedState recorded, ObservationQuery.PollerUpdate query) {
        var uid = recorded.identity().uid();
        var watched = watchedState(recorded).orElseThrow();
        var update = poller.takeUpdate(uid, watched);
        if (update.isEmpty()) {
            return new Observation.Unchanged();
        }
        var served = false;
        try {
            var observation = fromUpdate(recorded, query.id(), update.get());
            served = !(observation instanceof Observation.Deferred);
            return observation;
        } finally {
            if (!served) {
                poller.returnUpdate(uid, watched, update.get());
            }
        }
    }

    private Observation fromUpdate(RecordedState recorded, SnapshotId id, PollUpdate update) {
        if (update instanceof PollUpdate.Duplicated) {
            // The recorded snapshot can be without its marker, and is compared with the others.
            var query = new ObservationQuery.FindByMarker(
                    recorded.snapshot().flatMap(RecordedState.RecordedSnapshot::volumeId),
                    clock.instant(),
                    "",
                    Optional.empty());
            return listVolume(recorded, query, Optional.of(id));
        }
        if (update instanceof PollUpdate.Deleted && recorded.isDeleting() && isCreatedBeforeSettleTime(recorded)) {
            poller.reportLeaving(recorded.identity().uid(), id);
            return new Observation.NotFound();
        }
        // A delete request is decided from a read, not from a list.
        return update instanceof PollUpdate.Changed changed && !recorded.isDeleting()
                ? new Observation.Found(changed.snapshot())
                : getById(recorded, id);
    }

    /** Whether lists show the snapshot while it exists. They can lag behind its creation by the settle time. */
    private boolean isCreatedBeforeSettleTime(RecordedState recorded) {
        return recorded.intent()
                .filter(intent -> clock.instant().isBefore(intent.at().plus(settleTime)))
                .isEmpty();
    }

    private Observation getById(RecordedState recorded, SnapshotId id) {
        return withPermit(() -> {
            var uid = recorded.identity().uid();
            var snapshot = connection.call(Optional.empty(), cloud -> cloud.read(id));
            snapshot.ifPresentOrElse(found -> poller.reportRead(uid, found), () -> poller.reportLeaving(uid, id));
            return snapshot.<Observation>map(Observation.Found::new).orElseGet(Observation.NotFound::new);
        });
    }

    /** Reads a snapshot that is probably deleted next, after the permit for that delete request is there. */
    private Observation getBeforeDelete(RecordedState state, SnapshotId id) {
        var uid = state.identity().uid();
        if (!connection.keptPermits().isKept(uid, clock.instant())) {
            var denial = Permits.tryReserve(connection, Lane.DELETE, Optional.empty());
            if (denial.isPresent()) {
                return Observation.Deferred.denied(denial.get());
            }
            connection.keptPermits().keep(uid, clock.instant());
        }
        return getById(state, id);
    }

    private Observation withPermit(Supplier<Observation> read) {
        var denial = Permits.tryEnter(connection, Lane.READ, Optional.empty());
        if (denial.isPresent()) {
            return Observation.Deferred.denied(denial.get());
        }
        try {
            return read.get();
        } finally {
            connection.leave(Lane.READ);
        }
    }

    private Observation confirmGoneThenFind(RecordedState state, ObservationQuery.ConfirmGoneThenFind query) {
        if (isBeingDeleted(state)) {
            return new Observation.Unchanged();
        }
        var kept = keptRead(state, query.id()).filter(read -> read.value().isEmpty());
        var recorded =
                kept.<Observation>map(read -> new Observation.NotFound()).orElseGet(() -> getById(state, query.id()));
        if (!(recorded instanceof Observation.NotFound)) {
            return recorded;
        }
        var search = findByMarker(state, query.thenFind(), Optional.empty());
        keepIfDeferred(state, query.id(), Optional.empty(), search);
        return search;
    }

    private Optional<RecentReads.Read<SnapshotId, CloudSnapshot>> keptRead(RecordedState state, SnapshotId id) {
        return connection.recentReads().find(state.identity().uid(), id, clock.instant());
    }

    /** Keeps the result of the first call of an observation, if the second one waits. */
    private void keepIfDeferred(
            RecordedState state, SnapshotId id, Optional<CloudSnapshot> read, Observation secondCall) {
        var uid = state.identity().uid();
        if (secondCall instanceof Observation.Deferred) {
            connection.recentReads().keep(uid, id, read, clock.instant());
        } else {
            connection.recentReads().remove(uid);
        }
    }

    /** Whether the recorded snapshot is being deleted, as far as the lists of the poller show. They show when it is gone. */
    private boolean isBeingDeleted(RecordedState recorded) {
        return watchedState(recorded)
                .filter(state -> state.state() == SnapshotState.DELETING
                        && !state.missing()
                        && poller.isUnchanged(recorded.identity().uid(), state))
                .isPresent();
    }

    private Observation getThenFindDuplicates(RecordedState state, ObservationQuery.GetThenFindDuplicates query) {
        var kept = keptRead(state, query.id());
        var recorded = kept.flatMap(RecentReads.Read::value)
                .<Observation>map(Observation.Found::new)
                .orElseGet(() -> getById(state, query.id()));
        if (!(recorded instanceof Observation.Found found)) {
            return recorded;
        }
        var search = findByMarker(state, query.search(), Optional.of(query.id()));
        keepIfDeferred(state, query.id(), Optional.of(found.snapshot()), search);
        return search instanceof Observation.SearchResult result
                        && kept.filter(read -> read.at().isBefore(result.startedAt()))
                                .isEmpty()
                ? result.withRead(found.snapshot())
                : search;
    }

    /**
     * Searches as {@link #findByMarker}, and reads the matches of a shared inventory again: a single one by its id, more with a
     * list of the volume. The inventory can be older than what this process observed since, and the state of an adopted snapshot
     * must be the last one.
     */
    private Observation findCurrentByMarker(RecordedState state, ObservationQuery.FindByMarker query) {
        var inInventory = findInInventory(state, query, Optional.empty());
        if (inInventory.isEmpty()) {
            return findInList(state, query, Optional.empty());
        }
        var result = inInventory.get();
        return switch (result.matches().size()) {
            case 0 -> result;
            case 1 -> readMatch(state, result);
            default -> listVolume(state, query, Optional.empty());
        };
    }

    private Observation readMatch(RecordedState state, Observation.SearchResult result) {
        var read = getById(state, result.matches().get(0).id());
        if (read instanceof Observation.Found found) {
            return result.withRead(found.snapshot());
        }
        return read instanceof Observation.NotFound ? result : read;
    }

    /** @param recorded matches also without the marker of the object */
    private Observation findByMarker(
            RecordedState state, ObservationQuery.FindByMarker query, Optional<SnapshotId> recorded) {
        return findInInventory(state, query, recorded)
                .<Observation>map(found -> found)
                .orElseGet(() -> findInList(state, query, recorded));
    }

    private Optional<Observation.SearchResult> findInInventory(
            RecordedState state, ObservationQuery.FindByMarker query, Optional<SnapshotId> recorded) {
        var uid = state.identity().uid();
        var object = new ResourceID(state.identity().name(), state.identity().namespace());
        var inventory = poller.requestInventory(object, uid, query.notBefore());
        inventory.ifPresent(served -> poller.completeSearch(uid));
        return inventory.map(served -> new Observation.SearchResult(
                matches(served.snapshots(), uid, recorded),
                unmarkedCandidates(served.snapshots(), query),
                true,
                served.startedAt()));
    }

    private Observation findInList(
            RecordedState state, ObservationQuery.FindByMarker query, Optional<SnapshotId> recorded) {
        var uid = state.identity().uid();
        if (poller.shouldShareSearch(uid)) {
            return Observation.Deferred.untilPolled(POLL_REQUEUE);
        }
        var observation = listVolume(state, query, recorded);
        if (observation instanceof Observation.SearchResult) {
            poller.completeSearch(uid);
        }
        return observation;
    }

    private Observation listVolume(
            RecordedState state, ObservationQuery.FindByMarker query, Optional<SnapshotId> recorded) {
        return withPermit(() -> searchVolume(state.identity().uid(), query, recorded));
    }

    private Observation searchVolume(String uid, ObservationQuery.FindByMarker query, Optional<SnapshotId> recorded) {
        var startedAt = clock.instant();
        var filter = query.volumeId().map(SnapshotFilter::ofVolume).orElseGet(SnapshotFilter::all);
        // A volume has few snapshots, so this is one call, for which the permit was reserved.
        var listing = connection.call(
                Optional.empty(), cloud -> Listing.fetchAll(cloud, filter, PageRequest.LARGEST, () -> {}));
        return new Observation.SearchResult(
                matches(listing.items(), uid, recorded),
                unmarkedCandidates(listing.items(), query),
                listing.complete(),
                startedAt);
    }

    private static List<CloudSnapshot> matches(
            Collection<CloudSnapshot> listed, String uid, Optional<SnapshotId> recorded) {
        return listed.stream()
                .filter(snapshot -> OwnershipMarker.of(snapshot)
                                .filter(marker -> marker.uid().equals(uid))
                                .isPresent()
                        || recorded.equals(Optional.of(snapshot.id())))
                .toList();
    }

    /** Returns the snapshots that could be of the create request but have no marker. Then the cloud drops metadata. */
    private static List<CloudSnapshot> unmarkedCandidates(
            Collection<CloudSnapshot> all, ObservationQuery.FindByMarker query) {
        if (query.createdAfter().isEmpty() || query.volumeId().isEmpty()) {
            return List.of();
        }
        var since = query.createdAfter().get().minus(CLOCK_SKEW);
        return all.stream()
                .filter(snapshot -> snapshot.volumeId().equals(query.volumeId())
                        && snapshot.name()
                                .filter(clean -> CloudText.isCleaned(query.name(), clean))
                                .isPresent()
                        && OwnershipMarker.of(snapshot).isEmpty()
                        && snapshot.createdAt().filter(since::isBefore).isPresent())
                .toList();
    }
}
