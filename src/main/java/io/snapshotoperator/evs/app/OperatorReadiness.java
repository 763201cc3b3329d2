/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.javaoperatorsdk.operator.Operator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means fit to order: leading with every watch in place, or standing by for the lease. The SDK's own check, which
 * this one replaces, calls a process that stands by not ready; a rolling update would then wait for ever, because the new
 * pod gets the lease only when the old one has gone, and the old one goes only when the new one is ready.
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
        var operator = application.running();
        var leads = operator.filter(SnapshotOperator::isLeader).isPresent();
        return HealthCheckResponse.named("operator")
                .withData("leads", leads)
                .status(operator.isPresent() && (!leads || watches()))
                .build();
    }

    private boolean watches() {
        var info = operator.getRuntimeInfo();
        return info.isStarted() && info.allEventSourcesAreHealthy();
    }
}
