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
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ObservationQuery;
import io.snapshotoperator.evs.snapshot.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.RecordedState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Answers a pass's question about the cloud: from a shared look where there is one, otherwise with a call of its own. */
final class CloudObserver {
    /** Until a shared look that is under way is over; its end wakes the object, this is the safety net. */
    private static final Duration POLL_REQUEUE = Duration.ofSeconds(10);

    /** By how much the clocks of the cloud and of this machine may differ. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final CloudConnection connection;
    private final SnapshotPoller shared;
    private final InstantSource clock;

    CloudObserver(CloudConnection connection, SnapshotPoller shared, InstantSource clock) {
        this.connection = connection;
        this.shared = shared;
        this.clock = clock;
    }

    Observation observe(RecordedState known, ObservationQuery question) {
        try {
            if (question instanceof ObservationQuery.PollerUpdate follow) {
                return fromPoller(known, follow);
            }
            if (question instanceof ObservationQuery.GetById read) {
                return getById(read.id());
            }
            if (question instanceof ObservationQuery.FindByMarker search) {
                return findByMarker(known, search);
            }
            if (question instanceof ObservationQuery.ConfirmGoneThenFind vanished) {
                return confirmGoneThenFind(known, vanished);
            }
            if (question instanceof ObservationQuery.GetThenFindDuplicates beside) {
                return getThenFindDuplicates(known, beside);
            }
            return new Observation.Unchanged();
        } catch (CloudException unseen) {
            return new Observation.Failed(unseen.details());
        }
    }

    private Observation fromPoller(RecordedState known, ObservationQuery.PollerUpdate question) {
        var news = shared.takeUpdate(question.id());
        if (news.isPresent()) {
            if (news.get() instanceof SnapshotPoller.Update.Changed seen) {
                return new Observation.Found(seen.snapshot());
            }
            return news.get() instanceof SnapshotPoller.Update.Duplicated
                    ? listVolume(
                            known, known.held().flatMap(RecordedState.RecordedSnapshot::volumeId), "", Optional.empty())
                    : getById(question.id());
        }
        var state = known.held().orElseThrow().state();
        return switch (state) {
            // No sweep shows when these end.
            case ROLLBACKING, BACKING_UP, UNRECOGNIZED -> getById(question.id());
            case CREATING, DELETING, AVAILABLE, ERROR, ERROR_DELETING -> new Observation.Unchanged();
        };
    }

    private Observation getById(SnapshotId id) {
        var wait = connection.tryReserve(Lane.READ, Optional.empty());
        if (wait.isPresent()) {
            return new Observation.Deferred(Observation.Deferred.Cause.BUDGET, wait.get());
        }
        var found = connection.call(Optional.empty(), cloud -> cloud.read(id));
        found.filter(snapshot -> SnapshotPoller.inFlight(snapshot.state()))
                .ifPresent(it -> shared.postponeSweepFor(id));
        return found.<Observation>map(Observation.Found::new).orElseGet(Observation.NotFound::new);
    }

    private Observation confirmGoneThenFind(RecordedState known, ObservationQuery.ConfirmGoneThenFind question) {
        var recorded = getById(question.id());
        return recorded instanceof Observation.NotFound ? findByMarker(known, question.beside()) : recorded;
    }

    private Observation getThenFindDuplicates(RecordedState known, ObservationQuery.GetThenFindDuplicates question) {
        var recorded = getById(question.id());
        return recorded instanceof Observation.Found ? findByMarker(known, question.search()) : recorded;
    }

    private Observation findByMarker(RecordedState known, ObservationQuery.FindByMarker question) {
        var uid = known.owner().uid();
        var owner = new ResourceID(known.owner().name(), known.owner().namespace());
        var inventory = shared.requestInventory(owner, uid, question.notBefore());
        if (inventory.isPresent()) {
            shared.completeSearch(uid);
            var hits = inventory.get().byUid().getOrDefault(uid, List.of());
            var nameless = unmarkedCandidates(inventory.get().byId().values(), question);
            return new Observation.SearchResult(
                    hits, nameless, true, inventory.get().begun());
        }
        if (shared.shouldShareSearch()) {
            return new Observation.Deferred(Observation.Deferred.Cause.POLL_IN_PROGRESS, POLL_REQUEUE);
        }
        var sighting = listVolume(known, question.volumeId(), question.name(), question.orderedAt());
        if (sighting instanceof Observation.SearchResult) {
            shared.completeSearch(uid);
        }
        return sighting;
    }

    private Observation listVolume(
            RecordedState known, Optional<VolumeId> volumeId, String name, Optional<Instant> orderedAt) {
        var wait = connection.tryReserve(Lane.READ, Optional.empty());
        if (wait.isPresent()) {
            return new Observation.Deferred(Observation.Deferred.Cause.BUDGET, wait.get());
        }
        var begun = clock.instant();
        var filter = volumeId.map(SnapshotFilter::ofVolume).orElseGet(SnapshotFilter::all);
        // A disk has a handful of snapshots: this is one call, for which the permit was reserved.
        var listing = connection.call(
                Optional.empty(), cloud -> SnapshotListing.fetchAll(cloud, filter, PageRequest.LARGEST, () -> {}));
        var uid = known.owner().uid();
        var hits = listing.snapshots().stream()
                .filter(snapshot -> OwnershipMarker.of(snapshot)
                        .filter(marker -> marker.uid().equals(uid))
                        .isPresent())
                .toList();
        return new Observation.SearchResult(
                hits, unmarkedCandidates(listing.snapshots(), volumeId, name, orderedAt), listing.complete(), begun);
    }

    private static List<CloudSnapshot> unmarkedCandidates(
            Collection<CloudSnapshot> all, ObservationQuery.FindByMarker question) {
        return unmarkedCandidates(all, question.volumeId(), question.name(), question.orderedAt());
    }

    /** Snapshots that look like our order's, but for the marker: then the cloud drops metadata. */
    private static List<CloudSnapshot> unmarkedCandidates(
            Collection<CloudSnapshot> all, Optional<VolumeId> volumeId, String name, Optional<Instant> orderedAt) {
        if (orderedAt.isEmpty() || volumeId.isEmpty()) {
            return List.of();
        }
        var since = orderedAt.get().minus(CLOCK_SKEW);
        return all.stream()
                .filter(snapshot -> snapshot.volumeId().equals(volumeId)
                        && snapshot.name().equals(Optional.of(name))
                        && OwnershipMarker.of(snapshot).isEmpty()
                        && snapshot.createdAt().filter(since::isBefore).isPresent())
                .toList();
    }
}
