/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One failed order, or a failed look whose reason is new, as it is kept in the status.
 *
 * @param operation {@code create}, {@code delete}, {@code update}, {@code read} or {@code login}
 * @param createId order of the create; empty for anything else
 * @param mayHaveActed whether the cloud may have carried it out all the same; false is a definite refusal
 */
public record RecordedFailure(
        Instant at,
        String operation,
        Optional<String> createId,
        Optional<Integer> httpStatus,
        Optional<String> code,
        String message,
        Optional<String> requestId,
        boolean mayHaveActed) {

    public static final String CREATE = "create";
    public static final String DELETE = "delete";
    public static final String UPDATE = "update";
    public static final String READ = "read";

    public RecordedFailure {
        Objects.requireNonNull(at);
        Objects.requireNonNull(operation);
        Objects.requireNonNull(message);
    }

    static RecordedFailure of(
            CloudException.Details failure, String operation, Optional<String> createId, Instant now) {
        return new RecordedFailure(
                now,
                operation,
                createId,
                failure.httpStatus(),
                failure.code(),
                failure.cloudMessage(),
                failure.requestId(),
                failure.mayHaveActed());
    }
}
