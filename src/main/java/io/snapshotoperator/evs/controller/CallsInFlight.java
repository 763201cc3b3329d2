/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Limits how many reconciles of one connection are within a cloud call of the same lane. All lanes together stay below the
 * number of workers, so that a slow cloud never occupies all of them. Safe for use by many threads.
 */
public final class CallsInFlight {
    /** Threads that reconcile objects ({@code app.JosdkOperatorProducer} configures them). */
    public static final int WORKERS = 50;

    /** Reconciles use three lanes. The poller has its own thread. */
    static final int PER_LANE = (WORKERS - 5) / 3;

    private final Map<Lane, Semaphore> free = new EnumMap<>(Lane.class);

    CallsInFlight() {
        for (var lane : Lane.values()) {
            free.put(lane, new Semaphore(PER_LANE));
        }
    }

    boolean tryEnter(Lane lane) {
        return free.get(lane).tryAcquire();
    }

    void leave(Lane lane) {
        free.get(lane).release();
    }
}
