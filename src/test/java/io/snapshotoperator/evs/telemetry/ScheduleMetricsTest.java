/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleMetricsTest {
    private final SteppedClock clock = new SteppedClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ScheduleMetrics metrics = new ScheduleMetrics(meters, clock);

    private double value(String meter) {
        return meters.get(meter).gauge().value();
    }

    @Test
    void followsClockAndEndsWithNextGoodSnapshot() {
        var now = clock.instant();
        metrics.update("a", now, now.plus(Duration.ofHours(50)));
        metrics.update("b", now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(9)));
        assertThat(value(ScheduleMetrics.OVERDUE)).isZero();
        assertThat(value(ScheduleMetrics.LAST_GOOD_AGE)).isEqualTo(3600);

        clock.step(Duration.ofHours(51));
        assertThat(value(ScheduleMetrics.OVERDUE)).isEqualTo(1);
        assertThat(value(ScheduleMetrics.LAST_GOOD_AGE)).isEqualTo(52 * 3600);

        metrics.update("a", clock.instant(), clock.instant().plus(Duration.ofHours(50)));
        assertThat(value(ScheduleMetrics.OVERDUE)).isZero();
    }

    @Test
    void forgetsSchedulesThatAreGone() {
        metrics.update("a", clock.instant(), clock.instant().minusSeconds(1));
        metrics.remove("a");

        assertThat(value(ScheduleMetrics.OVERDUE)).isZero();
        assertThat(value(ScheduleMetrics.LAST_GOOD_AGE)).isZero();
        metrics.close();
        assertThat(meters.getMeters()).isEmpty();
    }
}
