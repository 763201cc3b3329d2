/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPlacesTest {
    private static final List<Lane> LANES = List.of(Lane.CREATE, Lane.DELETE, Lane.READ);

    private final WorkerPlaces workers = new WorkerPlaces();

    /** None of the calls of the slow connections ends. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10})
    void leavesWorkersWhileConnectionsAreSlow(int slow) {
        var entered = IntStream.range(0, slow)
                .mapToObj(connection -> new CallsInFlight(workers))
                .mapToInt(WorkerPlacesTest::enterAsOftenAsPossible)
                .sum();

        assertThat(entered).isLessThan(CallsInFlight.WORKERS);
        assertThat(new CallsInFlight(workers).tryEnter(Lane.CREATE)).isTrue();
    }

    @Test
    void oneConnectionCanUseTwoThirds() {
        assertThat(enterAsOftenAsPossible(new CallsInFlight(workers))).isEqualTo(CallsInFlight.WORKERS * 2 / 3 + 1);
    }

    @Test
    void givesPlacesBack() {
        var slow = new CallsInFlight(workers);
        var entered = enterAsOftenAsPossible(slow);

        LANES.forEach(lane -> IntStream.range(0, lane == Lane.READ ? 4 : CallsInFlight.PER_LANE)
                .forEach(call -> slow.leave(lane)));

        assertThat(enterAsOftenAsPossible(slow)).isEqualTo(entered);
    }

    private static int enterAsOftenAsPossible(CallsInFlight calls) {
        return LANES.stream()
                .mapToInt(lane -> (int) IntStream.range(0, 100)
                        .takeWhile(call -> calls.tryEnter(lane))
                        .count())
                .sum();
    }
}
