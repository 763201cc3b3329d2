/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
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
 * A real kube-apiserver with its etcd on the loopback address, with a client, a kubeconfig and kubectl for the administrator.
 * All processes end with the JVM, even if it is killed, because a pipe connects each process to the JVM.
 *
 * <p>Most tests use {@link #shared(String)}: one server for each version and JVM. A test that needs its own flags (audit log,
 * admission) makes a server with {@link #of(String)} and closes it.
 *
 * <p>kube-api-test finds the binaries and makes the certificates. It does not start the processes: its etcd would listen on
 * every address, and both processes would remain when the JVM is killed.
 */
public final class RealApiServer implements AutoCloseable {
    /** The newest supported minor version, with the newest patch in the folder. */
    public static final String NEWEST = "1.37.*";

    /** The oldest supported minor version. */
    public static final String OLDEST = "1.34.*";

    private static final Path WORK = Path.of("target", "real-api-server");
    private static final Path CRDS = Path.of("crds");
    /** On a machine that is busy, etcd can need long for one write. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Map<String, RealApiServer> SHARED = new HashMap<>();
    private static final Map<String, String> MISSING = new ConcurrentHashMap<>();

    private final KubernetesBinaries binaries;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final String etcd;
    private final Path kubeconfig;
    private final KubernetesClient client;

    /**
     * Returns the server that all tests of this JVM share. It runs until the JVM ends. If its binaries are missing, the test
     * is skipped with one line, or fails with {@code EVS_REQUIRE_REAL_API=true} (as in CI).
     *
     * <p>It has the custom resource definitions of {@code crds/}. Each test makes its own namespaces.
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

    /** Configures a server that the test starts and closes. Skips or fails the test as {@link #shared} does. */
    public static Builder of(String version) {
        var reason = MISSING.get(version);
        if (reason == null) {
            try {
                return new Builder(KubernetesBinaries.of(version));
            } catch (Missing e) {
                reason = e.getMessage();
                // A search for a download takes seconds, so it happens only once, and so does this line.
                MISSING.put(version, reason);
                System.out.println("skipped: " + reason);
            }
        }
        if (Boolean.parseBoolean(System.getenv("EVS_REQUIRE_REAL_API"))) {
            throw new AssertionError("EVS_REQUIRE_REAL_API is set, but there are " + reason);
        }
        return Assumptions.abort("skipped: " + reason);
    }

    /** The flags of a server in addition to the common ones. */
    public static final class Builder {
        private final KubernetesBinaries binaries;
        private final List<String> flags = new ArrayList<>();

        private Builder(KubernetesBinaries binaries) {
            this.binaries = binaries;
        }

        /** Adds a flag of kube-apiserver, for example {@code --audit-log-path}. If a name occurs twice, the last one counts. */
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

            this.etcd = startEtcd();
            var url = startKubeApiServer(etcd, flags);
            this.kubeconfig = writeKubeconfig(url);
            var config = Config.fromKubeconfig(kubeconfig.toFile());
            config.setRequestTimeout((int) REQUEST_TIMEOUT.toMillis());
            this.client = new KubernetesClientBuilder().withConfig(config).build();
        } catch (IOException e) {
            stopProcesses();
            throw new UncheckedIOException(e);
        }
        try {
            await().atMost(START_TIMEOUT).pollInterval(Duration.ofMillis(100)).until(this::isReady);
        } catch (RuntimeException e) {
            close();
            throw new IllegalStateException("kube-apiserver did not become ready; its log is in " + folder, e);
        }
    }

    /** The client of the administrator. Closed with the server. */
    public KubernetesClient client() {
        return client;
    }

    /** The kubeconfig of the administrator, for kubectl and Helm. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** kubectl, Helm, kube-controller-manager. */
    public KubernetesBinaries binaries() {
        return binaries;
    }

    /** The key that signs the tokens of service accounts. kube-controller-manager needs it too. */
    public Path serviceAccountKey() {
        return folder.resolve(CertManager.API_SERVER_KEY_NAME);
    }

    /** The certificates and logs of this server. They remain until {@code mvn clean}. */
    public Path folder() {
        return folder;
    }

    /**
     * Copies the stored objects of a custom resource to another server, with UIDs and status, as a copy of etcd does. The
     * other server has the definition and the namespaces.
     *
     * @param resource plural name and group, separated by a dot
     */
    public void copyStoredTo(RealApiServer other, String resource) {
        var name = resource.split("\\.", 2);
        var prefix = "/registry/" + name[1] + "/" + name[0] + "/";
        // The end of the range is the first key after all keys with the prefix.
        var end = prefix.substring(0, prefix.length() - 1) + "0";
        var found = etcd("range", Map.of("key", base64Text(prefix), "range_end", base64Text(end)));
        for (var entry : found.path("kvs")) {
            other.etcd(
                    "put",
                    Map.of(
                            "key", entry.path("key").asText(),
                            "value", entry.path("value").asText()));
        }
    }

    private JsonNode etcd(String call, Map<String, String> body) {
        try {
            var json = new ObjectMapper();
            var request = HttpRequest.newBuilder(URI.create(etcd + "/v3/kv/" + call))
                    .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                    .build();
            var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("etcd responded with " + response.statusCode());
            }
            return json.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd responded", e);
        }
    }

    private static String base64Text(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Creates or updates the definitions of {@code crds/}, and waits until the server serves them. */
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

    /** The status of a new definition has no conditions. */
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
     * Starts kube-controller-manager with only these controllers, such as {@code deployment-controller}. It ends with the
     * server. There is no kubelet: the controllers create pods, but no pod runs.
     *
     * @return false if the binary is missing. A download does not include it
     */
    public boolean startControllers(String... controllers) {
        var program = binaries.kubeControllerManager();
        if (program.isEmpty()) {
            return false;
        }
        try {
            startBoundToJvm(
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

    /** Runs kubectl as the administrator, and waits until it ends. */
    public Output kubectl(String... arguments) {
        var command = new ArrayList<String>();
        command.add(binaries.kubectl().toString());
        command.add("--kubeconfig=" + kubeconfig);
        command.add("--cache-dir=" + folder.resolve("kubectl-cache"));
        command.addAll(List.of(arguments));
        return run("kubectl", command);
    }

    /** Runs Helm 4 as the administrator, and waits until it ends. Skips the test if the binary is missing. */
    public Output helm(String... arguments) {
        var program = binaries.helm();
        Assumptions.assumeTrue(program.isPresent(), () -> "skipped: there is no helm in " + binaries.folder());
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
            // Helm writes caches and settings. They must not be in the home of the user.
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

    /** The exit code and output of a program. */
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
        startBoundToJvm(
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
                // No controller makes the default service account of a namespace, and without it pods are rejected.
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.0.0.0/24"));
        command.addAll(flags);
        startBoundToJvm("kube-apiserver", command);
        return "https://127.0.0.1:" + port;
    }

    private void startBoundToJvm(String name, List<String> program) throws IOException {
        startBoundToJvm(name, program, Map.of());
    }

    /**
     * Starts a program that ends with this server and with this JVM. The shell waits on a pipe. The system closes the pipe even
     * if the JVM is killed, and then the shell kills the program.
     *
     * @param name of the log in {@link #folder}
     * @return the shell. To end the program earlier, close the standard input of the shell
     */
    Process startBoundToJvm(String name, List<String> program, Map<String, String> environment) throws IOException {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 3<&0; \"$@\" 3<&- </dev/null & program=$!;"
                        + " (read -r never <&3; kill -9 $program) & wait $program",
                "bound-to-jvm"));
        command.addAll(program);
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        processes.add(process);
        return process;
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
        // The API server ends before its etcd, because without etcd its stop takes a minute.
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

    static int freePort() throws IOException {
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
            // mvn clean removes the rest from target/.
        }
    }
}
