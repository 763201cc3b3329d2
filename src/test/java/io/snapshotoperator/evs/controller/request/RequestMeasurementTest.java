/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestMeasurementTest {
    private static final Action NONE = new Action.None();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SnapshotMetrics metrics = new SnapshotMetrics(meters);

    /** Ends a reconcile that found one request and left another one. */
    private void reconcile(VolumeSnapshotRequest before, VolumeSnapshotRequest after, Optional<Instant> lastSeen) {
        new RequestMeasurement(before, metrics, () -> NOON.plusSeconds(90)).record(after, NONE, lastSeen);
    }

    private static VolumeSnapshotRequest request(String snapshotId, String readyAt) {
        var request = Requests.newRequest();
        request.getMetadata().setCreationTimestamp(NOON.plusSeconds(30).toString());
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId(snapshotId)
                .readyAt(readyAt)
                .build());
        return request;
    }

    private double secondsToReady(String source) {
        return meters.get("evs.requests.time.to.ready")
                .tag("source", source)
                .timer()
                .totalTime(TimeUnit.SECONDS);
    }

    @Test
    void timesFromCreationOfObjectToFirstReadiness() {
        reconcile(request("s-1", null), request("s-1", "2026-01-01T12:01:30Z"), Optional.empty());

        assertThat(secondsToReady("volume")).isEqualTo(60);
        assertThat(meters.get("evs.requests.readiness.lag").timer().count()).isZero();
    }

    @Test
    void timesFromLastObservationOfCreation() {
        reconcile(request("s-1", null), request("s-1", "2026-01-01T12:01:30Z"), Optional.of(NOON.plusSeconds(78)));

        assertThat(meters.get("evs.requests.readiness.lag").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(12);
    }

    @Test
    void countsNegativeTimeAsZeroWhenClocksDiffer() {
        var after = request("s-1", "2026-01-01T12:01:30Z");
        after.getMetadata().setCreationTimestamp(NOON.plusSeconds(95).toString());

        reconcile(request("s-1", null), after, Optional.of(NOON.plusSeconds(95)));

        assertThat(secondsToReady("volume")).isZero();
        assertThat(meters.get("evs.requests.readiness.lag").timer().count()).isEqualTo(1);
    }

    @Test
    void measuresNothingWhenRequestWasReadyBefore() {
        var ready = request("s-1", "2026-01-01T12:01:00Z");

        reconcile(ready, ready, Optional.of(NOON));

        assertThat(meters.find("evs.requests.time.to.ready").timers()).isEmpty();
        assertThat(meters.get("evs.requests.readiness.lag").timer().count()).isZero();
    }

    @Test
    void countsAdoptionWhenIdIsRecordedWithoutCreate() {
        reconcile(request(null, null), request("s-1", null), Optional.empty());
        reconcile(request("s-1", null), request("s-1", null), Optional.empty());

        assertThat(meters.get("evs.snapshots.adopted").counter().count()).isEqualTo(1);
    }

    @Test
    void countsNoAdoptionForImport() {
        var imported = request("s-1", "2026-01-01T12:01:30Z");
        imported.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot("s-1")));

        reconcile(request(null, null), imported, Optional.empty());

        assertThat(meters.get("evs.snapshots.adopted").counter().count()).isZero();
        assertThat(secondsToReady("snapshot")).isEqualTo(60);
    }
}
