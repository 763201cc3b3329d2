/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.PermitDenial;
import java.util.Optional;

/** Asks a connection for the two permits of a call: a place among the calls in flight, and a share of the call budget. */
final class Permits {
    private Permits() {}

    /**
     * Returns why the call must not be sent now. If the result is empty, the caller sends one call, and {@link
     * CloudConnection#leave} must follow.
     */
    static Optional<PermitDenial> tryEnter(CloudConnection connection, Lane lane, Optional<VolumeId> volumeId) {
        if (!connection.tryEnter(lane)) {
            return Optional.of(new PermitDenial(
                    PermitDenial.Cause.CALLS_IN_FLIGHT, RetryPolicy.IMMEDIATE_REQUEUE, Optional.empty()));
        }
        if (connection.tryReserve(lane, volumeId) instanceof Reservation.Denied denied) {
            connection.leave(lane);
            return Optional.of(new PermitDenial(cause(denied.cause()), denied.retryAfter(), denied.until()));
        }
        return Optional.empty();
    }

    private static PermitDenial.Cause cause(Reservation.Denied.Cause cause) {
        return switch (cause) {
            case RATE -> PermitDenial.Cause.RATE;
            case PAUSED_BY_CLOUD -> PermitDenial.Cause.PAUSED_BY_CLOUD;
            case CLOUD_UNAVAILABLE -> PermitDenial.Cause.CLOUD_UNAVAILABLE;
            case QUOTA_USED_UP -> PermitDenial.Cause.QUOTA_USED_UP;
        };
    }
}
