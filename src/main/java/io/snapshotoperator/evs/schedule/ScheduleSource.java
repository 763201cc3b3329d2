/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import java.util.Objects;
import java.util.Optional;

/**
 * A volume of which a schedule takes snapshots.
 *
 * @param key the name of the claim, or the id of the volume
 * @param claim whether the key is the name of a claim
 * @param problem why no snapshot of it can be taken now, a sentence for users
 */
public record ScheduleSource(String key, boolean claim, Optional<String> problem) {
    public ScheduleSource {
        Objects.requireNonNull(key);
        Objects.requireNonNull(problem);
    }

    public static ScheduleSource ofClaim(String name) {
        return new ScheduleSource(name, true, Optional.empty());
    }

    public static ScheduleSource ofVolume(String id) {
        return new ScheduleSource(id, false, Optional.empty());
    }

    public static ScheduleSource withProblem(String key, boolean claim, String problem) {
        return new ScheduleSource(key, claim, Optional.of(problem));
    }
}
