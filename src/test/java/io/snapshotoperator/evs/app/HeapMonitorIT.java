/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.OperatorProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Uses up the heap of a process of its own, with the collector that the JVM takes in a small container. */
class HeapMonitorIT {

    /** Keeps more and more objects, not faster than an operator that gets more requests. */
    static final class Filler {
        private static final int PIECE = 16 * 1024;
        private static final long PAUSE_NANOS = 2_000_000;

        public static void main(String... none) {
            HeapMonitor.start();
            var kept = new ArrayList<byte[]>();
            while (kept.size() < Integer.MAX_VALUE) {
                kept.add(new byte[PIECE]);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Test
    void saysWhatToDoBeforeMemoryIsUsedUp() {
        try (var process = OperatorProcess.command("heap", OperatorProcess.java(), filler())
                .start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(60)))
                    .as(process.log())
                    .isEqualTo(3);
            assertThat(process.log())
                    .containsSubsequence(
                            "Raise resources.limits.memory of the chart",
                            "Terminating due to java.lang.OutOfMemoryError: Java heap space");
        }
    }

    private static List<String> filler() {
        return List.of(
                "-XX:+UseSerialGC",
                "-Xmx48m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Filler.class.getName());
    }
}
