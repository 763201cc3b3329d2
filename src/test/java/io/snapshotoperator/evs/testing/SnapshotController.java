/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real snapshot-controller of kubernetes-csi/external-snapshotter on a real API server. The environment variable {@value #DIRECTORY}
 * names a folder with the program, {@code snapshot-controller-VERSION} or the same compressed with xz. Its definitions are those of
 * the release 8.7.0, in {@code src/test/resources/snapshot.storage.k8s.io}.
 */
public final class SnapshotController implements AutoCloseable {
    private static final String DIRECTORY = "EVS_SNAPSHOT_CONTROLLER_DIR";
    private static final Path DEFINITIONS = Path.of("src", "test", "resources", "snapshot.storage.k8s.io");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Process shell;

    private SnapshotController(Process shell) {
        this.shell = shell;
    }

    /** Creates or updates the definitions of snapshot.storage.k8s.io, and waits until the server serves them. */
    public static void installCrds(RealApiServer server) {
        var applied = server.kubectl("apply", "--server-side", "--force-conflicts", "-f", DEFINITIONS.toString());
        assertThat(applied.exit()).as(applied.err()).isZero();
        var served =
                server.kubectl("wait", "--for=condition=Established", "-f", DEFINITIONS.toString(), "--timeout=60s");
        assertThat(served.exit()).as(served.err()).isZero();
    }

    /**
     * Starts the controller for all namespaces. Skips the test with one line if {@value #DIRECTORY} is not set, and fails it if the
     * folder lacks the program.
     */
    public static SnapshotController start(RealApiServer server) {
        try {
            var program = ExternalProgram.find(
                    ExternalProgram.directory(DIRECTORY, "snapshot-controller-VERSION"), "snapshot-controller");
            var address = "127.0.0.1:" + RealApiServer.freePort();
            var controller = new SnapshotController(server.startBoundToJvm(
                    "snapshot-controller",
                    List.of(
                            program.toString(),
                            "--kubeconfig=" + server.kubeconfig(),
                            "--http-endpoint=" + address,
                            "--v=5"),
                    Map.of()));
            controller.awaitStarted(address, server);
            return controller;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void awaitStarted(String address, RealApiServer server) {
        var metrics = HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var client = HttpClient.newHttpClient();
        try {
            Awaitility.await()
                    .atMost(START_TIMEOUT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        assertThat(shell.isAlive())
                                .as("snapshot-controller runs; its log is in " + server.folder())
                                .isTrue();
                        return client.send(metrics, BodyHandlers.discarding()).statusCode() == 200;
                    });
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("snapshot-controller did not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
