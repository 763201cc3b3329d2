/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.Config;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Removes the finalizer of the operator from all objects, so that the operator can be uninstalled. It sends no call to the cloud,
 * and it does not start Quarkus.
 */
@Command(
        name = "handback",
        mixinStandardHelpOptions = true,
        description = "Removes the operator's finalizer from requests and connections, so that the operator can be"
                + " uninstalled. Keeps the objects and all snapshots. Stop the operator first.")
public final class HandbackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--yes", description = "Removes the finalizers. Without it, the command only lists the objects.")
    private boolean confirmed;

    @Override
    public Integer call() {
        var settings = SettingsReader.read();
        try (var kubernetes = OperatorFactory.kubernetesClient(Config.autoConfigure(null))) {
            var handback = new Handback(
                    settings, kubernetes, Clock.systemUTC(), spec.commandLine().getOut());
            if (!confirmed) {
                handback.list();
                return ExitCode.OK;
            }
            var operator = handback.runningOperator();
            if (operator.isPresent()) {
                spec.commandLine().getErr().println(operator.get());
                spec.commandLine().getErr().flush();
                return ExitCode.FAILED;
            }
            handback.removeFinalizers();
            return ExitCode.OK;
        }
    }
}
