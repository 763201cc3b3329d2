/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.time.Duration;
import java.util.Optional;

/**
 * Counts and times the calls of the cloud in the meter {@value #CALLS}, and counts the tokens that IAM issued in {@value
 * #TOKENS}. The tags {@code operation}, {@code outcome} and {@code cause} have closed lists of values.
 */
public final class CloudCallMetrics implements CallObserver {
    static final String CALLS = "evs.cloud.calls";
    static final String TOKENS = "evs.cloud.tokens";

    private final MeterRegistry meters;

    public CloudCallMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void onCallCompleted(CloudOperation operation, Optional<CloudException.Kind> failure, Duration took) {
        meters.timer(
                        CALLS,
                        "operation",
                        TagValues.of(operation),
                        "outcome",
                        failure.map(TagValues::of).orElse("ok"))
                .record(took);
    }

    @Override
    public void onTokenIssued(TokenCause cause) {
        meters.counter(TOKENS, "cause", TagValues.of(cause)).increment();
    }
}
