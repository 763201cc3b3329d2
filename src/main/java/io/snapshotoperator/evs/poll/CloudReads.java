/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The reads of one connection, as far as the poller needs them. */
public interface CloudReads {
    /** Reserves the permit for one read. Returns the time after which to try again; empty when the permit was granted. */
    Optional<Duration> tryReserveRead();

    /**
     * Executes reads for which permits were reserved.
     *
     * @throws CloudException if a read fails
     */
    <T> T read(Function<SnapshotClient, T> reads);
}
