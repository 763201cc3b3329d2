/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How many objects have which reason. One scrape reads the gauges of all reasons, so a count serves all readers for a second.
 * Safe for use by many threads.
 */
final class ReasonCounts {
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Set<String> known;
    private final Supplier<Stream<Optional<String>>> reasons;
    private final LongSupplier nanoTime;
    private Map<String, Integer> counts = Map.of();
    private int unknown;
    private Optional<Long> countedAt = Optional.empty();

    /** @param reasons returns the reason of each object; empty for one without a reason */
    ReasonCounts(Collection<String> known, Supplier<Stream<Optional<String>>> reasons, LongSupplier nanoTime) {
        this.known = Set.copyOf(known);
        this.reasons = reasons;
        this.nanoTime = nanoTime;
    }

    synchronized int of(String reason) {
        countIfOld();
        return counts.getOrDefault(reason, 0);
    }

    /** Returns the number of objects without a reason, or with one that is not known. */
    synchronized int ofUnknown() {
        countIfOld();
        return unknown;
    }

    private void countIfOld() {
        var now = nanoTime.getAsLong();
        if (countedAt.filter(time -> now - time < MAX_AGE_NANOS).isPresent()) {
            return;
        }
        Map<String, Integer> next = new HashMap<>();
        reasons.get()
                .forEach(reason -> next.merge(reason.filter(known::contains).orElse(""), 1, Integer::sum));
        unknown = Optional.ofNullable(next.remove("")).orElse(0);
        counts = next;
        countedAt = Optional.of(now);
    }
}
