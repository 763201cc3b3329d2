/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Counts and times the calls of the cloud in the meter {@value #CALLS}. Its tags {@code operation} and {@code outcome} have
 * closed lists of values.
 */
public final class CloudCallMetrics implements CallObserver {
    static final String CALLS = "evs.cloud.calls";

    private final MeterRegistry meters;

    public CloudCallMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void onCallCompleted(CloudOperation operation, Optional<CloudException.Kind> failure, Duration took) {
        meters.timer(
                        CALLS,
                        "operation",
                        tagValue(operation),
                        "outcome",
                        failure.map(CloudCallMetrics::tagValue).orElse("ok"))
                .record(took);
    }

    private static String tagValue(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
