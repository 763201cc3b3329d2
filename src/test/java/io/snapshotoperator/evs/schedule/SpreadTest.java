/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void distributesSchedulesOverTheWholeTime() {
        var within = Duration.ofMinutes(10);

        var perMinute = IntStream.range(0, 1000)
                .mapToObj(number -> Spread.of(new UUID(1, number).toString(), within))
                .collect(Collectors.groupingBy(Duration::toMinutes, Collectors.counting()));

        assertThat(perMinute).hasSize(10);
        assertThat(perMinute.values()).allMatch(count -> count > 50 && count < 150);
    }

    @Test
    void isTheSameEachTimeAndZeroWithoutSpread() {
        assertThat(Spread.of("uid-1", Duration.ofMinutes(10))).isEqualTo(Spread.of("uid-1", Duration.ofMinutes(10)));
        assertThat(Spread.of("uid-1", Duration.ZERO)).isZero();
    }
}
