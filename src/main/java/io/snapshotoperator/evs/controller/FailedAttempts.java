/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttemptBuilder;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RecordedFailureBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Maps the failed attempts of a status. */
public final class FailedAttempts {
    private FailedAttempts() {}

    /** Returns what the status records, oldest first. */
    public static List<RecordedFailure> read(List<FailedAttempt> written) {
        return written.stream().map(FailedAttempts::read).toList();
    }

    private static RecordedFailure read(FailedAttempt written) {
        return RecordedFailureBuilder.builder()
                .at(StatusTime.parse(written.time()).orElse(Instant.EPOCH))
                .operation(Optional.ofNullable(written.operation()).orElse(""))
                .createId(Optional.ofNullable(written.createId()))
                .httpStatus(Optional.ofNullable(written.httpStatus()))
                .code(Optional.ofNullable(written.code()))
                .message(Optional.ofNullable(written.message()).orElse(""))
                .requestId(Optional.ofNullable(written.requestId()))
                // If the entry does not say, the operator assumes the worse case.
                .mayHaveActed(written.mayHaveActed() == null || written.mayHaveActed())
                .count(count(written))
                .build();
    }

    /** Tolerates a number that someone edited. */
    private static int count(FailedAttempt written) {
        return written.count() == null ? 1 : Math.max(1, written.count());
    }

    /** Returns the list with a failure as the newest entry. An equal earlier entry becomes part of it. */
    public static List<FailedAttempt> append(List<FailedAttempt> before, RecordedFailure failure) {
        var added = FailedAttemptBuilder.builder()
                .time(StatusTime.format(failure.at()))
                .operation(failure.operation())
                .createId(failure.createId().orElse(null))
                .httpStatus(failure.httpStatus().orElse(null))
                .code(failure.code().orElse(null))
                .message(failure.message())
                .requestId(failure.requestId().orElse(null))
                .mayHaveActed(failure.mayHaveActed())
                .build();
        var equal =
                before.stream().filter(earlier -> isSameFailure(earlier, added)).findFirst();
        var all = new ArrayList<>(before);
        equal.ifPresent(all::remove);
        all.add(equal.map(earlier -> FailedAttemptBuilder.builder(added)
                        .firstTime(Optional.ofNullable(earlier.firstTime()).orElse(earlier.time()))
                        .count(count(earlier) + 1)
                        .build())
                .orElse(added));
        while (all.size() > RecordedFailure.MAX_RECORDED) {
            all.remove(indexToDrop(all));
        }
        return List.copyOf(all);
    }

    /** Whether two failures differ at most in time and request id. */
    private static boolean isSameFailure(FailedAttempt one, FailedAttempt other) {
        return withoutTimes(one).equals(withoutTimes(other));
    }

    private static FailedAttempt withoutTimes(FailedAttempt failure) {
        return FailedAttemptBuilder.builder(failure)
                .time(null)
                .firstTime(null)
                .count(null)
                .requestId(null)
                .build();
    }

    /**
     * Returns the index of the oldest entry, but never of the newest failed create or job. Nothing else records
     * that the create was rejected, and without it the object would report CreateOutcomeUnknown an hour later. A
     * failed job forbids another create.
     */
    private static int indexToDrop(List<FailedAttempt> all) {
        return isOfCreate(all.get(0)) && all.stream().skip(1).noneMatch(FailedAttempts::isOfCreate) ? 1 : 0;
    }

    /** The id of the create request is unknown if its intent could not be read when the job failed. */
    private static boolean isOfCreate(FailedAttempt attempt) {
        return attempt.createId() != null || RecordedFailure.JOB.equals(attempt.operation());
    }
}
