/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.cloud.CloudException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Reports an expected failure of a command as one line on standard error, and maps it to its {@link ExitCode}. */
public final class CommandFailures implements IExecutionExceptionHandler {
    /** Rethrows a failure that is not expected; picocli then prints the stack trace and returns {@link ExitCode#FAILED}. */
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof UnusableSettingsException) {
            return report(command, failure.getMessage(), ExitCode.MISCONFIGURED);
        }
        if (failure instanceof KubernetesClientException rejected) {
            return report(command, ClusterFailure.describe(rejected), ExitCode.CLUSTER_UNUSABLE);
        }
        if (failure instanceof CloudException rejected) {
            return report(
                    command, rejected.getMessage() + ". " + rejected.details().advice(), ExitCode.FAILED);
        }
        throw failure;
    }

    private static int report(CommandLine command, String message, int exitCode) {
        command.getErr().println(message);
        command.getErr().flush();
        return exitCode;
    }
}
