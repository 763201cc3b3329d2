/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
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

/** The operator as a process: starts with checked settings, ends when the lease is lost or someone says stop. */
@ApplicationScoped
public class OperatorApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(OperatorApplication.class);
    private static final int MISCONFIGURED = 2;
    private static final int LEASE_LOST = 3;

    private final Settings settings;
    private final Operator operator;
    private final KubernetesClient kubernetes;
    private final MeterRegistry meters;
    private volatile Optional<SnapshotOperator> running = Optional.empty();

    @Inject
    OperatorApplication(Settings settings, Operator operator, KubernetesClient kubernetes, MeterRegistry meters) {
        this.settings = settings;
        this.operator = operator;
        this.kubernetes = kubernetes;
        this.meters = meters;
    }

    @Override
    public int run(String... args) {
        try {
            var created = OperatorFactory.operator(
                    settings,
                    operator,
                    kubernetes,
                    meters,
                    Clock.systemUTC(),
                    new SecureRandom(),
                    () -> Quarkus.asyncExit(LEASE_LOST));
            running = Optional.of(created);
            created.start();
        } catch (IllegalArgumentException invalid) {
            LOG.errorf("The operator cannot start: %s", invalid.getMessage());
            return MISCONFIGURED;
        }
        Quarkus.waitForExit();
        return 0;
    }

    /** The operator, once its settings were found good. */
    Optional<SnapshotOperator> running() {
        return running;
    }

    void stop(@Observes ShutdownEvent event) {
        running.ifPresent(SnapshotOperator::close);
    }
}
