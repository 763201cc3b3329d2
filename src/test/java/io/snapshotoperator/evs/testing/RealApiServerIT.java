/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealApiServerIT {

    @TempDir
    Path folder;

    @Test
    void passesFlagsToApiServer() throws IOException {
        var policy = Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules: [{level: Metadata}]
                """);
        var log = folder.resolve("audit.log");
        try (var server = RealApiServer.of(RealApiServer.NEWEST)
                .flag("--audit-policy-file", policy)
                .flag("--audit-log-path", log)
                .start()) {
            assertThat(server.kubectl("create", "namespace", "watched").exit()).isZero();
        }

        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("\"verb\":\"create\"")
                        && line.contains("\"name\":\"watched\"")
                        && line.contains("kubectl"));
    }

    @Test
    void endsAllProcessesWhenJvmIsKilled() throws IOException {
        RealApiServer.of(RealApiServer.NEWEST);
        var jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName())
                .redirectError(folder.resolve("victim.err").toFile())
                .start();
        List<ProcessHandle> processes;
        try (var output = jvm.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.lines()).contains("up");
            processes = jvm.descendants().toList();
            assertThat(processes.stream()
                            .map(process -> process.info().command().orElse("")))
                    .anyMatch(value -> value.endsWith("/etcd"))
                    .anyMatch(value -> value.endsWith("/kube-apiserver"));
        } finally {
            jvm.destroyForcibly();
        }

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    }

    /** Starts a server and waits to be killed. */
    static final class Victim {
        public static void main(String[] arguments) throws InterruptedException {
            RealApiServer.of(RealApiServer.NEWEST).start();
            System.out.println("up");
            System.out.close();
            Thread.currentThread().join();
        }
    }
}
