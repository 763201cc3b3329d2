/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A failed call as the status records it. A failed read is recorded only if its reason is new.
 *
 * @param at the time of the last of {@code count} equal failures
 * @param operation {@link #CREATE}, {@link #DELETE}, {@link #UPDATE}, {@link #READ} or {@link #JOB}
 * @param createId the id of the create request, also of the one that started a job; empty for every other
 *     operation
 * @param mayHaveActed whether the cloud may have acted although the call failed; false for a definite rejection
 * @param count how often the operation failed in this way, at least 1
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record RecordedFailure(
        Instant at,
        String operation,
        Optional<String> createId,
        Optional<Integer> httpStatus,
        Optional<String> code,
        String message,
        Optional<String> requestId,
        boolean mayHaveActed,
        int count) {

    /** How many different failures a status keeps. */
    public static final int MAX_RECORDED = 5;

    public static final String CREATE = "create";
    public static final String DELETE = "delete";
    public static final String UPDATE = "update";
    public static final String READ = "read";

    /** The job of a create request that the cloud had accepted. */
    public static final String JOB = "job";

    public RecordedFailure {
        Objects.requireNonNull(at);
        Objects.requireNonNull(operation);
        Objects.requireNonNull(message);
        if (count < 1) {
            throw new IllegalArgumentException("a recorded failure happened at least once");
        }
    }

    /** Returns a builder of a definite rejection that happened once. */
    public static RecordedFailureBuilder once(String operation, Instant at) {
        return RecordedFailureBuilder.builder().operation(operation).at(at).count(1);
    }

    /** Returns the record of a failed call that happened once. */
    public static RecordedFailure of(CloudException.Details failure, String operation, Instant now) {
        return once(operation, now)
                .httpStatus(failure.httpStatus())
                .code(failure.code())
                .message(failure.cloudMessage())
                .requestId(failure.requestId())
                .mayHaveActed(failure.mayHaveActed())
                .build();
    }

    /** Returns the same failure as one of the create request with this id. */
    public RecordedFailure ofCreate(String id) {
        return RecordedFailureBuilder.builder(this).createId(id).build();
    }

    /** Returns the newest failure of an operation; empty if none is recorded. */
    public static Optional<RecordedFailure> last(List<RecordedFailure> failures, String operation) {
        return failures.stream()
                .filter(failure -> failure.operation().equals(operation))
                .reduce((earlier, later) -> later);
    }

    /**
     * Returns how often an operation failed, as far as the status records it, but at most {@link #MAX_RECORDED}. The limit keeps
     * the back-off after a long outage short.
     */
    public static long count(List<RecordedFailure> failures, String operation) {
        var count = failures.stream()
                .filter(failure -> failure.operation().equals(operation))
                .mapToLong(RecordedFailure::count)
                .sum();
        return Math.min(count, MAX_RECORDED);
    }

    /** Whether the cloud rejected the create request with this id, so that it created nothing. */
    public static boolean isRejected(List<RecordedFailure> failures, String createId) {
        return failures.stream()
                .anyMatch(failure -> failure.createId().equals(Optional.of(createId)) && !failure.mayHaveActed());
    }
}
