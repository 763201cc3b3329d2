/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * What is going to happen in the cloud, and when. Nothing happens by itself: whoever looks at the cloud first asks for the
 * {@link #present()}, and all that fell due until then is carried out in order, each deed at its own instant. So no thread
 * waits for a snapshot, and stepped time behaves as running time does. Not safe for several threads; its owner locks.
 */
final class EventQueue {

    private record Item(Instant due, long sequence, Consumer<Instant> action) {}

    private final InstantSource clock;
    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparing(Item::due).thenComparing(Item::sequence));
    private long sequence;
    private Instant carryingOut;

    EventQueue(InstantSource clock) {
        this.clock = clock;
    }

    /** The instant that counts now: that of the deed being carried out, or the clock's after all that was due has been done. */
    Instant present() {
        if (carryingOut != null) {
            return carryingOut;
        }
        var now = clock.instant();
        while (!items.isEmpty() && !items.peek().due().isAfter(now)) {
            carryOut(items.poll());
        }
        return now;
    }

    void at(Instant due, Consumer<Instant> action) {
        items.add(new Item(due, sequence++, action));
    }

    private void carryOut(Item item) {
        carryingOut = item.due();
        try {
            item.action().accept(item.due());
        } finally {
            carryingOut = null;
        }
    }
}
