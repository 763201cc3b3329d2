/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has used, as Linux counts it (proc(5)).
 *
 * @param cpu in user and kernel mode since its start
 * @param residentBytes now
 * @param peakBytes the most that was resident since its start
 */
record ProcessUsage(Duration cpu, long residentBytes, long peakBytes) {
    /** The unit of times in {@code stat}. It is 100 on all platforms of the JVM. */
    private static final long TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int KERNEL_TIME = 12;

    static ProcessUsage of(long pid) {
        var folder = Path.of("/proc", Long.toString(pid));
        try {
            // The fields after the name of the program, which can contain spaces.
            var stat = Files.readString(folder.resolve("stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            var ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[KERNEL_TIME]);
            var status = Files.readString(folder.resolve("status"));
            return new ProcessUsage(
                    Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND),
                    bytes(status, "VmRSS:"),
                    bytes(status, "VmHWM:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").strip())
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
