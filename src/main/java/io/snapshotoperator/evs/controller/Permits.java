/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.createonce.PermitDenial;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.util.Optional;

/** Asks a connection for the two permits of a call: a place among the calls in flight, and a share of the call budget. */
public final class Permits {
    private Permits() {}

    /**
     * Returns why the call must not be sent now. If the result is empty, the caller sends one call, and {@link
     * CloudConnection#leave} must follow.
     */
    public static Optional<PermitDenial> tryEnter(CloudConnection connection, Lane lane, Optional<VolumeId> volumeId) {
        var noPlace = tryEnterReserved(connection, lane);
        if (noPlace.isPresent()) {
            return noPlace;
        }
        var denial = tryReserve(connection, lane, volumeId);
        if (denial.isPresent()) {
            connection.leave(lane);
        }
        return denial;
    }

    /** Takes only a place, for a call whose share of the budget was reserved before. */
    public static Optional<PermitDenial> tryEnterReserved(CloudConnection connection, Lane lane) {
        return connection.tryEnter(lane)
                ? Optional.empty()
                : Optional.of(new PermitDenial(
                        PermitDenial.Cause.CALLS_IN_FLIGHT, RetryPolicy.IMMEDIATE_REQUEUE, Optional.empty()));
    }

    /** Returns why the budget denies a call now; empty if it is reserved. */
    public static Optional<PermitDenial> tryReserve(
            CloudConnection connection, Lane lane, Optional<VolumeId> volumeId) {
        return connection.tryReserve(lane, volumeId) instanceof Reservation.Denied denied
                ? Optional.of(new PermitDenial(cause(denied.cause()), denied.retryAfter(), denied.until()))
                : Optional.empty();
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
