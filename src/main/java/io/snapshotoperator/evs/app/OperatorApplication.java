/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Runs the operator in Quarkus until the process loses the Lease or receives SIGTERM. */
@ApplicationScoped
public class OperatorApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(OperatorApplication.class);

    private final Settings settings;
    private final Operator operator;
    private final KubernetesClient kubernetes;
    private final MeterRegistry meters;
    private volatile Optional<OperatorLifecycle> lifecycle = Optional.empty();

    @Inject
    OperatorApplication(Settings settings, Operator operator, KubernetesClient kubernetes, MeterRegistry meters) {
        this.settings = settings;
        this.operator = operator;
        this.kubernetes = kubernetes;
        this.meters = meters;
    }

    @Override
    public int run(String... args) {
        HeapMonitor.start();
        try {
            ClusterCheck.requireUsable(settings, kubernetes);
            var created = new OperatorFactory(
                            settings, operator, kubernetes, meters, Clock.systemUTC(), new SecureRandom())
                    .lifecycle(Quarkus::asyncExit);
            lifecycle = Optional.of(created);
            created.start();
        } catch (UnusableSettingsException invalid) {
            LOG.errorf("The operator cannot start. %s", invalid.getMessage());
            return ExitCode.MISCONFIGURED;
        } catch (KubernetesClientException rejected) {
            LOG.errorf("The operator cannot start. %s", ClusterFailure.describe(rejected));
            return ExitCode.CLUSTER_UNUSABLE;
        }
        Quarkus.waitForExit();
        return ExitCode.OK;
    }

    /** Returns the lifecycle; empty until the settings are checked. */
    Optional<OperatorLifecycle> lifecycle() {
        return lifecycle;
    }

    void stop(@Observes ShutdownEvent event) {
        lifecycle.ifPresent(OperatorLifecycle::close);
    }
}
