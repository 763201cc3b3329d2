/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * Distributes schedules with the same slots over a time, so that a hundred of them do not call the cloud in the same second. The
 * delay of a schedule is always the same, also after an outage.
 */
public final class Spread {
    private Spread() {}

    /**
     * Returns a delay from 0 to less than {@code within}, in whole seconds.
     *
     * @param uid of the schedule
     */
    public static Duration of(String uid, Duration within) {
        var seconds = within.toSeconds();
        if (seconds <= 0) {
            return Duration.ZERO;
        }
        var hash = UUID.nameUUIDFromBytes(uid.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
        return Duration.ofSeconds(Math.floorMod(hash, seconds));
    }
}
