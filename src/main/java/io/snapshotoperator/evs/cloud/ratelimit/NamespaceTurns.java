/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The turns of the namespaces whose callers wait for permits of one lane. The next permit is for the namespace that got none for
 * the longest time, however many callers of others wait. While a denied caller of that namespace is due, the permit is kept for
 * it, so that no other namespace takes it in the moment before the caller asks. A turn that is not used in time counts as used.
 *
 * <p>Without turns, the caller that asks first after a permit became available gets it: one of a thousand callers of one namespace,
 * and rarely the only caller of another. Not safe for use by several threads.
 */
final class NamespaceTurns {
    /** How much later than its time a denied caller asks: delays are lengthened at random, and all workers can be busy. */
    private static final Duration MAX_LATENESS = Duration.ofSeconds(5);

    /**
     * How long the last permit of a namespace counts. So a namespace waits not longer than this for namespaces that are new each
     * time.
     */
    private static final Duration GRANT_COUNTS = Duration.ofMinutes(1);

    private static final class Namespace {
        /** When its denied callers ask again. */
        private final Queue<Instant> due = new PriorityQueue<>();

        /** Orders the namespaces that got no permit. */
        private final long number;

        /** When it got a permit, or did not use its turn; MIN if that was long ago. */
        private Instant servedAt = Instant.MIN;

        /** The turn of the next caller that is denied, if it is not earlier than the first possible time. */
        private Instant queueEnd = Instant.MIN;

        private Namespace(long number) {
            this.number = number;
        }

        private boolean isWaiting() {
            return !due.isEmpty();
        }

        private boolean isDue(Instant now) {
            return isWaiting() && !due.peek().isAfter(now);
        }

        private boolean isBefore(Namespace other) {
            return servedAt.equals(other.servedAt) ? number < other.number : servedAt.isBefore(other.servedAt);
        }

        private void removeOld(Instant now) {
            while (isWaiting() && due.peek().plus(MAX_LATENESS).isBefore(now)) {
                due.remove();
                servedAt = now;
            }
            if (!servedAt.equals(Instant.MIN) && servedAt.plus(GRANT_COUNTS).isBefore(now)) {
                servedAt = Instant.MIN;
            }
        }

        /** A caller asks: it is the one that is due, if any is. */
        private void onAsked(Instant now) {
            if (isDue(now)) {
                due.remove();
            }
        }
    }

    private final Map<String, Namespace> namespaces = new HashMap<>();
    private long numbers;

    /** Returns for how many other namespaces a permit is kept, because their turn is before that of this one. */
    int countKeptBefore(String namespace, Instant now) {
        namespaces.values().removeIf(other -> {
            other.removeOld(now);
            return !other.isWaiting() && other.servedAt.equals(Instant.MIN);
        });
        var own = find(namespace);
        return (int) namespaces.values().stream()
                .filter(other -> other != own && other.isDue(now) && other.isBefore(own))
                .count();
    }

    /** Records that a caller of the namespace got a permit. */
    void onGranted(String namespace, Instant now) {
        var own = find(namespace);
        own.onAsked(now);
        own.servedAt = now;
    }

    /**
     * Records that a caller of the namespace was denied, and returns its turn. Denied callers of one namespace get increasing
     * turns, so that a thousand of them do not come back together and are denied again.
     *
     * @param from when permits are granted again
     * @param missing the permits that are missing for one call
     * @param rate of the lane, in permits per second
     * @param longest the longest wait after the next permit; callers whose turn is later ask then
     */
    Instant onDenied(String namespace, Instant now, Instant from, double missing, double rate, Duration longest) {
        var own = find(namespace);
        own.onAsked(now);
        var others = namespaces.values().stream()
                .filter(other -> other != own && other.isWaiting())
                .toList();
        double before = others.stream().filter(other -> other.isBefore(own)).count();
        var earliest = from.plus(seconds(missing / rate));
        var first = earliest.plus(seconds(before / rate));
        var last = earliest.plus(longest);
        var turn = own.queueEnd.isAfter(first) ? own.queueEnd : first;
        if (turn.isAfter(last)) {
            turn = last;
        }
        own.queueEnd = turn.plus(seconds((1 + others.size()) / rate));
        own.due.add(turn);
        return turn;
    }

    private Namespace find(String namespace) {
        return namespaces.computeIfAbsent(namespace, absent -> new Namespace(numbers++));
    }

    /** Forgets how long the queues are, because permits are left over. */
    void shortenQueues() {
        namespaces.values().forEach(namespace -> namespace.queueEnd = Instant.MIN);
    }

    /** Moves all times, after the clock was set back. */
    void shift(Duration by) {
        namespaces.values().forEach(namespace -> {
            var shifted = namespace.due.stream().map(time -> time.plus(by)).toList();
            namespace.due.clear();
            namespace.due.addAll(shifted);
            namespace.queueEnd = shifted(namespace.queueEnd, by);
            namespace.servedAt = shifted(namespace.servedAt, by);
        });
    }

    private static Instant shifted(Instant time, Duration by) {
        return time.equals(Instant.MIN) ? time : time.plus(by);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) Math.ceil(seconds * 1e9));
    }
}
