/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.connection.ConfigMapKeyRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpec;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A team with a namespace and a cloud of its own, which it reaches over HTTPS with its own certificate and credentials. */
public final class Team implements AutoCloseable {
    private static final String SECRET = "evs-credentials";
    private static final String CERTIFICATES = "evs-ca";

    private final KubernetesClient kubernetes;
    private final String namespace;
    private final EvsSimulator cloud;
    private final SSLContext tls;

    private Team(KubernetesClient kubernetes, String namespace, EvsSimulator cloud, SSLContext tls) {
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.cloud = cloud;
        this.tls = tls;
    }

    /** @param directory for the key of the cloud */
    public static Team in(Cluster cluster, SimulatorSettingsBuilder cloud, Path directory)
            throws IOException, GeneralSecurityException, InterruptedException {
        var tls = TestCertificates.forHost("127.0.0.1", Files.createTempDirectory(directory, "tls"));
        var namespace = cluster.freshNamespace("team");
        cluster.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(CERTIFICATES)
                        .endMetadata()
                        .withData(Map.of("ca.crt", Files.readString(tls.pem())))
                        .build())
                .create();
        return new Team(
                cluster.client(),
                namespace,
                EvsSimulator.start(cloud.tls(tls.context()).build()),
                tls.context());
    }

    /** The settings of an operator that watches the namespaces of these teams, and lets them connect to their clouds. */
    public static Map<String, String> settings(Stream<Team> teams) {
        return Map.of(
                "evs.namespaces",
                teams.map(Team::namespace).collect(Collectors.joining(",")),
                "evs.connections.hosts",
                "127.0.0.1",
                "evs.connections.private-addresses",
                "true");
    }

    public EvsSimulator cloud() {
        return cloud;
    }

    public String namespace() {
        return namespace;
    }

    /** The key of a server that the connections of the team trust, for the host 127.0.0.1. */
    public SSLContext tls() {
        return tls;
    }

    /** Writes a Secret with the name and the password of the user. */
    public void writePassword(String password) {
        var account = cloud.settings().account();
        writeSecret(Map.of("username", account.user(), "password", password, "domainName", account.domain()));
    }

    public void writePassword() {
        writePassword(cloud.settings().account().password());
    }

    /** Writes a Secret with the access key. */
    public void writeAccessKey() {
        var account = cloud.settings().account();
        writeSecret(Map.of("accessKey", account.accessKey(), "secretKey", account.secretKey()));
    }

    public void writeSecret(Map<String, String> data) {
        kubernetes
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(SECRET)
                        .endMetadata()
                        .withData(encoded(data))
                        .build())
                .createOr(existing -> existing.update());
    }

    private static Map<String, String> encoded(Map<String, String> data) {
        return data.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> Base64.getEncoder()
                .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8))));
    }

    public void deleteSecret() {
        kubernetes.secrets().inNamespace(namespace).withName(SECRET).delete();
    }

    /** The spec of a connection to the cloud of the team. */
    public EvsConnectionSpecBuilder spec() {
        return EvsConnectionSpecBuilder.builder()
                .endpoint(cloud.endpoint().toString())
                .iamEndpoint(cloud.endpoint().toString())
                .projectName(cloud.settings().account().project().name())
                .caBundleRef(new ConfigMapKeyRef(CERTIFICATES, null))
                .credentialsSecretRef(new SecretRef(SECRET));
    }

    public void connect(String name) {
        connect(name, spec().build());
    }

    public void connect(String name, EvsConnectionSpec spec) {
        var connection = new EvsConnection();
        connection.setMetadata(named(name));
        connection.setSpec(spec);
        kubernetes.resource(connection).create();
    }

    public void request(String name, VolumeSnapshotRequestSpec spec) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(named(name));
        request.setSpec(spec);
        kubernetes.resource(request).create();
    }

    private ObjectMeta named(String name) {
        return new ObjectMetaBuilder().withNamespace(namespace).withName(name).build();
    }

    public void annotate(String request, String key, String value) {
        kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(request)
                .edit(object -> {
                    object.getMetadata().getAnnotations().put(key, value);
                    return object;
                });
    }

    public void editRequest(String name, VolumeSnapshotRequestSpec spec) {
        kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name)
                .edit(object -> {
                    object.setSpec(spec);
                    return object;
                });
    }

    public void deleteRequest(String name) {
        kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name)
                .delete();
    }

    public void deleteConnection(String name) {
        kubernetes
                .resources(EvsConnection.class)
                .inNamespace(namespace)
                .withName(name)
                .delete();
    }

    public Optional<EvsConnection> connection(String name) {
        return Optional.ofNullable(kubernetes
                .resources(EvsConnection.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    public Optional<VolumeSnapshotRequest> findRequest(String name) {
        return Optional.ofNullable(kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /** Waits until the condition {@code Ready} of the connection has this reason, and returns its message. */
    public String awaitConnection(String name, Reason reason) {
        return await(reason, () -> connection(name)
                .map(EvsConnection::getStatus)
                .map(status -> status.conditions().stream())
                .orElse(Stream.of()));
    }

    /** Waits until the condition {@code Ready} of the request has this reason, and returns its message. */
    public String awaitRequest(String name, Reason reason) {
        return await(reason, () -> findRequest(name)
                .map(VolumeSnapshotRequest::getStatus)
                .map(status -> status.conditions().stream())
                .orElse(Stream.of()));
    }

    private static String await(Reason reason, Supplier<Stream<Condition>> conditions) {
        Story.eventually().untilAsserted(() -> assertThat(ready(conditions.get()))
                .as(() -> String.valueOf(ready(conditions.get())))
                .extracting(Condition::getReason)
                .isEqualTo(reason.name()));
        return ready(conditions.get()).getMessage();
    }

    private static Condition ready(Stream<Condition> conditions) {
        return conditions
                .filter(condition -> "Ready".equals(condition.getType()))
                .findFirst()
                .orElse(new Condition());
    }

    @Override
    public void close() {
        Stream.of(VolumeSnapshotRequest.class, EvsConnection.class).forEach(this::removeAll);
        cloud.close();
    }

    /** No operator runs that would remove the finalizers, and the shared server keeps all objects. */
    private <T extends HasMetadata> void removeAll(Class<T> kind) {
        var all = kubernetes.resources(kind).inNamespace(namespace);
        all.list().getItems().stream()
                .forEach(remaining -> kubernetes.resource(remaining).edit(object -> {
                    object.getMetadata().setFinalizers(List.of());
                    return object;
                }));
        all.delete();
    }
}
