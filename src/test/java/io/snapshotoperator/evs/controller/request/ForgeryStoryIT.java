/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A user who may only edit requests in one namespace writes whatever the API server accepts. The operator deletes, renames and
 * copies nothing that the specs of this user do not name, and continues to work for others.
 */
class ForgeryStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static final String VICTIM_VOLUME = "c0ffee00-0000-4000-8000-000000000001";
    private static final String FORGER = "mallory";

    private Story story;
    private String forgersNamespace;
    private KubernetesClient forger;
    private Snapshot owned;
    private Snapshot retained;
    private Snapshot ofTool;

    @BeforeEach
    void prepare() {
        forgersNamespace = stories.cluster().freshNamespace("forger");
        var settings = new HashMap<String, String>();
        story = stories.prepare(cloud().volume(Volume.available(VICTIM_VOLUME)), settings);
        story.settings().put("evs.namespaces", story.namespace() + "," + forgersNamespace);
        story.startOperator();
        story.apply("victim", ofVolume(VICTIM_VOLUME).named("theirs").build());
        owned = snapshot(story.awaitReady("victim").snapshotId());
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
                .withResources("volumesnapshotrequests")
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

    @AfterEach
    void close() {
        forger.close();
    }

    @Test
    void deletesNoSnapshotThatOnlyTheIntentNames() {
        create("import", ofSnapshot(retained.id()).build());
        awaitReason("import", SnapshotReason.SnapshotAvailable);
        create("created", ofVolume(VOLUME).build());
        awaitReason("created", SnapshotReason.SnapshotAvailable);

        for (var name : List.of("import", "created")) {
            for (var target : List.of(retained, owned, ofTool)) {
                annotate(name, Api.CREATE_INTENT, intent(name, VICTIM_VOLUME, target.id()));
                annotate(name, Api.CREATE_INTENT, intent(name, VOLUME, target.id()));
                annotate(name, Api.RECONCILE_REQUESTED_AT, target.id());
            }
        }

        awaitProgressOfOthers();
        assertVictimUntouched();
    }

    @Test
    void createsNoSnapshotOfVolumeThatOnlyTheIntentNames() {
        create("of-claim", ofClaim("missing").force(true).build());
        awaitReason("of-claim", CommonReason.WaitingForClaim);
        annotate("of-claim", Api.CREATE_INTENT, intent("of-claim", VICTIM_VOLUME, retained.id()));
        create("of-volume", ofVolume(VOLUME).build());
        awaitReason("of-volume", SnapshotReason.SnapshotAvailable);
        annotate("of-volume", Api.CREATE_INTENT, intent("of-volume", VICTIM_VOLUME, retained.id()));

        awaitProgressOfOthers();

        awaitReason("of-claim", CommonReason.WaitingForClaim);
        assertVictimUntouched();
    }

    @Test
    void keepsSnapshotOfAnotherRequestOrToolThatIsImportedWithDelete() {
        create(
                "of-request",
                ofSnapshot(owned.id()).onDeletion(DeletionPolicy.Delete).build());
        create(
                "of-tool",
                ofSnapshot(ofTool.id()).onDeletion(DeletionPolicy.Delete).build());
        awaitReason("of-request", SnapshotReason.SnapshotAvailable);
        awaitReason("of-tool", SnapshotReason.SnapshotAvailable);

        delete("of-request");
        delete("of-tool");

        awaitReason("of-request", SnapshotReason.NotOwned);
        awaitReason("of-tool", SnapshotReason.NotOwned);
        assertVictimUntouched();
    }

    @Test
    void survivesRandomObjects() {
        var random = new Random(11);
        var names = new ArrayList<String>();
        for (var round = 0; round < 60; round++) {
            var name = "fuzz-" + round;
            if (createIfAccepted(name, randomSpec(random), random)) {
                names.add(name);
            }
            var target = names.get(random.nextInt(names.size()));
            switch (random.nextInt(5)) {
                case 0 -> delete(target);
                case 1 -> edit(target, request -> request.getMetadata().setFinalizers(List.of()));
                default -> annotate(target, Api.CREATE_INTENT, randomIntent(target, random));
            }
        }

        awaitProgressOfOthers();
        names.forEach(this::delete);
        awaitProgressOfOthers();
        assertVictimUntouched();
    }

    private VolumeSnapshotRequestSpec randomSpec(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> ofSnapshot(retained.id()).named("mine").build();
            case 1 ->
                ofSnapshot(owned.id())
                        .named("mine")
                        .onDeletion(DeletionPolicy.Delete)
                        .build();
            case 2 ->
                ofSnapshot(ofTool.id())
                        .named("mine")
                        .onDeletion(DeletionPolicy.Delete)
                        .build();
            case 3 -> ofClaim("missing").build();
            case 4 -> ofVolume(VOLUME).withMaxAttempts(3).named("mine").build();
            default -> ofVolume(VOLUME).build();
        };
    }

    private String randomIntent(String name, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "{";
            case 1 -> intentOf(owned).replace(uidOfVictim(), uid(name));
            case 2 -> intentOf(owned);
            case 3 -> intent(name, VOLUME, retained.id()).replace("\"createCount\":1", "\"createCount\":2147483647");
            case 4 -> intent(name, VOLUME, retained.id()).replace("\"at\":\"20", "\"at\":\"+9999999");
            case 5 -> intent(name, VICTIM_VOLUME, owned.id());
            default -> intent(name, VOLUME, random.nextBoolean() ? owned.id() : retained.id());
        };
    }

    private String intentOf(Snapshot victims) {
        var annotation = story.get("victim").getMetadata().getAnnotations().get(Api.CREATE_INTENT);
        assertThat(annotation).as("the intent of " + victims.id()).isNotNull();
        return annotation;
    }

    private String uidOfVictim() {
        return story.get("victim").getMetadata().getUid();
    }

    /** An intent as the operator writes it for this object, except for volume and replaced snapshot. */
    private String intent(String name, String volume, String replaces) {
        return "{\"uid\":\"" + uid(name) + "\",\"at\":\"" + Instant.now().minus(Duration.ofMinutes(1))
                + "\",\"createId\":\"create-1\",\"createCount\":1,\"volumeId\":\"" + volume + "\",\"projectId\":\""
                + story.status("victim").projectId() + "\",\"endpoint\":\""
                + story.status("victim").endpoint() + "\",\"replacementAttempt\":1,\"replaces\":\"" + replaces
                + "\",\"replacedCreateId\":\"create-1\"}";
    }

    // ---------------------------------------------------------------- the forger

    private void create(String name, VolumeSnapshotRequestSpec spec) {
        forger.resource(request(name, spec, Map.of())).create();
    }

    /** Creates an object with random metadata. Returns false if the API server rejects it. */
    private boolean createIfAccepted(String name, VolumeSnapshotRequestSpec spec, Random random) {
        var annotations = new HashMap<String, String>();
        if (random.nextInt(3) == 0) {
            annotations.put(Api.CREATE_INTENT, intentOf(owned));
        }
        if (random.nextInt(4) == 0) {
            annotations.put(Api.RETRY_CREATE, "x".repeat(random.nextInt(2000)));
        }
        if (random.nextInt(8) == 0) {
            annotations.put(Api.ABANDON, "true");
        }
        try {
            forger.resource(request(name, spec, annotations)).create();
            return true;
        } catch (KubernetesClientException rejected) {
            assertThat(rejected.getCode()).isIn(403, 422);
            return false;
        }
    }

    private VolumeSnapshotRequest request(
            String name, VolumeSnapshotRequestSpec spec, Map<String, String> annotations) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(forgersNamespace)
                .withAnnotations(annotations)
                .withFinalizers(Api.FINALIZER)
                .build());
        request.setSpec(spec);
        return request;
    }

    private void annotate(String name, String key, String value) {
        edit(name, request -> {
            var annotations = new HashMap<String, String>();
            if (request.getMetadata().getAnnotations() != null) {
                annotations.putAll(request.getMetadata().getAnnotations());
            }
            annotations.put(key, value);
            request.getMetadata().setAnnotations(annotations);
        });
    }

    /** Edits as often as the operator writes in between. An object that is gone stays as it is. */
    private void edit(String name, Consumer<VolumeSnapshotRequest> change) {
        Story.eventually().ignoreException(KubernetesClientException.class).until(() -> {
            if (find(name) != null) {
                forger.resource(find(name)).edit(request -> {
                    change.accept(request);
                    return request;
                });
            }
            return true;
        });
    }

    private void delete(String name) {
        forger.resources(VolumeSnapshotRequest.class)
                .inNamespace(forgersNamespace)
                .withName(name)
                .delete();
    }

    private VolumeSnapshotRequest find(String name) {
        return forger.resources(VolumeSnapshotRequest.class)
                .inNamespace(forgersNamespace)
                .withName(name)
                .get();
    }

    private String uid(String name) {
        var found = find(name);
        return found == null ? "gone" : found.getMetadata().getUid();
    }

    // ---------------------------------------------------------------- what must hold

    private void awaitReason(String name, Reason reason) {
        Story.eventually().untilAsserted(() -> {
            var status = find(name).getStatus();
            assertThat(status).as(name).isNotNull();
            assertThat(status.conditions())
                    .as(name)
                    .anyMatch(condition -> condition.getType().equals("Ready")
                            && condition.getReason().equals(reason.name()));
        });
    }

    /** The operator still serves others, and had the time for several reconciles and one resync. */
    private void awaitProgressOfOthers() {
        var name = "honest-" + System.nanoTime();
        story.apply(name, ofVolume(VICTIM_VOLUME).build());
        story.awaitReady(name);
        story.delete(name);
        story.awaitGone(name);
        var sweeps = story.cloud().callLog().count(Operation.LIST);
        story.awaitCalls(Operation.LIST, sweeps + 3);
    }

    private void assertVictimUntouched() {
        assertThat(snapshot(owned.id())).isEqualTo(owned);
        assertThat(snapshot(retained.id())).isEqualTo(retained);
        assertThat(snapshot(ofTool.id())).isEqualTo(ofTool);
        assertThat(story.condition("victim", "Ready").getStatus()).isEqualTo("True");
        var victims = Set.of(owned.id(), retained.id(), ofTool.id());
        assertThat(story.cloud().callLog().calls())
                .filteredOn(call -> Set.of(Operation.DELETE, Operation.UPDATE).contains(call.operation()))
                .extracting(call -> call.snapshotId().orElse(""))
                .doesNotContainAnyElementsOf(victims);
        assertThat(story.cloud().callLog().createsActedOn())
                .filteredOn(this::isOfForger)
                .extracting(call -> call.volumeId().orElse(""))
                .allMatch(VOLUME::equals);
    }

    private boolean isOfForger(CallLogEntry create) {
        return forgersNamespace.equals(create.metadata().get("evs-snapshot-operator.namespace"));
    }

    private Snapshot snapshot(String id) {
        return story.cloud().snapshots().find(id).orElseThrow();
    }
}
