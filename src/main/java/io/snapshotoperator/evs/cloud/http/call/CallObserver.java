/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.time.Duration;
import java.util.Optional;

/** Is called after every HTTP exchange, including logins and repeated requests; for meters. Many threads call it. */
@FunctionalInterface
public interface CallObserver {

    /**
     * @param failure the kind of the failure; empty if the exchange succeeded, also with the result that the snapshot does
     *     not exist
     * @param took the time from sending the request to the last byte of the response
     */
    void onCallCompleted(CloudOperation operation, Optional<CloudException.Kind> failure, Duration took);

    /** Returns an observer that does nothing. */
    static CallObserver none() {
        return (operation, failure, took) -> {};
    }
}
