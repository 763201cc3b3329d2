/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandFailuresTest {
    private final StringWriter err = new StringWriter();

    private int exitCodeOf(Exception failure) {
        return new CommandLine(new Failing(failure))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler(new CommandFailures())
                .execute();
    }

    @Test
    void reportsUnusableSettingsAsMisconfiguration() {
        assertThat(exitCodeOf(new UnusableSettingsException(List.of("evs.a is missing", "evs.b is missing"))))
                .isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("2 settings cannot be used: evs.a is missing; evs.b is missing.");
    }

    @Test
    void reportsFailureOfApiServer() {
        assertThat(exitCodeOf(new KubernetesClientException("denied", 403, null)))
                .isEqualTo(4);
        assertThat(err.toString().strip().lines())
                .containsExactly("The API server rejects a request: denied. Grant this right to the service account, as"
                        + " the roles of the chart do.");
    }

    @Test
    void reportsFailureOfCloudWithoutStackTrace() {
        var failure = new CloudException(CloudExceptionDetailsBuilder.builder()
                .kind(CloudException.Kind.TRANSIENT)
                .operation("list snapshots")
                .cloudMessage("no response arrived")
                .advice("Try again.")
                .build());

        assertThat(exitCodeOf(failure)).isEqualTo(1);
        assertThat(err.toString().strip().lines())
                .containsExactly("Tried to list snapshots but no response arrived. Try again.");
    }

    @Test
    void printsStackTraceOfUnexpectedFailure() {
        assertThat(exitCodeOf(new IOException("bug"))).isEqualTo(1);
        assertThat(err.toString())
                .contains("java.io.IOException: bug", "at " + getClass().getName());
    }

    @Command(name = "failing")
    private record Failing(Exception failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }
}
