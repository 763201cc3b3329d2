/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The result of one benchmark.
 *
 * @param start the CPU time of the operator until it led and was idle
 * @param leading how long the restarted operator needed until it led, with all requests in its cache
 * @param applying how long the users needed to create the requests
 * @param timeline samples until all requests were ready
 * @param enforced whether the kernel enforced the memory limit
 * @param kills how often the kernel ended the operator
 */
record BenchmarkReport(
        BenchmarkSettings settings,
        Duration start,
        Duration leading,
        Duration applying,
        Lag readiness,
        List<Phase> phases,
        List<Timeline.Sample> timeline,
        boolean enforced,
        long kills) {

    /** The default of {@code evs.poll.interval}. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

    /** The operator sends the last create requests after the last request was applied. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    /** Returns the tables for people, in Markdown. */
    String table() {
        var text = new StringBuilder();
        text.append(format(
                "%d requests%s, cloud %s, budget %s, memory limit %d MiB (%s)%n%n",
                settings.requests(),
                settings.settled() ? " settled before the start" : "",
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
                    phase.perRequest(phase.counts().writes()),
                    phase.perRequest(phase.counts().events()),
                    phase.perRequest(phase.counts().singleReads()),
                    phase.perRequest(phase.counts().allCloudCalls()),
                    phase.perRequest(phase.cpu().toMillis())));
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
        callsPerSecondWhileWaiting()
                .ifPresent(calls -> text.append(format(
                        "calls per second while all wait: %.2f; one read per request and poll interval would be %.0f%n",
                        calls, readsPerSecondPerObject())));
        text.append(format(
                "CPU of the start: %s; the restarted operator led after %s; ended by the kernel for memory: %d%n",
                seconds(start), seconds(leading), kills));
        return text.toString();
    }

    /** Returns the most resident memory of all phases. */
    long peakBytes() {
        return phases.stream()
                .mapToLong(phase -> phase.usage().peakBytes())
                .max()
                .orElseThrow();
    }

    /**
     * Returns the calls to the cloud per second from the time when all requests were applied until the first one was ready; empty
     * if the cloud was faster than the users.
     */
    OptionalDouble callsPerSecondWhileWaiting() {
        var waiting = timeline.stream()
                .filter(sample -> sample.ready() == 0 && sample.at().compareTo(applying.plus(SETTLE)) > 0)
                .toList();
        if (waiting.size() < 2) {
            return OptionalDouble.empty();
        }
        var first = waiting.get(0);
        var last = waiting.get(waiting.size() - 1);
        var seconds = last.at().minus(first.at()).toMillis() / 1000.0;
        return OptionalDouble.of((last.cloudCalls() - first.cloudCalls()) / seconds);
    }

    /** Returns the calls per second of an operator that reads each request that waits once per poll interval. */
    double readsPerSecondPerObject() {
        return settings.requests() * 1000.0 / POLL_INTERVAL.toMillis();
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
