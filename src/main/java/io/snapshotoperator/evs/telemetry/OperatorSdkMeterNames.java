/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;

/**
 * Adds a prefix to the meters of the operator SDK. Their own names, such as {@code reconciliations.active} and {@code
 * custom_resources}, do not say to which program they belong.
 */
public final class OperatorSdkMeterNames implements MeterFilter {
    static final String PREFIX = "operator.sdk.";

    /** Every meter of the operator SDK has this tag, and no other meter has it. */
    private static final String TAG = "controller.name";

    /** Micrometer calls it twice for a meter: for the registry of Quarkus, and for the registry of Prometheus in it. */
    @Override
    public Meter.Id map(Meter.Id id) {
        return id.getTag(TAG) == null || id.getName().startsWith(PREFIX) ? id : id.withName(PREFIX + id.getName());
    }
}
