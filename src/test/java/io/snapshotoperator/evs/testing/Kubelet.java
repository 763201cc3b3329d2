/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Replaces the kubelet, which no test has. From a pod of the API server it prepares the process of the first container:
 * environment, mounted files, and the token of the service account. The only difference is that mounted folders are in a
 * folder of the test instead of the root. Paths in the environment are changed accordingly.
 */
public final class Kubelet {
    private final RealApiServer server;
    private final Pod pod;
    private final Path root;

    private Kubelet(RealApiServer server, Pod pod, Path root) {
        this.server = server;
        this.pod = pod;
        this.root = root.toAbsolutePath();
    }

    /** Prepares the process of a pod. The caller sets the addresses that the DNS of the cluster would resolve. */
    public static OperatorProcess.Builder prepare(RealApiServer server, Pod pod, Path root) {
        try {
            return new Kubelet(server, pod, root).prepare();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OperatorProcess.Builder prepare() throws IOException {
        var container = pod.getSpec().getContainers().get(0);
        var process = OperatorProcess.packaged(container.getName())
                .arguments(container.getArgs())
                .workingDirectory(Files.createDirectories(root));
        Map<String, Path> mounts = new HashMap<>();
        for (var mount : container.getVolumeMounts()) {
            var path = Files.createDirectories(root.resolve(mount.getMountPath().substring(1)));
            mounts.put(mount.getMountPath(), path);
            fill(path, volume(mount.getName()));
        }
        for (var variable : container.getEnv()) {
            process.environment(variable.getName(), underRoot(value(variable), mounts));
        }
        // Two pods on one machine must not share the port and the temporary folder.
        process.environment("QUARKUS_HTTP_PORT", "0");
        process.javaOptions("-Djava.io.tmpdir=" + mounts.get("/tmp"));
        if (Boolean.TRUE.equals(pod.getSpec().getAutomountServiceAccountToken())) {
            addToken(process);
        }
        return process;
    }

    private Volume volume(String name) {
        return pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void fill(Path path, Volume volume) throws IOException {
        if (volume.getSecret() != null) {
            write(path, secret(volume.getSecret().getSecretName()));
        } else if (volume.getConfigMap() != null) {
            Map<String, byte[]> files = new HashMap<>();
            server.client()
                    .configMaps()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(volume.getConfigMap().getName())
                    .require()
                    .getData()
                    .forEach((key, value) -> files.put(key, value.getBytes(StandardCharsets.UTF_8)));
            write(path, files);
        } else if (volume.getEmptyDir() == null) {
            throw new IllegalArgumentException("this test does not support the kind of the volume: " + volume);
        }
    }

    /** Writes the files as the kubelet does: behind a symlink, which it replaces when they change. */
    private static void write(Path path, Map<String, byte[]> files) throws IOException {
        var version = Files.createDirectories(path.resolve("..2026_01_01"));
        Files.createSymbolicLink(path.resolve("..data"), version.getFileName());
        for (var file : files.entrySet()) {
            Files.write(version.resolve(file.getKey()), file.getValue());
            Files.createSymbolicLink(path.resolve(file.getKey()), Path.of("..data", file.getKey()));
        }
    }

    private Map<String, byte[]> secret(String name) {
        Map<String, byte[]> files = new HashMap<>();
        server.client()
                .secrets()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(name)
                .require()
                .getData()
                .forEach((key, value) -> files.put(key, Base64.getDecoder().decode(value)));
        return files;
    }

    private String value(EnvVar variable) {
        if (variable.getValueFrom() == null) {
            return variable.getValue() == null ? "" : variable.getValue();
        }
        var key = variable.getValueFrom().getSecretKeyRef();
        if (key == null) {
            throw new IllegalArgumentException("this test does not support the source of the variable: " + variable);
        }
        return new String(secret(key.getName()).get(key.getKey()), StandardCharsets.UTF_8);
    }

    private static String underRoot(String value, Map<String, Path> mounts) {
        for (var mount : mounts.entrySet()) {
            if (value.startsWith(mount.getKey())) {
                return mount.getValue() + value.substring(mount.getKey().length());
            }
        }
        return value;
    }

    private void addToken(OperatorProcess.Builder process) throws IOException {
        var namespace = pod.getMetadata().getNamespace();
        var token = server.client()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName(pod.getSpec().getServiceAccountName())
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        var path = Files.createDirectories(root.resolve("var/run/secrets/kubernetes.io/serviceaccount"));
        var api = server.client().getMasterUrl();
        var certificate =
                Base64.getDecoder().decode(server.client().getConfiguration().getCaCertData());
        process.environment("KUBERNETES_SERVICE_HOST", api.getHost())
                .environment("KUBERNETES_SERVICE_PORT", Integer.toString(api.getPort()))
                .environment(
                        "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                        Files.writeString(path.resolve("token"), token).toString())
                .environment(
                        "KUBERNETES_CERTS_CA_FILE",
                        Files.write(path.resolve("ca.crt"), certificate).toString())
                .environment(
                        "KUBENAMESPACE",
                        Files.writeString(path.resolve("namespace"), namespace).toString());
    }
}
