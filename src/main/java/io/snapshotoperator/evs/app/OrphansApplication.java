/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.QuarkusApplication;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.controller.request.OrphanReport;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The command {@code orphans}: names the snapshots in the cloud that carry our marker and have no object, and with {@code
 * --manifests} prints a request for each that would import it. Reads only.
 */
@ApplicationScoped
public class OrphansApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(OrphansApplication.class);
    private static final String MANIFESTS = "--manifests";

    private final Settings settings;
    private final KubernetesClient kubernetes;

    @Inject
    OrphansApplication(Settings settings, KubernetesClient kubernetes) {
        this.settings = settings;
        this.kubernetes = kubernetes;
    }

    @Override
    public int run(String... args) {
        var arguments = List.of(args);
        if (!arguments.isEmpty() && !arguments.equals(List.of(MANIFESTS))) {
            LOG.errorf("usage: orphans [%s]", MANIFESTS);
            return 2;
        }
        try {
            SettingsCheck.requireValid(settings);
            var report = OrphanReport.take(
                    kubernetes,
                    CloudClients.create(settings.connection(), CallObserver.none(), Clock.systemUTC()),
                    Installation.of(settings, kubernetes),
                    settings.namespaces().orElse(Set.of()));
            System.out.print(arguments.contains(MANIFESTS) ? report.manifests() : report.table());
            return 0;
        } catch (IllegalArgumentException | CloudException failed) {
            LOG.errorf("No report: %s", failed.getMessage());
            return 1;
        }
    }
}
