/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LeaderMetricsTest {
    private static final List<Reason> KNOWN = List.of(CommonReason.values());

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LeaderMetrics gauges = new LeaderMetrics(meters, new SnapshotMetrics(meters));

    private double requests(String state, String reason) {
        return meters.get("evs.requests")
                .tags("state", state, "reason", reason)
                .gauge()
                .value();
    }

    @Test
    void countsRequestsByStateAndReason() {
        gauges.registerRequests(KNOWN, () -> Stream.of("Paused", "QuotaExceeded", "QuotaExceeded", "Throttled")
                .map(Optional::of));

        assertThat(requests("reconciling", "Paused")).isEqualTo(1);
        assertThat(requests("reconciling", "Throttled")).isEqualTo(1);
        assertThat(requests("stalled", "QuotaExceeded")).isEqualTo(2);
        assertThat(requests("stalled", "NotAuthorized")).isZero();
        assertThat(requests("unknown", "unknown")).isZero();
    }

    @Test
    void makesNoTagOfReasonThatIsNotKnown() {
        gauges.registerRequests(KNOWN, () -> Stream.of(Optional.of("FromNewerVersion"), Optional.empty()));

        assertThat(requests("unknown", "unknown")).isEqualTo(2);
        assertThat(meters.get("evs.requests").gauges()).hasSize(KNOWN.size() + 1);
    }

    @Test
    void countsObjectsOnceForAllReasonsOfScrape() {
        var now = new AtomicLong();
        var counted = new ArrayList<Long>();
        var counts = new ReasonCounts(
                Set.of("Paused"),
                () -> {
                    counted.add(now.get());
                    return Stream.of(Optional.of("Paused"));
                },
                now::get);

        counts.of("Paused");
        now.set(TimeUnit.SECONDS.toNanos(1) - 1);
        counts.of("Throttled");
        counts.ofUnknown();
        assertThat(counted).containsExactly(0L);

        now.set(TimeUnit.SECONDS.toNanos(1));
        assertThat(counts.of("Paused")).isEqualTo(1);
        assertThat(counted).hasSize(2);
    }

    @Test
    void leavesOnlyZeroOrphansWhenTermEnds() {
        gauges.registerRequests(KNOWN, Stream::empty);
        gauges.registerConnections(KNOWN, Stream::empty);
        gauges.registerDuplicates(() -> 1);
        gauges.registerInFlight(() -> 2);
        gauges.registerWatchHealthy(() -> true);
        gauges.registerOrphans(() -> 3);
        assertThat(meters.get("evs.snapshots.orphaned").gauge().value()).isEqualTo(3);

        gauges.close();
        gauges.close();

        assertThat(meters.getMeters())
                .filteredOn(meter -> meter.getId().getType() == Meter.Type.GAUGE)
                .extracting(meter -> meter.getId().getName())
                .filteredOn(name -> !name.endsWith(".histogram"))
                .containsExactly("evs.snapshots.orphaned");
        assertThat(meters.get("evs.snapshots.orphaned").gauge().value()).isZero();
    }
}
