/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code StatusMapperTest} tests which failures of a request stay. */
class FailedAttemptsTest {
    @Test
    void neverDropsFailureOfJobWithoutCreateId() {
        var failures = FailedAttempts.append(List.of(), failure(RecordedFailure.JOB, "failed"));
        for (var message : List.of("1", "2", "3", "4", "5", "6")) {
            failures = FailedAttempts.append(failures, failure(RecordedFailure.READ, message));
        }

        assertThat(failures)
                .extracting(FailedAttempt::operation, FailedAttempt::message)
                .hasSize(5)
                .startsWith(tuple(RecordedFailure.JOB, "failed"))
                .endsWith(tuple(RecordedFailure.READ, "6"));
    }

    private static RecordedFailure failure(String operation, String message) {
        return RecordedFailure.once(operation, NOON).message(message).build();
    }
}
