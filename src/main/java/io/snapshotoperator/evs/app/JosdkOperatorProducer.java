/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.snapshotoperator.evs.controller.CallsInFlight;
import io.snapshotoperator.evs.controller.RecreatedObjectTrigger;
import io.snapshotoperator.evs.telemetry.OperatorSdkMeterNames;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the one JOSDK operator of the process. The Quarkus extension would make another one with a configuration service of
 * its own; a stop of that one does not wait for the reconciles of this one. {@code docs/decisions/0005-own-operator.md} has
 * the details.
 */
@Singleton
public final class JosdkOperatorProducer {
    /** Time to record the result of the last cloud call in the status. */
    private static final Duration TIME_TO_RECORD = Duration.ofSeconds(5);

    /** Not started, and without a reconciler. Not {@code ApplicationScoped}: the proxy would make a second client. */
    @Produces
    @Singleton
    Operator operator(Settings settings, KubernetesClient kubernetes, MeterRegistry meters) {
        return new Operator(
                configuration(kubernetes, meters, settings.connection().timeout()));
    }

    @Produces
    @Singleton
    MeterFilter operatorSdkMeterNames() {
        return new OperatorSdkMeterNames();
    }

    /**
     * Returns the configuration of the JOSDK operator.
     *
     * @param maxCallDuration longest time for one cloud call. A stop waits a little longer, so that a reconcile that has sent
     *     a create request also records the id
     */
    public static Consumer<ConfigurationServiceOverrider> configuration(
            KubernetesClient kubernetes, MeterRegistry meters, Duration maxCallDuration) {
        return overrider -> overrider
                .withKubernetesClient(kubernetes)
                // The operator releases the Lease after the stop.
                .withCloseClientOnStop(false)
                .withResourceCloner(new ResourceCloner(kubernetes.getKubernetesSerialization()))
                .withConcurrentReconciliationThreads(CallsInFlight.WORKERS)
                .withReconciliationTerminationTimeout(maxCallDuration.plus(TIME_TO_RECORD))
                .withMetrics(new AggregatedMetrics(
                        List.of(MicrometerMetricsV2.newBuilder(meters).build(), new RecreatedObjectTrigger())))
                // Reading CRDs needs a cluster role. Without the CRD, the first list request fails.
                .checkingCRDAndValidateLocalModel(false)
                // docs/decisions/0001-patch-strategy.md
                .withUseSSAToPatchPrimaryResource(false);
    }
}
