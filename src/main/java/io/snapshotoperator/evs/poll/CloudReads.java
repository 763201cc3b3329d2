/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import java.util.function.Function;

/** The reads of one connection, as far as the poller needs them. */
public interface CloudReads {
    /** Reserves the permit for one read of the poller, which other reads cannot take. Never waits. */
    Reservation tryReserveRead();

    /**
     * Executes reads for which permits were reserved.
     *
     * @throws CloudException if a read fails
     */
    <T> T read(Function<CloudClient, T> reads);
}
