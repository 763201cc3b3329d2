/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Records every call to EVS and IAM, in order of arrival. Tests query it. Each query first runs the due changes of the
 * cloud. The log keeps the last {@value #CAPACITY} calls; {@link #discarded()} counts the older ones. Thread-safe.
 */
public final class CallLog {

    /** At most about 200 MB. Without this limit a trial of some weeks fills the memory. */
    static final int CAPACITY = 200_000;

    private final Runnable runDueEvents;
    private final TreeMap<Long, CallLogEntry> entries = new TreeMap<>();
    private long lastSequence;
    private long discarded;

    /** @param runDueEvents runs the due changes of the cloud */
    CallLog(Runnable runDueEvents) {
        this.runDueEvents = runDueEvents;
    }

    /** Returns all calls, oldest first. */
    public List<CallLogEntry> calls() {
        runDueEvents.run();
        synchronized (this) {
            return List.copyOf(entries.values());
        }
    }

    public List<CallLogEntry> calls(Operation operation) {
        return calls(entry -> entry.operation() == operation);
    }

    public List<CallLogEntry> calls(Predicate<CallLogEntry> filter) {
        return calls().stream().filter(filter).toList();
    }

    public int count(Operation operation) {
        return calls(operation).size();
    }

    public Map<Operation, Long> counts() {
        return calls().stream()
                .collect(Collectors.groupingBy(
                        CallLogEntry::operation, () -> new EnumMap<>(Operation.class), Collectors.counting()));
    }

    /** Returns the create requests that created a snapshot, whatever the response was. */
    public List<CallLogEntry> createsActedOn() {
        return actedOn(Operation.CREATE);
    }

    /** Returns the calls of this operation that changed the cloud, whatever the response was. */
    public List<CallLogEntry> actedOn(Operation operation) {
        return calls(entry -> entry.operation() == operation && entry.acted());
    }

    /** Groups the create requests that acted by the value of a metadata key. Requests without the key are left out. */
    public Map<String, List<CallLogEntry>> createsActedOnBy(String metadataKey) {
        return actedOnBy(Operation.CREATE, metadataKey);
    }

    /** As {@link #createsActedOnBy}, of {@link Operation#CREATE} or {@link Operation#DISK_CREATE}. */
    public Map<String, List<CallLogEntry>> actedOnBy(Operation operation, String metadataKey) {
        return actedOn(operation).stream()
                .filter(entry -> entry.metadata().containsKey(metadataKey))
                .collect(Collectors.groupingBy(
                        entry -> entry.metadata().get(metadataKey), LinkedHashMap::new, Collectors.toList()));
    }

    /** Counts the calls from {@code from} (inclusive) to {@code to} (exclusive), in simulated time. */
    public long countBetween(Instant from, Instant to) {
        return calls().stream()
                .map(CallLogEntry::at)
                .filter(at -> !at.isBefore(from) && at.isBefore(to))
                .count();
    }

    /** Returns the highest number of calls within any period shorter than {@code window}, in simulated time. */
    public int maxCallsWithin(Duration window, Predicate<CallLogEntry> filter) {
        var inWindow = new ArrayDeque<Instant>();
        var max = 0;
        var times = calls(filter).stream().map(CallLogEntry::at).sorted().toList();
        for (var at : times) {
            inWindow.addLast(at);
            while (Duration.between(inWindow.peekFirst(), at).compareTo(window) >= 0) {
                inWindow.removeFirst();
            }
            max = Math.max(max, inWindow.size());
        }
        return max;
    }

    /** Counts the oldest calls that the log dropped. */
    public synchronized long discarded() {
        return discarded;
    }

    /** Removes all entries. The sequence numbers continue. */
    public synchronized void clear() {
        entries.clear();
        discarded = 0;
    }

    /** Adds an entry and returns its sequence number. */
    synchronized long add(CallLogEntry entry) {
        var number = ++lastSequence;
        entries.put(number, entry.withSequence(number));
        while (entries.size() > CAPACITY) {
            entries.remove(entries.firstKey());
            discarded++;
        }
        return number;
    }

    synchronized void update(long number, UnaryOperator<CallLogEntry> change) {
        entries.computeIfPresent(number, (key, entry) -> change.apply(entry));
    }
}
