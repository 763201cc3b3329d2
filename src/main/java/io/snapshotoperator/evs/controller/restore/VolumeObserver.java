/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.Permits;
import io.snapshotoperator.evs.controller.RecentReads;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.poll.VolumeLists.VolumeList;
import io.snapshotoperator.evs.restore.RestoreInput;
import io.snapshotoperator.evs.restore.VolumeObservation;
import io.snapshotoperator.evs.restore.VolumeObservation.Deferred;
import io.snapshotoperator.evs.restore.VolumeObservation.Found;
import io.snapshotoperator.evs.restore.VolumeObservation.SearchResult;
import io.snapshotoperator.evs.restore.VolumeQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Observes the cloud for one reconcile of a restore: from a list that all restores of the connection share if it shows the volume,
 * otherwise with a few own reads. Each call needs a permit; without one, nothing follows, and the reconcile comes back.
 */
final class VolumeObserver {
    /** The largest difference between the clocks of the cloud and of this machine. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private static final Set<VolumeState> USABLE = EnumSet.of(VolumeState.AVAILABLE, VolumeState.IN_USE);

    private final CloudConnection connection;
    private final RestoreInput input;

    VolumeObserver(CloudConnection connection, RestoreInput input) {
        this.connection = connection;
        this.input = input;
    }

    VolumeObservation observe(VolumeQuery query) {
        try {
            if (query instanceof VolumeQuery.ReadSource read) {
                return readSource(read.snapshotId());
            }
            if (query instanceof VolumeQuery.FindByMarker search) {
                return findByMarker(search);
            }
            if (query instanceof VolumeQuery.FollowJob follow) {
                return inCreation(input::isOwned).orElseGet(() -> readJob(follow));
            }
            if (query instanceof VolumeQuery.FollowVolume follow) {
                return inCreation(volume -> volume.id().equals(follow.volumeId()))
                        .orElseGet(() -> read(follow.volumeId()));
            }
            if (query instanceof VolumeQuery.Recheck recheck) {
                return recheck(recheck);
            }
            if (query instanceof VolumeQuery.FindToDelete find) {
                return findToDelete(find);
            }
            return new VolumeObservation.None();
        } catch (NoPermitException denied) {
            return denied.deferred;
        } catch (CloudException failure) {
            return new VolumeObservation.Failed(failure.details());
        }
    }

    /** Reads the volume now, and returns whether it carries the ownership marker; empty if the cloud gives no answer. */
    Optional<Boolean> isOwnedNow(VolumeId id) {
        try {
            return Optional.of(withPermit(() -> connection.call(Optional.empty(), cloud -> cloud.readVolume(id)))
                    .filter(input::isOwned)
                    .isPresent());
        } catch (NoPermitException | CloudException none) {
            return Optional.empty();
        }
    }

    /**
     * Both reads are kept until the create request is sent, or {@link #forgetSource}: if there is no permit for the second one, or for
     * the create request, no permit is spent on them again.
     */
    private VolumeObservation.Source readSource(SnapshotId id) {
        var snapshot = readOnce(connection.sourceSnapshots(), id, cloud -> cloud.read(id));
        var volume = snapshot.flatMap(CloudSnapshot::volumeId)
                .flatMap(source -> readOnce(connection.sourceVolumes(), source, cloud -> cloud.readVolume(source)));
        return new VolumeObservation.Source(snapshot, volume);
    }

    private <I, T> Optional<T> readOnce(RecentReads<I, T> reads, I id, Function<CloudClient, Optional<T>> call) {
        var uid = input.recorded().identity().uid();
        var kept = reads.find(uid, id, input.now());
        if (kept.isPresent()) {
            return kept.get().value();
        }
        var read = withPermit(() -> connection.call(Optional.empty(), call));
        reads.keep(uid, id, read, input.now());
        return read;
    }

    /** The next reconcile reads snapshot and volume again. */
    void forgetSource() {
        connection.forgetSource(input.recorded().identity().uid());
    }

    private VolumeObservation findByMarker(VolumeQuery.FindByMarker query) {
        var list = list(VolumeFilter.all(), query.notBefore());
        var result = searchResult(list);
        if (!result.matches().isEmpty()) {
            // The list can be older than what happened since, and the state of an adopted volume must be the last one.
            return result.withMatches(readAgain(result.matches()));
        }
        return query.thenReadSource()
                .map(id -> result.withSource(readSource(id)))
                .orElse(result);
    }

    /**
     * Returns the volumes that still exist. If there is none, the listed ones stay matches, because a volume
     * existed and nothing must be created again, but none of them in a usable state.
     */
    private List<CloudVolume> readAgain(List<CloudVolume> listed) {
        var existing = listed.stream()
                .flatMap(volume ->
                        withPermit(() -> connection.call(Optional.empty(), cloud -> cloud.readVolume(volume.id())))
                                .stream())
                .toList();
        return existing.isEmpty()
                ? listed.stream().map(VolumeObserver::withoutUsableState).toList()
                : existing;
    }

    /** The cloud can respond with 404 to a read of a volume in creation that it lists already. */
    private static CloudVolume withoutUsableState(CloudVolume absent) {
        return absent.state() == VolumeState.CREATING
                ? absent
                : CloudVolumeBuilder.builder(absent).wireState("deleting").build();
    }

    /** Returns the volume if the shared list of volumes in creation shows it. */
    private Optional<VolumeObservation> inCreation(Predicate<CloudVolume> isWanted) {
        var recent = input.now().minus(input.pollInterval());
        return list(VolumeFilter.inStatus("creating"), recent).volumes().stream()
                .filter(isWanted)
                .findFirst()
                .map(Found::of);
    }

    private VolumeObservation readJob(VolumeQuery.FollowJob query) {
        return withPermit(() -> followJob(query));
    }

    private VolumeObservation followJob(VolumeQuery.FollowJob query) {
        var job = connection.call(Optional.empty(), cloud -> cloud.readJob(query.jobId()));
        if (job.isEmpty()) {
            return new VolumeObservation.JobLost();
        }
        if (job.get().state() != JobState.SUCCESS) {
            return new VolumeObservation.Job(job.get());
        }
        // A job that names the volume of another object is worth no more than a job that the cloud does not know.
        return job.get()
                .volumeId()
                .map(id -> found(further(cloud -> cloud.readVolume(id))))
                .filter(observed -> !(observed instanceof Found found) || input.mayBeCreated(found.volume()))
                .orElseGet(VolumeObservation.JobLost::new);
    }

    private VolumeObservation read(VolumeId id) {
        return found(withPermit(() -> connection.call(Optional.empty(), cloud -> cloud.readVolume(id))));
    }

    private static VolumeObservation found(Optional<CloudVolume> volume) {
        return volume.<VolumeObservation>map(Found::of).orElseGet(VolumeObservation.NotFound::new);
    }

    /**
     * Sends a call that completes the one before it, which got the permit. It is counted in the budget but does not wait: if it was
     * denied again and again, the first one would be repeated for nothing.
     */
    private <T> T further(Function<CloudClient, T> call) {
        connection.tryReserve(Lane.READ, Optional.empty());
        return connection.call(Optional.empty(), call);
    }

    private VolumeObservation recheck(VolumeQuery.Recheck query) {
        var list = list(VolumeFilter.all(), query.notBefore());
        var listed = list.volumes().stream()
                .filter(volume -> volume.id().equals(query.volumeId()))
                .findFirst();
        var others = matches(list.volumes()).stream()
                .filter(volume -> !volume.id().equals(query.volumeId()))
                .toList();
        // The list can be older than the last state, so it shows only that the volume is still usable.
        if (listed.filter(volume -> USABLE.contains(volume.state())).isPresent() && others.isEmpty()) {
            return Found.of(listed.get());
        }
        // Beside a second volume too, the recorded one is read back before anything is decided.
        return read(query.volumeId()) instanceof Found found
                ? new Found(found.volume(), others, others.stream().findFirst().flatMap(this::readToDelete))
                : new VolumeObservation.NotFound();
    }

    private VolumeObservation findToDelete(VolumeQuery.FindToDelete query) {
        var recorded = query.recorded().flatMap(this::readToDelete);
        if (recorded.isPresent()) {
            return recorded.get();
        }
        var list = list(VolumeFilter.all(), query.notBefore());
        return matches(list.volumes()).stream()
                .flatMap(volume -> readToDelete(volume).stream())
                .findFirst()
                .<VolumeObservation>map(read -> read)
                .orElseGet(() -> searchResult(list).withMatches(List.of()));
    }

    private Optional<VolumeObservation.Deletable> readToDelete(CloudVolume listed) {
        return readToDelete(listed.id());
    }

    private Optional<VolumeObservation.Deletable> readToDelete(VolumeId id) {
        return withPermit(() -> connection
                .call(Optional.empty(), cloud -> cloud.readVolume(id))
                .map(volume -> new VolumeObservation.Deletable(volume, further(cloud -> mayHaveSnapshots(cloud, id)))));
    }

    /** An incomplete list counts as one with snapshots, because the deletion of the volume would delete them. */
    static boolean mayHaveSnapshots(CloudClient cloud, VolumeId id) {
        var snapshots = Listing.fetchAll(cloud, SnapshotFilter.ofVolume(id), PageRequest.LARGEST, () -> {});
        return !snapshots.complete() || !snapshots.items().isEmpty();
    }

    private SearchResult searchResult(VolumeList list) {
        return new SearchResult(
                matches(list.volumes()), unmarked(list.volumes()), list.complete(), list.startedAt(), Optional.empty());
    }

    private List<CloudVolume> matches(List<CloudVolume> listed) {
        return listed.stream().filter(input::isOwned).toList();
    }

    /** Returns the volumes that could be of the create request but have no marker. Then the cloud drops metadata. */
    private List<CloudVolume> unmarked(List<CloudVolume> listed) {
        var since = input.recorded().intent().map(CreateIntent::at).map(at -> at.minus(CLOCK_SKEW));
        var snapshot = input.recorded().snapshotId().or(input::sourceSnapshot);
        return listed.stream()
                .filter(volume -> OwnershipMarker.of(volume).isEmpty()
                        && snapshot.isPresent()
                        && volume.snapshotId().equals(snapshot)
                        && volume.name()
                                .filter(clean -> CloudText.isCleaned(input.volumeName(), clean))
                                .isPresent()
                        && since.isPresent()
                        && volume.createdAt().filter(since.get()::isBefore).isPresent())
                .toList();
    }

    private VolumeList list(VolumeFilter filter, Instant notBefore) {
        var lists = connection.volumeLists();
        return lists.find(filter, notBefore)
                .or(() -> lists.fetch(
                        filter,
                        () -> withPermit(() -> connection.call(
                                Optional.empty(),
                                cloud -> Listing.fetchAll(cloud, filter, PageRequest.LARGEST, countFurtherPages())))))
                .orElseThrow(
                        () -> new NoPermitException(new Deferred(Optional.empty(), RetryPolicy.IMMEDIATE_REQUEUE)));
    }

    /** Counts the pages after the first one in the budget of the connection. A list that has begun is read to its end. */
    private Runnable countFurtherPages() {
        var isFirst = new AtomicBoolean(true);
        return () -> {
            if (!isFirst.getAndSet(false)) {
                connection.tryReserve(Lane.READ, Optional.empty());
            }
        };
    }

    private <T> T withPermit(Supplier<T> call) {
        var denial = Permits.tryEnter(connection, Lane.READ, Optional.empty());
        if (denial.isPresent()) {
            throw new NoPermitException(Deferred.denied(denial.get()));
        }
        try {
            return call.get();
        } finally {
            connection.leave(Lane.READ);
        }
    }

    /** Ends an observation that got no permit for one of its calls. Never leaves this class. */
    private static final class NoPermitException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Deferred deferred;

        NoPermitException(Deferred deferred) {
            super("no permit", null, false, false);
            this.deferred = deferred;
        }
    }
}
