/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.javaoperatorsdk.operator.Operator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports ready if the process leads and all its watches work, or if it waits for the Lease. It replaces the check of the
 * SDK, for which a waiting process is not ready. A rolling update would then never end: the new pod gets the Lease only
 * after the old one has ended, and the old one ends only after the new one is ready. A waiting process watches nothing.
 */
@Readiness
@ApplicationScoped
class OperatorReadiness implements HealthCheck {
    private final OperatorApplication application;
    private final Operator operator;

    @Inject
    OperatorReadiness(OperatorApplication application, Operator operator) {
        this.application = application;
        this.operator = operator;
    }

    @Override
    public HealthCheckResponse call() {
        var lifecycle = application.lifecycle();
        var leads = lifecycle.filter(OperatorLifecycle::isLeader).isPresent();
        var seesChanges = lifecycle.filter(OperatorLifecycle::seesChanges).isPresent();
        return HealthCheckResponse.named("operator")
                .withData("leads", leads)
                .withData("seesChanges", seesChanges)
                .status(lifecycle.isPresent() && (!leads || (seesChanges && watches())))
                .build();
    }

    private boolean watches() {
        var info = operator.getRuntimeInfo();
        return info.isStarted() && info.allEventSourcesAreHealthy();
    }
}
