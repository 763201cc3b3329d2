/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A failed call as the status records it. A failed read is recorded only if its reason is new.
 *
 * @param at the time of the last of {@code count} equal failures
 * @param operation {@link #CREATE}, {@link #DELETE}, {@link #UPDATE} or {@link #READ}
 * @param createId the id of the create request; empty for every other operation
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

    public static final String CREATE = "create";
    public static final String DELETE = "delete";
    public static final String UPDATE = "update";
    public static final String READ = "read";

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
    static RecordedFailure of(CloudException.Details failure, String operation, Instant now) {
        return once(operation, now)
                .httpStatus(failure.httpStatus())
                .code(failure.code())
                .message(failure.cloudMessage())
                .requestId(failure.requestId())
                .mayHaveActed(failure.mayHaveActed())
                .build();
    }

    /** Returns the same failure as one of the create request with this id. */
    RecordedFailure ofCreate(String id) {
        return RecordedFailureBuilder.builder(this).createId(id).build();
    }
}
