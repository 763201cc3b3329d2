/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.controller.restore.ClaimCreator.Result;
import io.snapshotoperator.evs.testing.Cluster;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimCreatorTest {
    private static final String UID = "11111111-2222-4333-8444-555555555555";
    private static final String PERSISTENT_VOLUME = "evs-restore-" + UID;
    private static final ClaimTemplate TEMPLATE =
            new ClaimTemplate("data-app-0", "disk.csi.everest.io", "csi-disk", null, null);

    private static VolumeSnapshotRestore restore(String size) {
        return Serialization.unmarshal("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotRestore
                metadata: {name: back, namespace: shop, uid: %s}
                spec:
                  requestRef: {name: nightly}
                  persistentVolumeClaim: {name: data-app-0, driver: disk.csi.everest.io, storageClassName: csi-disk}
                status:
                  volumeId: 3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11
                  %s
                  conditions:
                    - {type: Ready, status: "True", reason: VolumeRestored, message: m,
                       lastTransitionTime: "2026-01-01T00:00:00Z"}
                """.formatted(UID, size), VolumeSnapshotRestore.class);
    }

    private static VolumeSnapshotRestore restore() {
        return restore("sizeGiB: 40");
    }

    private static PersistentVolume persistentVolume() {
        return new ClaimManifests(restore(), TEMPLATE).persistentVolume();
    }

    private static Result create(KubernetesClient client, VolumeSnapshotRestore restore) {
        return new ClaimCreator(client, true, Set.of()).create(restore, true, () -> Optional.of(true));
    }

    private static String message(Result result) {
        return assertThat(result)
                .asInstanceOf(type(Result.NotCreated.class))
                .actual()
                .message();
    }

    @Nested
    class OnApiServer {
        private final Cluster cluster = Cluster.embedded();
        private final KubernetesClient client = cluster.client();

        @AfterEach
        void close() {
            cluster.close();
        }

        @Test
        void continuesWithWhatAnEarlierAttemptCreated() {
            client.resource(persistentVolume()).create();

            assertThat(create(client, restore())).isEqualTo(new Result.Created(PERSISTENT_VOLUME, "data-app-0"));
            assertThat(create(client, restore())).isEqualTo(new Result.Created(PERSISTENT_VOLUME, "data-app-0"));
        }

        @Test
        void saysWhatStatusOfRestoreLacks() {
            assertThat(message(create(client, restore("")))).contains("status.sizeGiB");
            assertThat(client.persistentVolumes().list().getItems()).isEmpty();
        }

        @Test
        void createsNoClaimForPersistentVolumeThatIsBeingDeleted() {
            var terminating = client.resource(new PersistentVolumeBuilder(persistentVolume())
                    .editMetadata()
                    .addToFinalizers("kubernetes.io/pv-protection")
                    .endMetadata()
                    .build());
            terminating.create();
            terminating.delete();

            assertThat(message(create(client, restore()))).contains("another PersistentVolume " + PERSISTENT_VOLUME);
            assertThat(client.persistentVolumeClaims().inAnyNamespace().list().getItems())
                    .isEmpty();
        }

        @Test
        void createsNothingForVolumeWithoutMarkerOrWithoutAnswerOfCloud() {
            var creator = new ClaimCreator(client, true, Set.of());

            assertThat(creator.create(restore(), true, () -> Optional.of(false)))
                    .isInstanceOf(Result.NotCreated.class);
            assertThat(creator.create(restore(), true, Optional::empty)).isInstanceOf(Result.TryLater.class);
            assertThat(client.persistentVolumes().list().getItems()).isEmpty();
        }
    }

    @Nested
    class WhenApiServerRejects {
        private static final String PERSISTENT_VOLUMES = "/api/v1/persistentvolumes";
        private static final String CLAIMS = "/api/v1/namespaces/shop/persistentvolumeclaims";

        private final KubernetesMockServer server = new KubernetesMockServer(false);
        private KubernetesClient client;

        /** The client repeats nothing, which would only take time here. */
        @BeforeEach
        void start() {
            server.init();
            client = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(server.createClient().getConfiguration())
                            .withRequestRetryBackoffLimit(0)
                            .build())
                    .build();
        }

        @AfterEach
        void stop() {
            client.close();
            server.destroy();
        }

        private void respond(String path, int code, Object body) {
            server.expect().post().withPath(path).andReturn(code, body).always();
        }

        private static Object status(int code) {
            return new StatusBuilder()
                    .withStatus("Failure")
                    .withCode(code)
                    .withReason("Forbidden")
                    .withMessage("exceeded quota: claims")
                    .build();
        }

        @Test
        void namesPersistentVolumeWhoseClaimIsRejected() {
            respond(PERSISTENT_VOLUMES, 201, persistentVolume());
            respond(CLAIMS, 403, status(403));

            assertThat(message(create(client, restore())))
                    .contains("exceeded quota: claims")
                    .endsWith("The PersistentVolume " + PERSISTENT_VOLUME + " exists already.");
        }

        @ParameterizedTest
        @ValueSource(ints = {408, 429, 500, 503})
        void triesAgainWhenApiServerCannotRespondNow(int code) {
            respond(PERSISTENT_VOLUMES, 201, persistentVolume());
            respond(CLAIMS, code, status(code));

            assertThat(create(client, restore())).isInstanceOf(Result.TryLater.class);
        }

        @Test
        void saysWhyPersistentVolumeIsRejected() {
            respond(PERSISTENT_VOLUMES, 403, status(403));

            assertThat(message(create(client, restore())))
                    .contains("exceeded quota")
                    .doesNotContain("exists already");
        }
    }
}
