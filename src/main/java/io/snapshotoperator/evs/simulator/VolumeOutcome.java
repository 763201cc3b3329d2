/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;

/**
 * What becomes of an accepted request that creates a volume. Without a fault it is {@link #DEFAULT}.
 *
 * @param creation what becomes of the volume
 * @param createsVolume whether the job of the native family creates a volume
 * @param jobIsKept whether the cloud knows the id of the job
 * @param failure the reason that a failed job shows
 */
record VolumeOutcome(CreateOutcome creation, boolean createsVolume, boolean jobIsKept, Job.Failure failure) {

    static final VolumeOutcome DEFAULT =
            new VolumeOutcome(CreateOutcome.DEFAULT, true, true, Job.Failure.VOLUME_IN_ERROR);

    static VolumeOutcome of(List<FaultRule> faults) {
        var outcome = new VolumeOutcome(CreateOutcome.of(faults), true, true, Job.Failure.VOLUME_IN_ERROR);
        for (var rule : faults) {
            outcome = switch (rule.fault()) {
                case VOLUME_ENDS_IN_ERROR ->
                    new VolumeOutcome(
                            outcome.creation,
                            outcome.createsVolume,
                            outcome.jobIsKept,
                            failure(rule, Job.Failure.VOLUME_IN_ERROR));
                case JOB_FAILS_WITHOUT_VOLUME ->
                    new VolumeOutcome(
                            outcome.creation.withEnd(CreateOutcome.End.ERROR),
                            false,
                            outcome.jobIsKept,
                            failure(rule, Job.Failure.INTERNAL));
                case JOB_FORGOTTEN ->
                    new VolumeOutcome(outcome.creation, outcome.createsVolume, false, outcome.failure);
                default -> outcome;
            };
        }
        return outcome;
    }

    private static Job.Failure failure(FaultRule rule, Job.Failure usual) {
        var code = rule.parameters().code();
        return new Job.Failure(code.isEmpty() ? usual.code() : code, rule.textOr(usual.reason()));
    }
}
