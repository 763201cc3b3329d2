/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import java.util.Objects;
import java.util.function.Function;

/**
 * What became of a mutating call.
 *
 * @param <T> the response of the cloud
 */
public sealed interface CallResult<T> {

    /** Returns what the matching function returns. */
    <R> R map(
            Function<T, R> onAnswer,
            Function<CloudException.Details, R> onFailure,
            Function<CallObstacle, R> onNotSent);

    /** The cloud accepted the call. */
    record Answered<T>(T answer) implements CallResult<T> {
        public Answered {
            Objects.requireNonNull(answer);
        }

        @Override
        public <R> R map(
                Function<T, R> onAnswer,
                Function<CloudException.Details, R> onFailure,
                Function<CallObstacle, R> onNotSent) {
            return onAnswer.apply(answer);
        }
    }

    /**
     * The call failed. {@code failure.mayHaveActed()} says whether the cloud may have acted. If it may have, the operator observes
     * the cloud before it repeats the call.
     */
    record Failed<T>(CloudException.Details failure) implements CallResult<T> {
        public Failed {
            Objects.requireNonNull(failure);
        }

        @Override
        public <R> R map(
                Function<T, R> onAnswer,
                Function<CloudException.Details, R> onFailure,
                Function<CallObstacle, R> onNotSent) {
            return onFailure.apply(failure);
        }
    }

    /** The operator sent no call. */
    record NotSent<T>(CallObstacle obstacle) implements CallResult<T> {
        public NotSent {
            Objects.requireNonNull(obstacle);
        }

        @Override
        public <R> R map(
                Function<T, R> onAnswer,
                Function<CloudException.Details, R> onFailure,
                Function<CallObstacle, R> onNotSent) {
            return onNotSent.apply(obstacle);
        }
    }
}
