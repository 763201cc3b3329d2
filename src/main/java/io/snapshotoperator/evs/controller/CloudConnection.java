/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.poll.CloudReads;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.PollerThread;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.poll.VolumeLists;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One connection to the cloud: its client, call budget, poller and locks, and whether its cloud keeps metadata. Safe for
 * use by many threads.
 *
 * <p>{@link CloudConnections} owns all connections. A reconcile gets its connection there and keeps it no longer than the
 * reconcile lasts.
 */
public final class CloudConnection implements AutoCloseable {
    private static final Duration RECENT = Duration.ofSeconds(30);

    /**
     * The cloud checks a create request again, ids are not used again, and zone and type of a volume do not change. So these reads are
     * used longer: with many restores, the permits for reads and creates take minutes.
     */
    private static final Duration RECENT_SOURCE = Duration.ofMinutes(5);

    /**
     * The times of one connection.
     *
     * @param quotaPause how long no create request is sent after the cloud reported a used-up quota
     * @param quietTime how long no failure must occur until the log reports that a trouble of the connection is over
     * @param poll the intervals of its poller
     */
    public record Timings(Duration quotaPause, Duration quietTime, PollIntervals poll) {}

    /** A login can take as long as the timeout of a call, and all threads of the connection wait for the same login. */
    private static final int MAX_ACCESS_CHECKS = 3;

    /** Without a login, a check takes microseconds. */
    private static final Duration MAX_WAIT_FOR_ACCESS_CHECK = Duration.ofMillis(50);

    private final ConnectionCalls calls;
    private final SnapshotPoller poller;
    private final PollerThread pollerThread;
    private final String namespace;
    private final Set<LockKey> locked;
    private final CallsInFlight callsInFlight;
    private final Semaphore accessChecks;
    private final RecentReads<SnapshotId, CloudSnapshot> recentReads;
    private final RecentReads<SnapshotId, CloudSnapshot> sourceSnapshots;
    private final RecentReads<VolumeId, CloudVolume> sourceVolumes;
    private final VolumeLists volumeLists;
    private final KeptPermits keptPermits;
    private final AtomicBoolean metadataPreserved;
    private final Supplier<Set<SnapshotId>> orphans;

    /**
     * @param metrics the meters of all connections
     * @param workers the places for calls in flight that all connections share
     * @param onTroubleChanged called when a trouble of the whole connection begins or ends; must return at once
     * @param poller makes the poller of this connection
     * @param orphans returns the orphaned snapshots of the last inventory
     */
    public CloudConnection(
            String name,
            CloudClient client,
            CallBudget budget,
            Timings timings,
            InstantSource clock,
            BudgetMetrics metrics,
            WorkerPlaces workers,
            Runnable onTroubleChanged,
            Function<CloudReads, SnapshotPoller> poller,
            Supplier<Set<SnapshotId>> orphans) {
        var health = new ConnectionHealthLog(name, timings.quietTime(), onTroubleChanged);
        this.calls = new ConnectionCalls(client, budget, timings.quotaPause(), health, metrics, clock);
        this.poller = poller.apply(calls);
        this.pollerThread = new PollerThread(this.poller, clock, timings.poll());
        this.namespace = ConnectionCalls.ALL_NAMESPACES;
        this.locked = ConcurrentHashMap.newKeySet();
        this.callsInFlight = new CallsInFlight(workers);
        this.accessChecks = new Semaphore(MAX_ACCESS_CHECKS);
        this.recentReads = new RecentReads<>(RECENT);
        this.sourceSnapshots = new RecentReads<>(RECENT_SOURCE);
        this.sourceVolumes = new RecentReads<>(RECENT_SOURCE);
        this.volumeLists = new VolumeLists(clock);
        this.keptPermits = new KeptPermits();
        this.metadataPreserved = new AtomicBoolean(true);
        this.orphans = orphans;
    }

    private CloudConnection(CloudConnection shared, String namespace) {
        this.calls = shared.calls;
        this.poller = shared.poller;
        this.pollerThread = shared.pollerThread;
        this.namespace = namespace;
        this.locked = shared.locked;
        this.callsInFlight = shared.callsInFlight;
        this.accessChecks = shared.accessChecks;
        this.recentReads = shared.recentReads;
        this.sourceSnapshots = shared.sourceSnapshots;
        this.sourceVolumes = shared.sourceVolumes;
        this.volumeLists = shared.volumeLists;
        this.keptPermits = shared.keptPermits;
        this.metadataPreserved = shared.metadataPreserved;
        this.orphans = shared.orphans;
    }

    /** Returns this connection for the calls of the objects of one namespace. Namespaces that wait get permits in turns. */
    public CloudConnection forNamespace(String calling) {
        return new CloudConnection(this, calling);
    }

    /** Starts the poller. */
    public void start() {
        pollerThread.start();
    }

    /** Stops the poller. */
    @Override
    public void close() {
        pollerThread.close();
    }

    /**
     * Returns whether a call can be sent now, and to which location. May log in.
     *
     * @return empty if several threads wait for a login already; the caller tries again later
     */
    public Optional<CloudAccess> checkAccess() {
        try {
            if (!accessChecks.tryAcquire(MAX_WAIT_FOR_ACCESS_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        try {
            return Optional.of(calls.checkAccess());
        } finally {
            accessChecks.release();
        }
    }

    /** Returns whether a trouble of the whole connection has begun and is not over. Sends no call. */
    public boolean isTroubled() {
        return calls.isTroubled();
    }

    /** Reserves a permit for one call. Never waits. */
    public Reservation tryReserve(Lane lane, Optional<VolumeId> volumeId) {
        return calls.tryReserve(lane, namespace, volumeId);
    }

    /**
     * Sends one call for which a permit was reserved.
     *
     * @param volumeId the volume whose creates wait if the cloud reports that its quota is used up
     * @throws CloudException if the call fails
     */
    public <T> T call(Optional<VolumeId> volumeId, Function<CloudClient, T> call) {
        return calls.call(volumeId, call);
    }

    /** Removes what this connection remembers about an object that is gone. */
    public void removeObject(String uid) {
        poller.remove(uid);
        recentReads.remove(uid);
        forgetSource(uid);
        keptPermits.remove(uid);
    }

    public RecentReads<SnapshotId, CloudSnapshot> recentReads() {
        return recentReads;
    }

    /** The snapshots from which restores create volumes, until their create requests are sent. */
    public RecentReads<SnapshotId, CloudSnapshot> sourceSnapshots() {
        return sourceSnapshots;
    }

    /** The volumes of these snapshots. */
    public RecentReads<VolumeId, CloudVolume> sourceVolumes() {
        return sourceVolumes;
    }

    /** Forgets what was read for this restore. */
    public void forgetSource(String uid) {
        sourceSnapshots.remove(uid);
        sourceVolumes.remove(uid);
    }

    /** Returns the lists of volumes that the restores of this connection share. */
    public VolumeLists volumeLists() {
        return volumeLists;
    }

    public KeptPermits keptPermits() {
        return keptPermits;
    }

    public SnapshotPoller poller() {
        return poller;
    }

    /** Returns the orphaned snapshots of the last inventory. */
    public Set<SnapshotId> orphans() {
        return orphans.get();
    }

    /**
     * Takes one of the places for calls of this lane, so that slow calls of one kind leave workers for the rest. Returns
     * whether one was free; if so, {@link #leave} must follow. Never waits.
     */
    public boolean tryEnter(Lane lane) {
        return callsInFlight.tryEnter(lane);
    }

    public void leave(Lane lane) {
        callsInFlight.leave(lane);
    }

    /** Takes a lock for one mutating call. Returns whether it was free; if so, {@link #unlock} must follow. Never waits. */
    public boolean tryLock(LockKey key) {
        return locked.add(key);
    }

    public void unlock(LockKey key) {
        locked.remove(key);
    }

    /**
     * Records whether a read or a list showed a snapshot of this operator with its ownership marker. The response to a
     * create request does not show it, because its metadata is optional.
     */
    public void reportMarkerSeen(boolean present) {
        metadataPreserved.set(present);
    }

    /** Returns whether the cloud is known to keep metadata. If not, no create request may be repeated. */
    public boolean preservesMetadata() {
        return metadataPreserved.get();
    }
}
