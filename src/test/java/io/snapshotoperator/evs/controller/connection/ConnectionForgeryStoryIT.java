/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.ConfigMapKeyRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpec;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.chart.Chart;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.ShownTexts;
import io.snapshotoperator.evs.testing.SpecBuilder;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An administrator of one namespace, with the roles of the chart for editors and administrators, writes whatever the API server
 * accepts: requests, connections, their Secrets and ConfigMaps. A team in another namespace notices nothing.
 */
class ConnectionForgeryStoryIT {
    private static final String FORGER = "mallory";
    private static final int ROUNDS = 150;
    private static final String RAW = "\u001b[31m\nERROR forged line\u202e";
    private static final String PASSWORD = "the-password-of-the-forger";
    /** Calls can be slow on a busy machine. */
    private static final Map<String, String> LONG_CALLS = Map.of(
            "evs.connection.timeout", "6s",
            "evs.create.settle-time", "8s",
            "evs.leader-election.lease-duration", "12s");

    private static final List<Integer> REJECTIONS = List.of(
            HttpURLConnection.HTTP_BAD_REQUEST,
            HttpURLConnection.HTTP_FORBIDDEN,
            HttpURLConnection.HTTP_NOT_FOUND,
            HttpURLConnection.HTTP_CONFLICT,
            422);

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @TempDir
    Path directory;

    private final Random random = new Random(7);
    private Team victim;
    private Team own;
    private KubernetesClient forger;
    private Snapshot hidden;
    private Snapshot known;
    private VolumeSnapshotRequest request;

    @AfterEach
    void close() {
        if (forger != null) {
            forger.close();
        }
    }

    @Test
    void randomWritesOfNamespaceAdminReachNoOtherTeam() {
        victim = stories.team(cloud().project("11111111111111111111111111111111", "project-v"), directory);
        own = stories.team(
                cloud().project("22222222222222222222222222222222", "project-f").user("forger", PASSWORD), directory);
        victim.writeAccessKey();
        victim.connect("default");
        own.writePassword();
        own.connect("default");
        grant();
        var namespaces = List.of(victim.namespace(), own.namespace());
        try (var shown = ShownTexts.capture(stories.cluster().client())) {
            var settings = new HashMap<>(Team.settings(Stream.of(victim, own)));
            settings.putAll(LONG_CALLS);
            stories.begin(cloud(), settings);
            victim.request("kept", ofVolume(VOLUME).named("theirs").build());
            victim.awaitRequest("kept", SnapshotReason.SnapshotAvailable);
            request = victim.findRequest("kept").orElseThrow();
            hidden = victim.cloud()
                    .snapshots()
                    .find(request.getStatus().snapshotId())
                    .orElseThrow();
            known = victim.cloud().snapshots().addForeign(VOLUME, "known", Map.of());

            for (var round = 0; round < ROUNDS; round++) {
                write(round);
            }

            victim.request("late", ofVolume(VOLUME).build());
            victim.awaitRequest("late", SnapshotReason.SnapshotAvailable);
            assertVictimUntouched();
            assertThat(shown.objects(List.of(own.namespace())))
                    .noneMatch(text -> text.contains(hidden.id()))
                    .noneMatch(text -> text.contains("snapshotId: " + known.id()));
            shown.assertShowNothing(
                    List.of(
                            PASSWORD,
                            "guessed-password",
                            victim.cloud().settings().account().secretKey()),
                    namespaces);
        }
    }

    /** The forger writes once. The API server rejects what the roles or the schema forbid. */
    private void write(int round) {
        var name = "forged-" + random.nextInt(12);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> accepted(() -> forger.resource(randomRequest(name)).createOr(old -> old.update()));
            case 3, 4 ->
                accepted(() -> forger.resource(randomConnection(random.nextBoolean() ? "default" : name))
                        .createOr(old -> old.update()));
            case 5 ->
                accepted(() -> forger.resource(new SecretBuilder()
                                .withMetadata(named("evs-credentials"))
                                .withData(randomSecret())
                                .build())
                        .createOr(old -> old.update()));
            case 6 ->
                accepted(() -> forger.resource(new ConfigMapBuilder()
                                .withMetadata(named("evs-ca"))
                                .addToData("ca.crt", round % 2 == 0 ? RAW : "-----BEGIN CERTIFICATE-----\n" + RAW)
                                .build())
                        .createOr(old -> old.update()));
            case 7 -> accepted(() -> own.writePassword());
            case 8 ->
                accepted(() -> forger.resources(VolumeSnapshotRequest.class)
                        .inNamespace(own.namespace())
                        .withName(name)
                        .delete());
            case 9 ->
                accepted(() -> forger.resources(EvsConnection.class)
                        .inNamespace(own.namespace())
                        .withName(random.nextBoolean() ? "default" : name)
                        .delete());
            case 10 ->
                denied(() -> forger.raw(
                        "/apis/" + Api.GROUP + "/v1alpha1/namespaces/" + own.namespace() + "/"
                                + (random.nextBoolean() ? "volumesnapshotrequests/forged-1" : "evsconnections/default")
                                + "/status",
                        "PUT",
                        Map.of("status", Map.of("snapshotId", known.id()))));
            default ->
                denied(() -> forger.resources(VolumeSnapshotRequest.class)
                        .inNamespace(victim.namespace())
                        .withName("kept")
                        .delete());
        }
    }

    private static void accepted(Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException denied) {
            assertThat(denied.getCode()).as(denied.getMessage()).isIn(REJECTIONS);
        }
    }

    private VolumeSnapshotRequest randomRequest(String name) {
        var metadata = named(name);
        var annotations = new HashMap<String, String>();
        if (random.nextInt(3) == 0) {
            annotations.put(
                    Api.CREATE_INTENT, request.getMetadata().getAnnotations().get(Api.CREATE_INTENT));
        }
        if (random.nextInt(3) == 0) {
            annotations.put(Api.RECONCILE_REQUESTED_AT, RAW);
        }
        if (random.nextInt(4) == 0) {
            annotations.put(Api.ABANDON, "true");
        }
        metadata.setAnnotations(annotations);
        forgeMetadata(metadata);
        var forged = new VolumeSnapshotRequest();
        forged.setMetadata(metadata);
        forged.setSpec(randomSource()
                .connection(
                        switch (random.nextInt(4)) {
                            case 0 -> "forged-" + random.nextInt(12);
                            case 1 -> "missing";
                            default -> "default";
                        })
                .build());
        return forged;
    }

    private SpecBuilder randomSource() {
        return switch (random.nextInt(5)) {
            case 0 -> ofSnapshot(known.id()).onDeletion(DeletionPolicy.Delete);
            case 1 -> ofClaim("missing");
            case 2 -> ofVolume(VOLUME).withMaxAttempts(3).named("mine");
            case 3 -> ofVolume(VOLUME).ttl("1s");
            default -> ofVolume(VOLUME).named(RAW.strip() + "x").described(RAW + "x");
        };
    }

    private EvsConnection randomConnection(String name) {
        var forged = new EvsConnection();
        forged.setMetadata(named(name));
        forgeMetadata(forged.getMetadata());
        forged.setSpec(randomSpec());
        return forged;
    }

    private EvsConnectionSpec randomSpec() {
        var theirs = victim.cloud().endpoint().toString();
        var spec = own.spec();
        return switch (random.nextInt(8)) {
            case 0 ->
                spec.endpoint(theirs)
                        .iamEndpoint(theirs)
                        .projectName("project-v")
                        .build();
            case 1 -> spec.endpoint(theirs).build();
            case 2 -> spec.endpoint("https://169.254.169.254/" + RAW).build();
            case 3 -> spec.iamEndpoint("https://kubernetes.default.svc").build();
            case 4 -> spec.projectName(RAW).build();
            case 5 -> spec.projectId("11111111111111111111111111111111").build();
            case 6 ->
                spec.credentialsSecretRef(new SecretRef("missing"))
                        .caBundleRef(new ConfigMapKeyRef("evs-ca", "other.crt"))
                        .build();
            default -> spec.build();
        };
    }

    private Map<String, String> randomSecret() {
        var account = victim.cloud().settings().account();
        return switch (random.nextInt(5)) {
            case 0 -> encoded(Map.of("username", account.user(), "password", "guessed-password", "domainName", "d"));
            case 1 -> encoded(Map.of("username", RAW, "password", RAW + PASSWORD, "domainName", RAW));
            case 2 -> encoded(Map.of("accessKey", account.accessKey(), "secretKey", "guessed-password"));
            case 3 -> encoded(Map.of("accessKey", RAW, "secretKey", "\u0000", "securityToken", RAW));
            default -> Map.of("username", "/////w==");
        };
    }

    /** Finalizers of others and of the operator, labels, and an owner in another namespace. */
    private void forgeMetadata(ObjectMeta metadata) {
        if (random.nextInt(3) == 0) {
            metadata.setFinalizers(List.of(Api.FINALIZER));
        }
        if (random.nextInt(4) == 0) {
            metadata.setLabels(
                    Map.of("evs-snapshot-operator.uid", request.getMetadata().getUid()));
        }
        if (random.nextInt(4) == 0) {
            metadata.setOwnerReferences(List.of(new OwnerReferenceBuilder()
                    .withApiVersion(request.getApiVersion())
                    .withKind(request.getKind())
                    .withName("kept")
                    .withUid(request.getMetadata().getUid())
                    .build()));
        }
    }

    private static Map<String, String> encoded(Map<String, String> data) {
        var encoded = new HashMap<String, String>();
        data.forEach((key, value) ->
                encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return encoded;
    }

    private ObjectMeta named(String name) {
        return new ObjectMetaBuilder()
                .withNamespace(own.namespace())
                .withName(name)
                .build();
    }

    /** The rights of an administrator of a namespace: those of Kubernetes, and the chart's roles for editors and administrators. */
    private void grant() {
        var admin = stories.cluster().client();
        var roles = Chart.of(ClusterRole.class, Chart.objects(Chart.MINIMAL)).stream()
                .filter(role -> role.getMetadata().getName().matches(".*-(edit|admin)"))
                .toList();
        assertThat(roles).hasSize(2);
        roles.forEach(role -> admin.resource(role).createOr(existing -> existing.update()));
        // The rules of the cluster role edit, which no controller aggregates here.
        Stream.concat(
                        roles.stream().map(HasMetadata::getMetadata).map(ObjectMeta::getName),
                        Stream.of("system:aggregate-to-edit"))
                .forEach(role -> admin.resource(new RoleBindingBuilder()
                                .withNewMetadata()
                                .withNamespace(own.namespace())
                                .withName(role.replace(':', '-'))
                                .endMetadata()
                                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                                .addNewSubject("rbac.authorization.k8s.io", "User", FORGER, null)
                                .build())
                        .create());
        forger = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withImpersonateUsername(FORGER)
                        .build())
                .build();
        Story.eventually()
                .ignoreException(KubernetesClientException.class)
                .until(() -> forger.resources(EvsConnection.class)
                                .inNamespace(own.namespace())
                                .withName("default")
                                .get()
                        != null);
    }

    private void assertVictimUntouched() {
        var snapshots = victim.cloud().snapshots();
        assertThat(snapshots.find(hidden.id())).contains(hidden);
        assertThat(snapshots.find(known.id())).contains(known);
        var log = victim.cloud().callLog();
        assertThat(log.calls(Operation.DELETE)).isEmpty();
        assertThat(log.calls(Operation.UPDATE)).isEmpty();
        assertThat(log.createsActedOn()).hasSize(2).allSatisfy(create -> assertThat(
                        create.metadata().get("evs-snapshot-operator.namespace"))
                .isEqualTo(victim.namespace()));
        var now = victim.findRequest("kept").orElseThrow();
        assertThat(now.getStatus()).isEqualTo(request.getStatus());
        assertThat(now.getMetadata()).isEqualTo(request.getMetadata());
    }

    private static void denied(Runnable write) {
        assertThat(catchThrowableOfType(KubernetesClientException.class, write::run)
                        .getCode())
                .isEqualTo(HttpURLConnection.HTTP_FORBIDDEN);
    }
}
