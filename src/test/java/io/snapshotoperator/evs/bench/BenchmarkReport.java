/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of one benchmark.
 *
 * @param start the CPU time of the operator until it led and was idle
 * @param applying how long the users needed to create the requests
 * @param timeline samples until all requests were ready
 * @param enforced whether the kernel enforced the memory limit
 * @param kills how often the kernel ended the operator
 */
record BenchmarkReport(
        BenchmarkSettings settings,
        Duration start,
        Duration applying,
        Lag readiness,
        List<Phase> phases,
        List<Timeline.Sample> timeline,
        boolean enforced,
        long kills) {

    /** Returns the tables for people, in Markdown. */
    String table() {
        var text = new StringBuilder();
        text.append(format(
                "%d requests, cloud %s, budget %s, memory limit %d MiB (%s)%n%n",
                settings.requests(),
                seconds(settings.latency()),
                settings.limited() ? "default" : "off",
                settings.memoryBytes() >> 20,
                enforced ? "enforced by the kernel" : "only the heap is limited"));
        text.append(
                "| per snapshot | writes | events | single reads | cloud calls | CPU |\n|---|---|---|---|---|---|\n");
        for (var phase : phases) {
            text.append(format(
                    "| %s | %.2f | %.2f | %.2f | %.2f | %.1f ms |%n",
                    phase.name(),
                    perRequest(phase.counts().writes()),
                    perRequest(phase.counts().events()),
                    perRequest(phase.counts().singleReads()),
                    perRequest(phase.counts().allCloudCalls()),
                    perRequest(phase.cpu().toMillis())));
        }
        text.append(
                "\n| phase | took | stuck | lists of requests | resident | peak | cloud calls |\n|---|---|---|---|---|---|---|\n");
        for (var phase : phases) {
            text.append(format(
                    "| %s | %s | %d | %d | %d MB | %d MB | %s |%n",
                    phase.name(),
                    seconds(phase.took()),
                    phase.stuck(),
                    phase.counts().lists(),
                    phase.usage().residentBytes() / 1_000_000,
                    phase.usage().peakBytes() / 1_000_000,
                    describe(phase.counts().cloudCalls())));
        }
        text.append(format(
                "%nreadiness noticed after the cloud: median %s, p95 %s, p99 %s, max %s; applying took %s%n",
                seconds(readiness.median()),
                seconds(readiness.p95()),
                seconds(readiness.p99()),
                seconds(readiness.max()),
                seconds(applying)));
        text.append(format("CPU of the start: %s; ended by the kernel for memory: %d%n", seconds(start), kills));
        return text.toString();
    }

    private double perRequest(long count) {
        return (double) count / settings.requests();
    }

    private static String seconds(Duration duration) {
        return format("%.1f s", duration.toMillis() / 1000.0);
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }

    private static String describe(Map<String, Long> calls) {
        return calls.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(call -> call.getKey() + " " + call.getValue())
                .collect(Collectors.joining(", "));
    }
}
