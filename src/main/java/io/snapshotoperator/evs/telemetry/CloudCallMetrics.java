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
 * How many calls go to the cloud, how they end and how long they take: meter {@value #CALLS}, with the tags {@code
 * operation} and {@code outcome}, both from closed lists.
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
                        word(operation),
                        "outcome",
                        failure.map(CloudCallMetrics::word).orElse("ok"))
                .record(took);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
