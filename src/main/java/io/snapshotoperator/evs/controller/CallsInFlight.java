/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import java.util.EnumMap;
import java.util.Map;

/**
 * Limits how many reconciles of one connection are within a cloud call: of one lane, so that slow calls of one kind leave workers
 * for the rest, and of all lanes, so that a slow cloud leaves workers for the other connections. Safe for use by many threads.
 */
public final class CallsInFlight {
    /** Threads that reconcile objects ({@code app.JosdkOperatorProducer} configures them). */
    public static final int WORKERS = 50;

    /** Reconciles use three lanes. The poller has its own thread. */
    static final int PER_LANE = (WORKERS - 5) / 3;

    private final WorkerPlaces workers;
    private final Map<Lane, Integer> used = new EnumMap<>(Lane.class);

    /** @param workers the places that all connections share */
    CallsInFlight(WorkerPlaces workers) {
        this.workers = workers;
    }

    synchronized boolean tryEnter(Lane lane) {
        var ofLane = used.getOrDefault(lane, 0);
        var ofAll = used.values().stream().mapToInt(Integer::intValue).sum();
        if (ofLane >= PER_LANE || !workers.tryEnter(ofAll)) {
            return false;
        }
        used.put(lane, ofLane + 1);
        return true;
    }

    synchronized void leave(Lane lane) {
        used.merge(lane, -1, Integer::sum);
        workers.leave();
    }
}
