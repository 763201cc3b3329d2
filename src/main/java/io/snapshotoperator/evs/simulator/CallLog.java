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
 * Every call to EVS and IAM that arrived, in order; what tests ask instead of looking inside. Orders that fell due meanwhile
 * are carried out before a question is answered. Keeps the last {@value #KEPT} calls; {@link #discarded()} says how many
 * older ones there were. Safe for use by several threads.
 */
public final class CallLog {

    /** About 200 MB at the most; a trial that runs for weeks must not grow without end. */
    static final int KEPT = 200_000;

    private final Runnable catchUp;
    private final TreeMap<Long, CallLogEntry> entries = new TreeMap<>();
    private long lastSequence;
    private long discarded;

    /** @param catchUp lets everything happen that fell due */
    CallLog(Runnable catchUp) {
        this.catchUp = catchUp;
    }

    /** All calls, oldest first. */
    public List<CallLogEntry> calls() {
        catchUp.run();
        synchronized (this) {
            return List.copyOf(entries.values());
        }
    }

    public List<CallLogEntry> calls(Operation operation) {
        return calls(entry -> entry.operation() == operation);
    }

    public List<CallLogEntry> calls(Predicate<CallLogEntry> which) {
        return calls().stream().filter(which).toList();
    }

    public int count(Operation operation) {
        return calls(operation).size();
    }

    public Map<Operation, Long> counts() {
        return calls().stream()
                .collect(Collectors.groupingBy(
                        CallLogEntry::operation, () -> new EnumMap<>(Operation.class), Collectors.counting()));
    }

    /** The creates by which a snapshot came into being, whatever was answered. */
    public List<CallLogEntry> createsActedOn() {
        return calls(entry -> entry.operation() == Operation.CREATE && entry.acted());
    }

    /** The creates acted on by the value that they had under a key of their metadata; those without it are left out. */
    public Map<String, List<CallLogEntry>> createsActedOnBy(String metadataKey) {
        return createsActedOn().stream()
                .filter(entry -> entry.metadata().containsKey(metadataKey))
                .collect(Collectors.groupingBy(
                        entry -> entry.metadata().get(metadataKey), LinkedHashMap::new, Collectors.toList()));
    }

    /** How many calls arrived from {@code from} (inclusive) to {@code to} (exclusive), in simulated time. */
    public long countBetween(Instant from, Instant to) {
        return calls().stream()
                .map(CallLogEntry::at)
                .filter(at -> !at.isBefore(from) && at.isBefore(to))
                .count();
    }

    /** The most calls that arrived within any stretch of time shorter than {@code window}, in simulated time. */
    public int maxCallsWithin(Duration window, Predicate<CallLogEntry> which) {
        var inWindow = new ArrayDeque<Instant>();
        var limit = 0;
        var times = calls(which).stream().map(CallLogEntry::at).sorted().toList();
        for (var at : times) {
            inWindow.addLast(at);
            while (Duration.between(inWindow.peekFirst(), at).compareTo(window) >= 0) {
                inWindow.removeFirst();
            }
            limit = Math.max(limit, inWindow.size());
        }
        return limit;
    }

    /** How many of the oldest calls are no longer kept. */
    public synchronized long discarded() {
        return discarded;
    }

    /** Begins with an empty page; numbers go on. */
    public synchronized void clear() {
        entries.clear();
        discarded = 0;
    }

    synchronized long write(CallLogEntry entry) {
        var number = ++lastSequence;
        entries.put(number, entry.numbered(number));
        while (entries.size() > KEPT) {
            entries.remove(entries.firstKey());
            discarded++;
        }
        return number;
    }

    synchronized void amend(long number, UnaryOperator<CallLogEntry> change) {
        entries.computeIfPresent(number, (key, entry) -> change.apply(entry));
    }
}
