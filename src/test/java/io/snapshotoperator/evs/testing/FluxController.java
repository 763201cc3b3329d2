/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real kustomize-controller of Flux on a real API server. The environment variable {@value #DIRECTORY} names a folder with
 * the program, {@code kustomize-controller-VERSION} or the same compressed with xz, and its custom resource definitions in
 * {@code crds}.
 */
public final class FluxController implements AutoCloseable {
    private static final String DIRECTORY = "EVS_FLUX_DIR";
    private static final String RUNTIME_NAMESPACE = "flux-system";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Process shell;

    private FluxController(Process shell) {
        this.shell = shell;
    }

    /**
     * Starts the controller. It reconciles the {@code Kustomization} objects of all namespaces. Skips the test with one line if
     * {@value #DIRECTORY} is not set, and fails it if the folder lacks something.
     */
    public static FluxController start(RealApiServer server) {
        try {
            var program = ExternalProgram.find(directory(), "kustomize-controller");
            installCrds(server);
            return start(server, program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Creates or updates the definitions of Flux, and waits until the server serves them. Skips the test as {@link #start} does. */
    public static void installCrds(RealApiServer server) {
        var applied = server.kubectl(
                "apply",
                "--server-side",
                "--force-conflicts",
                "-f",
                directory().resolve("crds").toString());
        assertThat(applied.exit()).as(applied.err()).isZero();
        var served = server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
        assertThat(served.exit()).as(served.err()).isZero();
    }

    private static Path directory() {
        return ExternalProgram.directory(DIRECTORY, "kustomize-controller-VERSION and its crds");
    }

    private static FluxController start(RealApiServer server, Path program) throws IOException {
        var health = "127.0.0.1:" + RealApiServer.freePort();
        var temporary = Files.createDirectories(server.folder().resolve("flux"));
        var shell = server.startBoundToJvm(
                "kustomize-controller",
                List.of(
                        program.toString(),
                        "--watch-all-namespaces=true",
                        // As documented for clusters with several tenants.
                        "--no-cross-namespace-refs=true",
                        "--no-remote-bases=true",
                        "--requeue-dependency=1s",
                        "--metrics-addr=127.0.0.1:" + RealApiServer.freePort(),
                        "--health-addr=" + health),
                Map.of(
                        "KUBECONFIG",
                        server.kubeconfig().toString(),
                        "RUNTIME_NAMESPACE",
                        RUNTIME_NAMESPACE,
                        "TMPDIR",
                        temporary.toString()));
        var controller = new FluxController(shell);
        try {
            var readiness = HttpRequest.newBuilder(URI.create("http://" + health + "/readyz"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            var client = HttpClient.newHttpClient();
            Awaitility.await()
                    .atMost(START_TIMEOUT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        assertThat(shell.isAlive())
                                .as("kustomize-controller runs; its log is in " + server.folder())
                                .isTrue();
                        return client.send(readiness, BodyHandlers.discarding()).statusCode() == 200;
                    });
            return controller;
        } catch (RuntimeException | AssertionError e) {
            controller.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("kustomize-controller did not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
