/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import java.util.concurrent.locks.LockSupport;

/** Acquires the permits for the reads of the poller. */
@FunctionalInterface
public interface ReadPermits {
    /** Acquires the permit for one read. May wait for it. */
    void acquire();

    /**
     * Returns permits for which the calling thread waits. A thread that reconciles must not wait; a thread that serves only
     * the poller may. An interrupt ends the wait without a permit, so that the operator can stop.
     */
    static ReadPermits waiting(CloudReads reads) {
        return () -> {
            while (reads.tryReserveRead() instanceof Reservation.Denied denied
                    && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(denied.retryAfter().toNanos());
            }
        };
    }
}
