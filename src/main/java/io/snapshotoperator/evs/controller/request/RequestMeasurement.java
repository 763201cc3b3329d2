/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics.RequestSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Measures what one reconcile changed in a request. What an earlier process wrote is not measured again. */
final class RequestMeasurement {
    private final SnapshotMetrics metrics;
    private final InstantSource clock;
    private final boolean wasReady;
    private final Optional<SnapshotId> idBefore;

    /** @param before the request as the reconcile found it; a write can change this object */
    RequestMeasurement(VolumeSnapshotRequest before, SnapshotMetrics metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
        this.wasReady = isReady(before);
        this.idBefore = StatusMapper.recordedId(before);
    }

    /**
     * Records the changes in the meters, after the status was written.
     *
     * @param after the request as it was written
     * @param action of the reconcile
     * @param lastSeenInCreation when the poller last saw that the snapshot was being created
     */
    void record(VolumeSnapshotRequest after, Action action, Optional<Instant> lastSeenInCreation) {
        if (!wasReady && isReady(after)) {
            var now = clock.instant();
            var createdAt = StatusMapper.read(after).createdAt();
            metrics.requestReady(source(after), Duration.between(createdAt, now));
            lastSeenInCreation.ifPresent(seen -> metrics.readinessObserved(Duration.between(seen, now)));
        }
        var id = StatusMapper.recordedId(after);
        if (id.isPresent()
                && !id.equals(idBefore)
                && source(after) != RequestSource.SNAPSHOT
                && !(action instanceof Action.CreateSnapshot)) {
            metrics.snapshotAdopted();
        }
    }

    /** Whether the request was ready at some time. */
    private static boolean isReady(VolumeSnapshotRequest request) {
        return StatusMapper.status(request).readyAt() != null;
    }

    private static RequestSource source(VolumeSnapshotRequest request) {
        var source = request.getSpec().source();
        if (source.snapshotId() != null) {
            return RequestSource.SNAPSHOT;
        }
        return source.volumeId() != null ? RequestSource.VOLUME : RequestSource.CLAIM;
    }
}
