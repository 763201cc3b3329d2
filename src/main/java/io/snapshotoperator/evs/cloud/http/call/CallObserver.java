/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.time.Duration;
import java.util.Optional;

/** Hears of every HTTP exchange once it is over, logins and replays included; for meters. Called by many threads. */
@FunctionalInterface
public interface CallObserver {

    /**
     * @param failure what the exchange failed with; empty when it succeeded, and when the cloud said that there is no
     *     such snapshot, which is an answer and not a failure
     * @param took from sending to the last byte
     */
    void onCallCompleted(CloudOperation operation, Optional<CloudException.Kind> failure, Duration took);

    /** Hears and forgets. */
    static CallObserver none() {
        return (operation, failure, took) -> {};
    }
}
