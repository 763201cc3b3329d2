/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

public final class CallBudget {
    public enum Lane {
        CREATE,
        DELETE,
        LOOK
    }

    public CallBudget(double perSecond, int burst, Instant now) {}

    public Optional<Duration> reserve(Lane lane, Optional<VolumeId> v, Instant now) {
        return Optional.empty();
    }

    public void answered(Instant now) {}

    public void throttled(Optional<Duration> d, Instant now) {}

    public void closeCreates(Optional<VolumeId> v, Instant until) {}
}
