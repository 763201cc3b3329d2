/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.time.Duration;
import java.util.Optional;

/** Is called after every HTTP exchange, including logins and repeated requests; for meters. Many threads call it. */
@FunctionalInterface
public interface CallObserver {
    /** Why a token was requested. */
    enum TokenCause {
        /** The connection had none. */
        FIRST,
        /** The lifetime of the token has passed, or the last quarter of it has begun. */
        EXPIRING,
        /** EVS rejected the token. */
        REJECTED,
        /** The password changed. */
        CREDENTIALS_CHANGED
    }

    /**
     * @param failure the kind of the failure; empty if the exchange succeeded, also with the result that the
     *     object does not exist
     * @param took the time from sending the request to the last byte of the response
     */
    void onCallCompleted(CloudOperation operation, Optional<CloudException.Kind> failure, Duration took);

    /** Is called after IAM issued a token. */
    default void onTokenIssued(TokenCause cause) {}

    /** Returns an observer that does nothing. */
    static CallObserver none() {
        return (operation, failure, took) -> {};
    }
}
