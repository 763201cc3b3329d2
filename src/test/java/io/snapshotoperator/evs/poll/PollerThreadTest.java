/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PollerThreadTest {
    private static final PollIntervals INTERVALS = new PollIntervals(Duration.ofMillis(20), Duration.ofHours(1));

    static Error[] errors() {
        return new Error[] {new NoClassDefFoundError("late"), new StackOverflowError(), new AssertionError("a bug")};
    }

    @ParameterizedTest
    @MethodSource("errors")
    void continuesAfterError(Error error) throws InterruptedException {
        var attempts = new AtomicInteger();
        var triggered = new CountDownLatch(1);
        var cloud = new FakeCloud();
        cloud.put(FakeCloud.snapshot("a", "available", Map.of()));
        var poller = new SnapshotPoller(
                cloud,
                () -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw error;
                    }
                },
                InstantSource.system(),
                INTERVALS,
                delay -> delay,
                object -> triggered.countDown(),
                inventory -> {});
        poller.watch(
                new ResourceID("a", "default"),
                "uid-a",
                new WatchedState(new SnapshotId("a"), "creating", Optional.of("a"), false));

        try (var thread = new PollerThread(poller, InstantSource.system(), INTERVALS)) {
            thread.start();

            assertThat(triggered.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
