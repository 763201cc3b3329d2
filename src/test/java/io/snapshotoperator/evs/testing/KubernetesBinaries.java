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

/** The binaries of one Kubernetes version, in one folder. */
public record KubernetesBinaries(Path folder) {
    /** The index of available versions that kube-api-test 7.5.2 reads (its {@code BinaryRepo}). */
    private static final URI INDEX =
            URI.create("https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml");

    private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(3);

    /** Thrown when the binaries do not exist. The message names the searched folder and what helps, in one line. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        private Missing(String message) {
            super(message);
        }
    }

    /**
     * Returns the binaries in {@code KUBE_API_TEST_DIR}, by default {@code ~/.kubeapitest}. Downloads them if they are missing
     * and the index of their publisher responds within ten seconds.
     *
     * @param version such as {@code 1.34.4}, or {@code 1.34.*} for the newest patch in the folder
     */
    public static KubernetesBinaries of(String version) throws Missing {
        return of(version, home(), INDEX);
    }

    /** Whether the binaries exist. Otherwise {@link #of(String)} tries a download, which takes time. */
    public static boolean exist(String version) {
        try {
            find(version, home(), true);
            return true;
        } catch (KubeAPITestException missing) {
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
            return find(version, home, true);
        } catch (KubeAPITestException missing) {
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

    /** Empty after a download, which does not include it. */
    public Optional<Path> helm() {
        return Optional.of(folder.resolve("helm")).filter(Files::isExecutable);
    }

    /** Empty after a download, which does not include it. */
    public Optional<Path> kubeControllerManager() {
        return Optional.of(folder.resolve("kube-controller-manager")).filter(Files::isExecutable);
    }

    private static KubernetesBinaries download(String version, Path home, URI index) throws Missing {
        if (!responds(index)) {
            throw missing(version, home, "and no download: no response from " + index.getHost());
        }
        try {
            return CompletableFuture.supplyAsync(() -> find(version, home, false))
                    .get(DOWNLOAD_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
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

    private static KubernetesBinaries find(String version, Path home, boolean offline) {
        // All settings are set, because 7.5.2 reads missing ones from the environment and casts them wrongly.
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

    private static boolean responds(URI index) {
        try {
            var request = HttpRequest.newBuilder(index).timeout(INDEX_TIMEOUT).build();
            var client = HttpClient.newBuilder().connectTimeout(INDEX_TIMEOUT).build();
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
