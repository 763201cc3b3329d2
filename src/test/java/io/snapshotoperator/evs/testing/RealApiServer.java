/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubeapitest.cert.CertManager;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.testing.KubernetesBinaries.Missing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real kube-apiserver with its etcd, on the loopback address only, with an administrator's client, a kubeconfig and
 * kubectl. Nothing outlives the JVM, even one that is killed: each process is tethered to it by a pipe.
 *
 * <p>Most tests want {@link #shared(String)}: one server for each version and JVM. A test that needs flags of its own
 * (audit log, admission) makes its own with {@link #of(String)} and closes it.
 *
 * <p>kube-api-test finds the programs and makes the certificates. It does not start them, because it would have etcd
 * listen on every address and leave both processes behind when the JVM is killed.
 */
public final class RealApiServer implements AutoCloseable {
    /** The newest minor version that we support, with the newest patch that is there. */
    public static final String NEWEST = "1.37.*";

    /** The oldest minor version that we support. */
    public static final String OLDEST = "1.34.*";

    private static final Path WORK = Path.of("target", "real-api-server");
    private static final Path CRDS = Path.of("crds");
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, RealApiServer> SHARED = new HashMap<>();
    private static final Map<String, String> MISSING = new ConcurrentHashMap<>();

    private final KubernetesBinaries binaries;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final Path kubeconfig;
    private final KubernetesClient client;

    /**
     * The server that all tests of this JVM share; it lives as long as the JVM. Where its programs are missing the
     * calling test is skipped with one line, or fails when {@code EVS_REQUIRE_REAL_API=true} (as in CI).
     *
     * <p>It holds the custom resource definitions of {@code crds/}. Tests keep apart by making their own namespaces.
     */
    public static RealApiServer shared(String version) {
        synchronized (SHARED) {
            var running = SHARED.get(version);
            if (running == null) {
                running = of(version).start();
                running.installCrds();
                SHARED.put(version, running);
                Runtime.getRuntime().addShutdownHook(new Thread(running::close));
            }
            return running;
        }
    }

    /** A server of one's own, to be started and closed; skips or fails the test as {@link #shared} does. */
    public static Builder of(String version) {
        var reason = MISSING.get(version);
        if (reason == null) {
            try {
                return new Builder(KubernetesBinaries.of(version));
            } catch (Missing e) {
                reason = e.getMessage();
                // Looking for a download takes seconds and is done once; so is saying that it was in vain.
                MISSING.put(version, reason);
                System.out.println("skipped: " + reason);
            }
        }
        if (Boolean.parseBoolean(System.getenv("EVS_REQUIRE_REAL_API"))) {
            throw new AssertionError("EVS_REQUIRE_REAL_API is set, but there are " + reason);
        }
        return Assumptions.abort("skipped: " + reason);
    }

    /** What a server is started with beyond what every one has. */
    public static final class Builder {
        private final KubernetesBinaries binaries;
        private final List<String> flags = new ArrayList<>();

        private Builder(KubernetesBinaries binaries) {
            this.binaries = binaries;
        }

        /** A further flag of kube-apiserver, for example {@code --audit-log-path}; the last one of a name wins. */
        public Builder flag(String name, Object value) {
            flags.add(name + "=" + value);
            return this;
        }

        public RealApiServer start() {
            return new RealApiServer(binaries, flags);
        }
    }

    private RealApiServer(KubernetesBinaries binaries, List<String> flags) {
        this.binaries = binaries;
        try {
            Files.createDirectories(WORK);
            this.folder = Files.createTempDirectory(WORK, binaries.folder().getFileName() + "-")
                    .toAbsolutePath();
            new CertManager(folder.toString()).createCertificatesIfNeeded();

            var etcd = startEtcd();
            var url = startKubeApiServer(etcd, flags);
            this.kubeconfig = writeKubeconfig(url);
            this.client = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                    .build();
        } catch (IOException e) {
            stopProcesses();
            throw new UncheckedIOException(e);
        }
        try {
            await().atMost(START_PATIENCE).pollInterval(Duration.ofMillis(100)).until(this::isReady);
        } catch (RuntimeException e) {
            close();
            throw new IllegalStateException("kube-apiserver did not get ready; its log is in " + folder, e);
        }
    }

    /** The administrator's. Closed with the server. */
    public KubernetesClient client() {
        return client;
    }

    /** The administrator's, for kubectl, Helm and the like. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** kubectl, Helm, kube-controller-manager. */
    public KubernetesBinaries binaries() {
        return binaries;
    }

    /** Signs the tokens of service accounts; kube-controller-manager wants it too. */
    public Path serviceAccountKey() {
        return folder.resolve(CertManager.API_SERVER_KEY_NAME);
    }

    /** Certificates and logs of this server; kept when it stops, until {@code mvn clean}. */
    public Path folder() {
        return folder;
    }

    /** Creates or updates what is in {@code crds/} and waits until it is served. */
    public void installCrds() {
        try (var files = Files.list(CRDS)) {
            var definitions = files.map(file ->
                            client.getKubernetesSerialization().unmarshal(read(file), CustomResourceDefinition.class))
                    .map(definition -> client.resource(definition)
                            .fieldManager("tests")
                            .forceConflicts()
                            .serverSideApply())
                    .toList();
            for (var definition : definitions) {
                client.resource(definition).waitUntilCondition(RealApiServer::isEstablished, 30, TimeUnit.SECONDS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A definition just created has a status whose conditions are null. */
    private static boolean isEstablished(CustomResourceDefinition definition) {
        return Optional.ofNullable(definition)
                .map(CustomResourceDefinition::getStatus)
                .map(CustomResourceDefinitionStatus::getConditions)
                .orElse(List.of())
                .stream()
                .anyMatch(
                        condition -> "Established".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /**
     * Starts kube-controller-manager with these controllers and no others, such as {@code deployment-controller}; it ends
     * with the server. There is still no kubelet: pods are made, but none runs.
     *
     * @return false when there is no such program, as among what is downloaded
     */
    public boolean startControllers(String... controllers) {
        var program = binaries.kubeControllerManager();
        if (program.isEmpty()) {
            return false;
        }
        try {
            startTethered(
                    "kube-controller-manager",
                    List.of(
                            program.get().toString(),
                            "--kubeconfig=" + kubeconfig,
                            "--controllers=" + String.join(",", controllers),
                            "--service-account-private-key-file=" + serviceAccountKey(),
                            "--leader-elect=false",
                            "--bind-address=127.0.0.1",
                            "--secure-port=" + freePort()));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs kubectl as the administrator and waits for its end. */
    public Output kubectl(String... arguments) {
        var command = new ArrayList<String>();
        command.add(binaries.kubectl().toString());
        command.add("--kubeconfig=" + kubeconfig);
        command.add("--cache-dir=" + folder.resolve("kubectl-cache"));
        command.addAll(List.of(arguments));
        return run("kubectl", command);
    }

    /** Runs Helm 4 as the administrator and waits for its end; skips the test where there is none. */
    public Output helm(String... arguments) {
        var program = binaries.helm();
        Assumptions.assumeTrue(
                program.isPresent(), () -> "skipped: no helm beside kube-apiserver in " + binaries.folder());
        var command = new ArrayList<>(List.of(program.get().toString()));
        command.addAll(List.of(arguments));
        command.add("--kubeconfig=" + kubeconfig);
        return run("helm", command);
    }

    private Output run(String name, List<String> command) {
        try {
            var out = Files.createTempFile(folder, name, ".out");
            var err = Files.createTempFile(folder, name, ".err");
            var builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            // Helm keeps caches and settings; not in the home of whoever runs the tests.
            for (var path : List.of("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")) {
                builder.environment().put(path, folder.resolve("helm").toString());
            }
            var exit = builder.start().waitFor();
            var output = new Output(exit, Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " ran", e);
        }
    }

    /** What a program left behind. */
    public record Output(int exit, String out, String err) {}

    @Override
    public void close() {
        client.close();
        stopProcesses();
        deleteQuietly(folder.resolve("etcd"));
    }

    private String startEtcd() throws IOException {
        var clients = "http://127.0.0.1:" + freePort();
        var peers = "http://127.0.0.1:" + freePort();
        startTethered(
                "etcd",
                List.of(
                        binaries.etcd().toString(),
                        "--data-dir=" + folder.resolve("etcd"),
                        "--listen-client-urls=" + clients,
                        "--advertise-client-urls=" + clients,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=default=" + peers,
                        "--unsafe-no-fsync"));
        return clients;
    }

    private String startKubeApiServer(String etcd, List<String> flags) throws IOException {
        var port = freePort();
        var command = new ArrayList<>(List.of(
                binaries.kubeApiServer().toString(),
                "--etcd-servers=" + etcd,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--secure-port=" + port,
                "--tls-cert-file=" + folder.resolve(CertManager.API_SERVER_CERT_NAME),
                "--tls-private-key-file=" + folder.resolve(CertManager.API_SERVER_KEY_NAME),
                "--client-ca-file=" + folder.resolve(CertManager.CLIENT_CERT_NAME),
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-signing-key-file=" + serviceAccountKey(),
                "--service-account-key-file=" + serviceAccountKey(),
                // Nobody makes the default service account of a namespace here, which pods would be refused without.
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.0.0.0/24"));
        command.addAll(flags);
        startTethered("kube-apiserver", command);
        return "https://127.0.0.1:" + port;
    }

    /**
     * Starts a program that ends when we close its standard input, or die: the system closes the pipe even of a JVM that
     * was killed, and the waiting shell then kills the program.
     */
    private void startTethered(String name, List<String> program) throws IOException {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 3<&0; \"$@\" 3<&- </dev/null & program=$!;"
                        + " (read -r never <&3; kill -9 $program) & wait $program",
                "tether"));
        command.addAll(program);
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start());
    }

    private boolean isReady() {
        if (!processes.stream().allMatch(Process::isAlive)) {
            throw new IllegalStateException("etcd or kube-apiserver ended; their logs are in " + folder);
        }
        try {
            return "ok".equals(client.raw("/readyz"))
                    && client.namespaces().withName("default").get() != null;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private Path writeKubeconfig(String url) throws IOException {
        var config = new ConfigBuilder()
                .addNewCluster()
                .withName("test")
                .withNewCluster()
                .withServer(url)
                .withCertificateAuthorityData(base64(CertManager.API_SERVER_CERT_NAME))
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName("admin")
                .withNewUser()
                .withClientCertificateData(base64(CertManager.CLIENT_CERT_NAME))
                .withClientKeyData(base64(CertManager.CLIENT_KEY_NAME))
                .endUser()
                .endUser()
                .addNewContext()
                .withName("test")
                .withNewContext()
                .withCluster("test")
                .withUser("admin")
                .withNamespace("default")
                .endContext()
                .endContext()
                .withCurrentContext("test")
                .build();
        return Files.writeString(folder.resolve("kubeconfig"), Serialization.asYaml(config));
    }

    private String base64(String file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve(file)));
    }

    private void stopProcesses() {
        // The server before its etcd, without which it would take a minute.
        for (var i = processes.size() - 1; i >= 0; i--) {
            try {
                processes.get(i).getOutputStream().close();
                processes.get(i).waitFor(10, TimeUnit.SECONDS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteQuietly(Path tree) {
        try (var files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // Under target/, where mvn clean finds the rest.
        }
    }
}
