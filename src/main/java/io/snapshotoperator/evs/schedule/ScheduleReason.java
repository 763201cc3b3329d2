/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;
import java.util.List;

/** The reasons that only a {@code VolumeSnapshotSchedule} reports. */
public enum ScheduleReason implements Reason {
    ScheduleActive(Phase.READY, "The operator creates a request for each source at each slot."),
    ScheduleSuspended(
            Phase.READY,
            "The schedule is suspended, so the operator creates no requests. Expired ones are still deleted. Set"
                    + " spec.suspend to false to continue."),
    NoSources(
            Phase.READY,
            "No claim or volume matches the sources of the schedule, so there is nothing to do. The operator looks again"
                    + " at each slot."),
    SourcesMissing(
            Phase.READY,
            "The operator creates requests for the other sources. For those that are named here it skips the slots until"
                    + " they exist again, and it deletes none of their requests."),
    /** An event only. */
    SlotSkipped(Phase.READY, "A slot was skipped for some sources. Their next slot is tried as usual."),
    /** An event only. */
    RequestsExpired(Phase.READY, "No rule of the retention policy keeps these requests, so the operator deleted them."),
    VolumeLimitTooLow(
            Phase.STALLED,
            "The retention policy keeps more snapshots of a volume than the cloud accepts, so slots will be skipped. Keep"
                    + " fewer."),
    ScheduleInvalid(Phase.STALLED, "The schedule cannot be used as it is. Correct what the message names.");

    private static final List<Reason> ALL = List.of(values());

    private final Phase phase;
    private final String sentence;

    ScheduleReason(Phase phase, String sentence) {
        this.phase = phase;
        this.sentence = sentence;
    }

    /** Returns every reason that a condition or an event of a {@code VolumeSnapshotSchedule} can have. */
    public static List<Reason> all() {
        return ALL;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public RetryMode retryMode() {
        return RetryMode.ON_SPEC_CHANGE;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
