/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.poll.CloudReads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One connection to the cloud with its call budget: whoever calls has reserved a permit before, and what the cloud said
 * about its limits is heeded by all that use the connection.
 */
public final class CloudConnection implements CloudReads {
    private final SnapshotClient cloud;
    private final CallBudget budget;
    private final Duration quotaPause;
    private final InstantSource clock;
    private final AtomicBoolean markersKept = new AtomicBoolean(true);

    /** @param quotaPause how long a used-up quota keeps the creates for its disk waiting, whoever asks */
    public CloudConnection(SnapshotClient cloud, CallBudget budget, Duration quotaPause, InstantSource clock) {
        this.cloud = cloud;
        this.budget = budget;
        this.quotaPause = quotaPause;
        this.clock = clock;
    }

    /** Whether a call could be sent now, and where to. May log in. */
    public CloudAccess checkAccess() {
        try {
            return new CloudAccess.Available(cloud.authenticate());
        } catch (CloudException outOfReach) {
            return new CloudAccess.Unavailable(outOfReach.details());
        }
    }

    /** Reserves a permit for one call. Never waits. */
    public Reservation tryReserve(Lane lane, Optional<VolumeId> volumeId) {
        return budget.reserve(lane, volumeId, clock.instant());
    }

    /**
     * One call, for which a permit was reserved.
     *
     * @param volumeId whose creates wait when the cloud says that a quota is used up
     * @throws CloudException as the call does
     */
    public <T> T call(Optional<VolumeId> volumeId, Function<SnapshotClient, T> call) {
        try {
            return call.apply(cloud);
        } catch (CloudException failure) {
            if (failure.kind() == Kind.THROTTLED) {
                budget.onThrottled(failure.details().retryAfter(), clock.instant());
            } else if (failure.kind() == Kind.QUOTA) {
                var ofVolume = failure.details().quotaScope().equals(Optional.of(QuotaScope.VOLUME));
                budget.suspendCreates(
                        ofVolume ? volumeId : Optional.empty(), clock.instant().plus(quotaPause));
            }
            throw failure;
        }
    }

    @Override
    public Reservation tryReserveRead() {
        return tryReserve(Lane.READ, Optional.empty());
    }

    @Override
    public <T> T read(Function<SnapshotClient, T> reads) {
        return call(Optional.empty(), reads);
    }

    /** A snapshot of ours came back without its marker: from now on no create is repeated. */
    public void reportMetadataDropped() {
        markersKept.set(false);
    }

    public boolean preservesMetadata() {
        return markersKept.get();
    }
}
