/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.testing.RestoreSteps.ofRequest;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpec;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.RestoreSteps;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A user who may edit requests and restores in one namespace writes whatever the API server accepts. The operator creates no volume
 * from a snapshot of another team, deletes nothing of others, and continues to restore for them. More seeds:
 * {@code -Dforgery.seeds=50 -Dforgery.first-seed=1}.
 */
class RestoreForgeryStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static final String VICTIM_VOLUME = "c0ffee00-0000-4000-8000-000000000001";
    private static final String FORGER = "mallory";
    private static final String MARKED_NAMESPACE = "evs-snapshot-operator.namespace";
    private static final int STEPS = 60;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "victim", "theirs");

    /** One namespace each, so that no test sees the objects of another. */
    private final class Scene implements AutoCloseable {
        private final Random random;
        private final Story story;
        private final RestoreSteps victims;
        private final String forgersNamespace = stories.cluster().freshNamespace("forger");
        private final KubernetesClient forger;
        private final Snapshot owned;
        private final Snapshot retained;
        private final Snapshot ofTool;
        private final Volume restored;
        private final String victimsIntent;

        Scene(boolean rawIds, long seed) {
            random = new Random(seed);
            story = stories.prepare(cloud().volume(Volume.available(VICTIM_VOLUME))
                    .volumeTakes(Duration.ofMillis(600))
                    .volumeAppearsAfter(Duration.ofMillis(200)));
            story.settings().put("evs.namespaces", story.namespace() + "," + forgersNamespace);
            story.settings().put("evs.connection.namespaces", "*");
            // Where imports may be deleted, a user may delete a snapshot that carries no marker. No team of this test
            // may.
            story.settings().put("evs.connection.import-deletion-namespaces", story.namespace());
            if (!rawIds) {
                story.settings().put("evs.connection.raw-id-namespaces", story.namespace());
            }
            story.startOperator();
            victims = new RestoreSteps(story);
            story.apply("victim", ofVolume(VICTIM_VOLUME).named("theirs").build());
            owned = snapshot(story.awaitReady("victim").snapshotId());
            victims.apply("theirs", ofRequest("victim").build());
            restored = volume(victims.awaitRestored("theirs").volumeId());
            victimsIntent = victims.get("theirs").getMetadata().getAnnotations().get(Api.CREATE_INTENT);
            retained = story.cloud().snapshots().addForeign(VICTIM_VOLUME, "retained", Map.of());
            ofTool = story.cloud()
                    .snapshots()
                    .addForeign(VICTIM_VOLUME, "csi", Map.of("csi.storage.k8s.io/volumesnapshot/name", "nightly"));
            forger = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(story.kubernetes().getConfiguration())
                            .withImpersonateUsername(FORGER)
                            .build())
                    .build();
            allowEditing();
        }

        /** The rights of the chart's role for editors. */
        private void allowEditing() {
            var role = new ClusterRoleBuilder()
                    .withNewMetadata()
                    .withName("edit-" + forgersNamespace)
                    .endMetadata()
                    .addNewRule()
                    .withApiGroups(Api.GROUP)
                    .withResources("volumesnapshotrequests", "volumesnapshotrestores")
                    .withVerbs("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
                    .endRule()
                    .build();
            story.kubernetes().resource(role).create();
            story.kubernetes()
                    .resource(new RoleBindingBuilder()
                            .withNewMetadata()
                            .withNamespace(forgersNamespace)
                            .withName("editors")
                            .endMetadata()
                            .withNewRoleRef(
                                    "rbac.authorization.k8s.io",
                                    "ClusterRole",
                                    role.getMetadata().getName())
                            .addNewSubject("rbac.authorization.k8s.io", "User", FORGER, null)
                            .build())
                    .create();
        }

        @Override
        public void close() {
            Stream.of(VolumeSnapshotRestore.class, VolumeSnapshotRequest.class)
                    .forEach(kind -> NAMES.forEach(name -> {
                        edit(kind, name, object -> object.getMetadata().setFinalizers(List.of()));
                        delete(kind, name);
                    }));
            forger.close();
        }

        // ------------------------------------------------------------ the forger

        void step() {
            var name = NAMES.get(random.nextInt(NAMES.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> createIfAccepted(request(name));
                case 2, 3 -> createIfAccepted(restore(name));
                case 4 -> delete(kind(), name);
                case 5 -> edit(kind(), name, object -> object.getMetadata().setFinalizers(List.of()));
                default -> edit(kind(), name, object -> object.getMetadata().setAnnotations(annotations(object)));
            }
        }

        private Class<? extends HasMetadata> kind() {
            return random.nextInt(3) == 0 ? VolumeSnapshotRequest.class : VolumeSnapshotRestore.class;
        }

        private VolumeSnapshotRequest request(String name) {
            var request = new VolumeSnapshotRequest();
            request.setMetadata(metadata(name));
            request.setSpec(requestSpec());
            return request;
        }

        private VolumeSnapshotRequestSpec requestSpec() {
            var spec =
                    switch (random.nextInt(5)) {
                        case 0 -> ofSnapshot(owned.id());
                        case 1 -> ofSnapshot(retained.id());
                        case 2 -> ofSnapshot(ofTool.id());
                        default -> ofVolume(VOLUME);
                    };
            if (random.nextInt(4) == 0) {
                spec.onDeletion(DeletionPolicy.Delete);
            }
            if (random.nextInt(8) == 0) {
                spec.connection(random.nextBoolean() ? "default" : "victim");
            }
            return spec.build();
        }

        private VolumeSnapshotRestore restore(String name) {
            var restore = new VolumeSnapshotRestore();
            restore.setMetadata(metadata(name));
            restore.setSpec(restoreSpec());
            return restore;
        }

        private VolumeSnapshotRestoreSpec restoreSpec() {
            var spec = ofRequest(NAMES.get(random.nextInt(NAMES.size())));
            if (random.nextInt(2) == 0) {
                spec.deletionPolicy(DeletionPolicy.Delete);
            }
            if (random.nextInt(3) == 0) {
                // The name of the volume of the other team, and what looks like its marker.
                spec.name(restored.name());
            }
            if (random.nextInt(4) == 0) {
                spec.metadata(Map.of("uid", uidOfVictim(), "evs_snapshot_operator.uid", uidOfVictim()));
            }
            if (random.nextInt(6) == 0) {
                spec.metadata(restored.metadata());
            }
            if (random.nextInt(8) == 0) {
                spec.connectionRef(new ConnectionRef(random.nextBoolean() ? "default" : "victim"));
            }
            if (random.nextInt(8) == 0) {
                spec.sizeGiB(10 + random.nextInt(100));
            }
            return spec.build();
        }

        private ObjectMeta metadata(String name) {
            var metadata = new ObjectMetaBuilder().withName(name).withNamespace(forgersNamespace);
            if (random.nextInt(3) == 0) {
                metadata.addToAnnotations(Api.CREATE_INTENT, victimsIntent);
            }
            if (random.nextInt(4) == 0) {
                metadata.addToLabels(MARKED_NAMESPACE, story.namespace());
            }
            if (random.nextInt(2) == 0) {
                metadata.withFinalizers(Api.FINALIZER);
            }
            return metadata.build();
        }

        private Map<String, String> annotations(HasMetadata object) {
            var annotations = new HashMap<String, String>();
            if (object.getMetadata().getAnnotations() != null && random.nextInt(4) != 0) {
                annotations.putAll(object.getMetadata().getAnnotations());
            }
            switch (random.nextInt(7)) {
                case 0 -> annotations.put(Api.PAUSED, random.nextBoolean() ? "true" : "false");
                case 1 -> annotations.put(Api.ABANDON, "true");
                case 2 -> annotations.put(Api.RETRY_CREATE, "x".repeat(1 + random.nextInt(300)));
                case 3 ->
                    annotations.put(Api.RECONCILE_REQUESTED_AT, Instant.now().toString());
                default -> annotations.put(Api.CREATE_INTENT, intent(object));
            }
            return annotations;
        }

        private String intent(HasMetadata object) {
            var uid = object.getMetadata().getUid();
            var intent = victimsIntent;
            return switch (random.nextInt(6)) {
                case 0 -> "{";
                case 1 -> intent;
                case 2 -> intent.replace(VICTIM_VOLUME, restored.id()).replace(uidOfVictim(), uid);
                case 3 -> intent.replace("\"createCount\":1", "\"createCount\":2147483647");
                case 4 -> intent.replace(uidOfVictim(), uid).replace("\"at\":\"20", "\"at\":\"+9999999");
                default -> intent.replace(uidOfVictim(), uid);
            };
        }

        private String uidOfVictim() {
            return restored.metadata().get("evs-snapshot-operator.uid");
        }

        private void createIfAccepted(HasMetadata object) {
            try {
                forger.resource(object).create();
            } catch (KubernetesClientException rejected) {
                assertThat(rejected.getCode()).isIn(400, 403, 409, 422);
            }
        }

        private <T extends HasMetadata> void edit(Class<T> kind, String name, Consumer<T> change) {
            var resource = forger.resources(kind).inNamespace(forgersNamespace).withName(name);
            Story.eventually().until(() -> {
                try {
                    var found = resource.get();
                    if (found != null) {
                        forger.resource(found).edit(object -> {
                            change.accept(object);
                            return object;
                        });
                    }
                    return true;
                } catch (KubernetesClientException rejected) {
                    // Gone meanwhile, or rejected by a rule. After a conflict, again.
                    return rejected.getCode() != 409;
                }
            });
        }

        private void delete(Class<? extends HasMetadata> kind, String name) {
            forger.resources(kind).inNamespace(forgersNamespace).withName(name).delete();
        }

        // ------------------------------------------------------------ what must hold

        private Snapshot snapshot(String id) {
            return story.cloud().snapshots().find(id).orElseThrow();
        }

        private Volume volume(String id) {
            return story.cloud().volumes().find(id).orElseThrow();
        }

        void assertOthersFinish(String name) {
            victims.apply(name, ofRequest("victim").build());
            victims.awaitRestored(name);
            victims.assertOneVolume(name);
        }

        void assertVictimUntouched() {
            assertThat(snapshot(owned.id())).isEqualTo(owned);
            assertThat(snapshot(retained.id())).isEqualTo(retained);
            assertThat(snapshot(ofTool.id())).isEqualTo(ofTool);
            assertThat(volume(restored.id())).isEqualTo(restored);
            assertThat(victims.status("theirs").volumeId()).isEqualTo(restored.id());
            var foreignSnapshots = Set.of(owned.id(), retained.id(), ofTool.id());
            assertThat(story.cloud().callLog().calls())
                    .filteredOn(
                            call -> Set.of(Operation.DELETE, Operation.UPDATE).contains(call.operation()))
                    .extracting(call -> call.snapshotId().orElse(""))
                    .doesNotContainAnyElementsOf(foreignSnapshots);
            var ofForger = volumesOfForger().stream()
                    .flatMap(create -> create.volumeId().stream())
                    .collect(Collectors.toSet());
            assertThat(story.cloud().callLog().calls(Operation.DISK_DELETE))
                    .extracting(call -> call.volumeId().orElse(""))
                    .isSubsetOf(ofForger);
        }

        /** Returns the create requests for volumes that carry the marker of an object of the forger. */
        List<CallLogEntry> volumesOfForger() {
            return story.cloud().callLog().actedOn(Operation.DISK_CREATE).stream()
                    .filter(create -> forgersNamespace.equals(create.metadata().get(MARKED_NAMESPACE)))
                    .toList();
        }

        void assertNoVolumeFrom(Snapshot... forbidden) {
            assertThat(volumesOfForger())
                    .extracting(create -> create.snapshotId().orElse(""))
                    .doesNotContainAnyElementsOf(
                            Stream.of(forbidden).map(Snapshot::id).toList());
        }
    }

    static Stream<Arguments> seeds() {
        var first = Integer.getInteger("forgery.first-seed", 1);
        return IntStream.range(first, first + Integer.getInteger("forgery.seeds", 2))
                .boxed()
                .flatMap(seed -> Stream.of(Arguments.of(true, seed), Arguments.of(false, seed)));
    }

    @ParameterizedTest(name = "raw ids allowed: {0}, seed {1}")
    @MethodSource("seeds")
    void restoresNothingOfAnotherTeamForRandomObjects(boolean rawIds, int seed) {
        try (var scene = new Scene(rawIds, seed)) {
            for (var step = 0; step < STEPS; step++) {
                scene.step();
                if (step == STEPS / 2) {
                    scene.assertOthersFinish("meanwhile");
                }
            }
            scene.assertOthersFinish("afterwards");
            scene.assertVictimUntouched();
            scene.assertNoVolumeFrom(scene.owned);
            if (!rawIds) {
                // Not even requests of volumes are allowed, so there is nothing to restore.
                assertThat(scene.volumesOfForger()).isEmpty();
            }
        }
    }

    @Test
    void restoresRetainedSnapshotOnlyWhereRawIdsAreAllowed() {
        try (var allowed = new Scene(true, 1)) {
            allowed.createIfAccepted(imported(allowed, "a", allowed.retained));
            allowed.createIfAccepted(imported(allowed, "b", allowed.owned));
            allowed.createIfAccepted(plainRestore(allowed, "a"));
            allowed.createIfAccepted(plainRestore(allowed, "b"));

            awaitReason(allowed, "a", RestoreReason.VolumeRestored.name());
            awaitReason(allowed, "b", RestoreReason.RestoreNotAllowed.name());
            allowed.assertNoVolumeFrom(allowed.owned, allowed.ofTool);
            allowed.assertVictimUntouched();
        }
    }

    /** The administrator withdraws the right after the import. */
    @Test
    void restoresNoImportAfterRawIdsWereForbidden() {
        try (var scene = new Scene(true, 1)) {
            scene.createIfAccepted(imported(scene, "a", scene.retained));
            Story.eventually().untilAsserted(() -> assertThat(scene.forger
                            .resources(VolumeSnapshotRequest.class)
                            .inNamespace(scene.forgersNamespace)
                            .withName("a")
                            .get()
                            .getStatus()
                            .conditions())
                    .anyMatch(condition -> condition.getReason().equals(SnapshotReason.SnapshotAvailable.name())));
            scene.story.stopOperator();
            scene.story.settings().put("evs.connection.raw-id-namespaces", scene.story.namespace());
            scene.story.startOperator();

            scene.createIfAccepted(plainRestore(scene, "a"));

            awaitReason(scene, "a", RestoreReason.RestoreNotAllowed.name());
            assertThat(scene.volumesOfForger()).isEmpty();
        }
    }

    /** A user lets a server of their own report a snapshot, and then removes the connection, so that the operator's own one serves. */
    @Test
    void restoresNothingThatCloudOfRemovedConnectionReported(@TempDir Path folder) {
        var team = stories.team(cloud(), folder);
        var settings = new HashMap<>(Team.settings(Stream.of(team)));
        settings.put("evs.connection.namespaces", "*");
        settings.put("evs.connection.raw-id-namespaces", "*");
        var story = stories.begin(cloud(), settings);
        team.writePassword();
        team.connect("default");
        team.request("a", ofVolume(VOLUME).build());
        team.awaitRequest("a", SnapshotReason.SnapshotAvailable);

        team.deleteConnection("default");
        Story.eventually().ignoreException(KubernetesClientException.class).until(() -> {
            var connection = story.kubernetes()
                    .resources(EvsConnection.class)
                    .inNamespace(team.namespace())
                    .withName("default");
            if (connection.get() != null) {
                connection.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
            }
            return connection.get() == null;
        });
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(new ObjectMetaBuilder()
                .withNamespace(team.namespace())
                .withName("a")
                .build());
        restore.setSpec(ofRequest("a").build());
        story.kubernetes().resource(restore).create();

        Story.eventually().untilAsserted(() -> assertThat(RestoreStatusMapper.reportedReason(
                        story.kubernetes().resource(restore).get()))
                .contains(RestoreReason.RestoreLocationMismatch.name()));
        assertThat(story.cloud().callLog().count(Operation.DISK_CREATE)).isZero();
    }

    private static VolumeSnapshotRequest imported(Scene scene, String name, Snapshot snapshot) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(scene.forgersNamespace)
                .build());
        request.setSpec(ofSnapshot(snapshot.id()).build());
        return request;
    }

    private static VolumeSnapshotRestore plainRestore(Scene scene, String name) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(scene.forgersNamespace)
                .build());
        restore.setSpec(ofRequest(name).build());
        return restore;
    }

    private static void awaitReason(Scene scene, String name, String reason) {
        Story.eventually().untilAsserted(() -> {
            var status = scene.forger
                    .resources(VolumeSnapshotRestore.class)
                    .inNamespace(scene.forgersNamespace)
                    .withName(name)
                    .get()
                    .getStatus();
            assertThat(status).as(name).isNotNull();
            assertThat(status.conditions())
                    .as(() -> name + " " + status)
                    .anyMatch(condition -> condition.getType().equals("Ready")
                            && condition.getReason().equals(reason));
        });
    }
}
