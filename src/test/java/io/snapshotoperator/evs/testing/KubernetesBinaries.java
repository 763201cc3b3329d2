/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryManager;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The programs of one Kubernetes version, in one folder. */
public record KubernetesBinaries(Path folder) {
    /** Where kube-api-test 7.5.2 reads which versions can be had (its {@code BinaryRepo}). */
    private static final URI INDEX =
            URI.create("https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml");

    private static final Duration INDEX_PATIENCE = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD_PATIENCE = Duration.ofMinutes(3);

    /** There are none; the message says in one line where they were looked for and what would help. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        private Missing(String message) {
            super(message);
        }
    }

    /**
     * Looks in {@code KUBE_API_TEST_DIR}, by default {@code ~/.kubeapitest}, and downloads them there when their
     * publisher's index answers within ten seconds.
     *
     * @param version such as {@code 1.34.4}, or {@code 1.34.*} for the newest patch that is there
     */
    public static KubernetesBinaries of(String version) throws Missing {
        return of(version, home(), INDEX);
    }

    /** Whether {@link #of(String)} will answer at once; otherwise it tries a download, which takes time. */
    public static boolean areAtHand(String version) {
        try {
            lookUp(version, home(), true);
            return true;
        } catch (KubeAPITestException notThere) {
            return false;
        }
    }

    private static Path home() {
        return Optional.ofNullable(System.getenv(KubeAPIServerConfigBuilder.KUBE_API_TEST_DIR))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), KubeAPIServerConfigBuilder.DIRECTORY_NAME));
    }

    static KubernetesBinaries of(String version, Path home, URI index) throws Missing {
        try {
            return lookUp(version, home, true);
        } catch (KubeAPITestException notThere) {
            return download(version, home, index);
        }
    }

    public Path etcd() {
        return folder.resolve("etcd");
    }

    public Path kubeApiServer() {
        return folder.resolve("kube-apiserver");
    }

    public Path kubectl() {
        return folder.resolve("kubectl");
    }

    /** Not part of what is downloaded. */
    public Optional<Path> helm() {
        return Optional.of(folder.resolve("helm")).filter(Files::isExecutable);
    }

    /** Not part of what is downloaded. */
    public Optional<Path> kubeControllerManager() {
        return Optional.of(folder.resolve("kube-controller-manager")).filter(Files::isExecutable);
    }

    private static KubernetesBinaries download(String version, Path home, URI index) throws Missing {
        if (!answers(index)) {
            throw missing(version, home, "and no download: no answer from " + index.getHost());
        }
        try {
            return CompletableFuture.supplyAsync(() -> lookUp(version, home, false))
                    .get(DOWNLOAD_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw missing(version, home, "and the download took too long");
        } catch (ExecutionException e) {
            throw missing(
                    version, home, "and the download failed: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw missing(version, home, "and the download was interrupted");
        }
    }

    private static KubernetesBinaries lookUp(String version, Path home, boolean offline) {
        // Every setting is given: 7.5.2 reads the others from the environment and casts them wrongly.
        var manager = new BinaryManager(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(home.toString())
                .withApiServerVersion(version)
                .withOfflineMode(offline)
                .withWaitForEtcdHealthCheckOnStartup(false)
                .withStartupTimeout(60_000)
                .build());
        manager.initAndDownloadIfRequired();
        return new KubernetesBinaries(
                manager.binaries().getApiServer().toPath().toAbsolutePath().getParent());
    }

    private static boolean answers(URI index) {
        try {
            var request = HttpRequest.newBuilder(index).timeout(INDEX_PATIENCE).build();
            var client = HttpClient.newBuilder().connectTimeout(INDEX_PATIENCE).build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Missing missing(String version, Path home, String reason) {
        return new Missing("no kube-apiserver binaries for " + version + " under " + home + ", " + reason
                + "; set KUBE_API_TEST_DIR to a folder with k8s/VERSION-OS-ARCH/{etcd,kube-apiserver,kubectl}");
    }
}
