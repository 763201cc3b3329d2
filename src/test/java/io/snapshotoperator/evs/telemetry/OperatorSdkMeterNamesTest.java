/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class OperatorSdkMeterNamesTest {
    private final SimpleMeterRegistry inner = new SimpleMeterRegistry();
    private final MeterRegistry outer = new CompositeMeterRegistry().add(inner);

    OperatorSdkMeterNamesTest() {
        // As Quarkus does.
        inner.config().meterFilter(new OperatorSdkMeterNames());
        outer.config().meterFilter(new OperatorSdkMeterNames());
    }

    @Test
    void addsPrefixOnceToMetersOfOperatorSdk() {
        outer.counter("reconciliations.started", "controller.name", "volumesnapshotrequest")
                .increment();

        assertThat(inner.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("operator.sdk.reconciliations.started");
    }

    @Test
    void keepsNamesOfOtherMeters() {
        outer.counter("evs.events", "reason", "Paused").increment();

        assertThat(inner.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("evs.events");
    }
}
