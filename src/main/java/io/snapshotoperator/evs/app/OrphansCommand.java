/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.Config;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.controller.request.OrphanReport;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Reports the snapshots in the cloud that have an ownership marker of this installation and no object. It only reads,
 * and it does not start Quarkus, so that it needs less memory.
 */
@Command(
        name = "orphans",
        mixinStandardHelpOptions = true,
        description = "Lists snapshots of this installation that no object refers to. Changes nothing.")
public final class OrphansCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--manifests",
            description =
                    "Adds a request for each orphan that imports it. The output is YAML; the table is a comment in it.")
    private boolean manifests;

    @Override
    public Integer call() {
        var settings = SettingsReader.read();
        SettingsCheck.requireValid(settings);
        try (var kubernetes = OperatorFactory.kubernetesClient(Config.autoConfigure(null))) {
            var cloud = CloudClients.create(settings.connection(), CallObserver.none(), Clock.systemUTC());
            var report = OrphanReport.take(
                    kubernetes,
                    cloud,
                    Installation.of(settings, kubernetes),
                    settings.namespaces().orElse(Set.of()),
                    cloud::text);
            var out = spec.commandLine().getOut();
            out.print(manifests ? report.table().replaceAll("(?m)^", "# ") + report.manifests() : report.table());
            out.flush();
            return ExitCode.OK;
        }
    }
}
