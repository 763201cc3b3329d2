/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.testing.AuditLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the operator sent since it started, without the Lease.
 *
 * @param writes of requests and their status
 * @param events created
 * @param singleReads of requests
 * @param lists of requests
 * @param cloudCalls by the operation of the simulator
 */
record Counts(long writes, long events, long singleReads, long lists, Map<String, Long> cloudCalls) {
    private static final String REQUESTS = "volumesnapshotrequests";

    Counts {
        cloudCalls = Map.copyOf(cloudCalls);
    }

    /**
     * @param sent the requests to the API server
     * @param summary the response of {@code GET /simulator/summary}
     */
    static Counts of(List<AuditLog.Entry> sent, JsonNode summary) {
        var calls = new TreeMap<String, Long>();
        summary.path("operations")
                .properties()
                .forEach(operation ->
                        calls.put(operation.getKey(), operation.getValue().asLong()));
        return new Counts(
                count(sent, entry -> entry.isWrite() && entry.resource().startsWith(REQUESTS)),
                count(sent, entry -> entry.isWrite() && entry.resource().equals("events")),
                count(
                        sent,
                        entry -> entry.verb().equals("get") && entry.resource().equals(REQUESTS)),
                count(
                        sent,
                        entry -> entry.verb().equals("list") && entry.resource().equals(REQUESTS)),
                calls);
    }

    private static long count(List<AuditLog.Entry> sent, Predicate<AuditLog.Entry> filter) {
        return sent.stream().filter(filter).count();
    }

    long allCloudCalls() {
        return cloudCalls.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns what was sent after the earlier counts were taken. */
    Counts since(Counts earlier) {
        var calls = new TreeMap<String, Long>();
        cloudCalls.forEach(
                (operation, count) -> calls.put(operation, count - earlier.cloudCalls.getOrDefault(operation, 0L)));
        calls.values().removeIf(count -> count == 0);
        return new Counts(
                writes - earlier.writes,
                events - earlier.events,
                singleReads - earlier.singleReads,
                lists - earlier.lists,
                calls);
    }
}
