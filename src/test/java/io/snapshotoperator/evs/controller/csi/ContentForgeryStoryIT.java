/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static io.snapshotoperator.evs.controller.csi.ContentStory.SETTINGS;
import static io.snapshotoperator.evs.controller.csi.ContentStory.ofDriver;
import static io.snapshotoperator.evs.controller.csi.ContentStory.withVolumeSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.CsiSnapshotter;
import io.snapshotoperator.evs.testing.SnapshotController;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A user who may edit requests and VolumeSnapshots in one namespace writes whatever the API server accepts. No content gives this
 * namespace a snapshot of a volume that is not the volume of its own claim, and what another team has stays as it is.
 */
class ContentForgeryStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static final String VICTIM_VOLUME = "c0ffee00-0000-4000-8000-000000000001";
    private static final String FORGER = "mallory";
    private static final String VERSION = "snapshot.storage.k8s.io/v1";
    private static final int ROUNDS = 40;

    private Story story;
    private ContentStory contents;
    private String forgersNamespace;
    private KubernetesClient forger;
    private String victimsContent;

    @BeforeEach
    void prepare() {
        SnapshotController.installCrds(stories.server());
        forgersNamespace = stories.cluster().freshNamespace("forger");
        var settings = new HashMap<>(SETTINGS);
        settings.remove("evs.volume-snapshot-contents.raw-id-namespaces");
        story = stories.prepare(cloud().volume(Volume.available(VICTIM_VOLUME)).snapshotsPerVolume(100), settings);
        story.settings().put("evs.namespaces", story.namespace() + "," + forgersNamespace);
        story.startOperator();
        contents = new ContentStory(story);
        contents.createBoundClaim("data", VICTIM_VOLUME);
        contents.createBoundClaim(forgersNamespace, "own", VOLUME);
        story.apply("victim", ofClaim("data").withContent(withVolumeSnapshot()).build());
        victimsContent =
                contents.awaitContent("victim", ContentReason.WaitingForBinding).name();
        forger = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(story.kubernetes().getConfiguration())
                        .withImpersonateUsername(FORGER)
                        .build())
                .build();
        allowEditing();
    }

    private void allowEditing() {
        var verbs = new String[] {"get", "list", "watch", "create", "update", "patch", "delete"};
        var role = new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("edit-contents-" + forgersNamespace)
                .endMetadata()
                .addNewRule()
                .withApiGroups(Api.GROUP)
                .withResources(VolumeSnapshotRequest.PLURAL)
                .withVerbs(verbs)
                .endRule()
                .addNewRule()
                .withApiGroups("snapshot.storage.k8s.io")
                .withResources("volumesnapshots")
                .withVerbs(verbs)
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
        CsiSnapshotter.removeAll(stories.server().client());
    }

    @Test
    void randomWritesGiveNoContentOfSnapshotOfAnotherTeam() {
        var victim = story.get("victim");
        var content = contents.content(victimsContent).orElseThrow();
        var volumeSnapshot = contents.volumeSnapshot("victim").orElseThrow();
        var random = new Random(13);
        var names = new ArrayList<String>();
        for (var round = 0; round < ROUNDS; round++) {
            var name = "fuzz-" + round;
            createRequest(name, randomSpec(random, victim), random);
            names.add(name);
            var target = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> delete(target);
                case 1 -> edit(target, random, victim);
                default -> createVolumeSnapshot(target, victim);
            }
            assertThat(handlesOfForger()).doesNotContain(victim.getStatus().snapshotId());
        }

        // The operator still serves this namespace.
        createRequest("honest", ofClaim("own").withContent(withVolumeSnapshot()).build(), random);
        Story.eventually().untilAsserted(() -> assertThat(
                        SnapshotContentExtension.recorded(find("honest")).map(SnapshotContentStatus::reason))
                .contains(ContentReason.WaitingForBinding.name()));
        assertThat(handlesOfForger()).isNotEmpty().allSatisfy(handle -> assertThat(
                        story.cloud().snapshots().find(handle).orElseThrow().volumeId())
                .isEqualTo(VOLUME));
        assertThat(contents.content(victimsContent)).contains(content);
        assertThat(contents.volumeSnapshot("victim")).contains(volumeSnapshot);
        assertThat(story.condition("victim", "Ready").getStatus()).isEqualTo("True");
    }

    private VolumeSnapshotRequestSpec randomSpec(Random random, VolumeSnapshotRequest victim) {
        return switch (random.nextInt(5)) {
            case 0 ->
                ofSnapshot(victim.getStatus().snapshotId())
                        .withContent(randomContent(random))
                        .build();
            case 1 ->
                ofVolume(VICTIM_VOLUME)
                        .force(true)
                        .withContent(randomContent(random))
                        .build();
            case 2 -> ofClaim("data").withContent(randomContent(random)).build();
            default -> ofClaim("own").withContent(randomContent(random)).build();
        };
    }

    private static SnapshotContentSpec randomContent(Random random) {
        return ofDriver()
                .name(List.of("victim", "fuzz-1", "nightly").get(random.nextInt(3)))
                .className(random.nextBoolean() ? null : "gold")
                .createVolumeSnapshot(random.nextBoolean())
                .build();
    }

    private void createRequest(String name, VolumeSnapshotRequestSpec spec, Random random) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(forgersNamespace)
                .withFinalizers(random.nextBoolean() ? List.of(Api.CONTENT_FINALIZER) : List.of())
                .withLabels(Map.of(
                        Api.REQUEST_UID, story.get("victim").getMetadata().getUid()))
                .build());
        request.setSpec(spec);
        forger.resource(request).create();
    }

    private void edit(String name, Random random, VolumeSnapshotRequest victim) {
        Story.eventually().ignoreException(KubernetesClientException.class).until(() -> {
            if (find(name) != null) {
                forger.resource(find(name)).edit(request -> {
                    request.getMetadata()
                            .setFinalizers(random.nextBoolean() ? List.of() : List.of(Api.CONTENT_FINALIZER));
                    request.setStatus(victim.getStatus());
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

    /** Names the content of the victim, with the label of its request. One of this name can exist. */
    private void createVolumeSnapshot(String name, VolumeSnapshotRequest victim) {
        try {
            forger.resource(new GenericKubernetesResourceBuilder()
                            .withApiVersion(VERSION)
                            .withKind("VolumeSnapshot")
                            .withMetadata(new ObjectMetaBuilder()
                                    .withNamespace(forgersNamespace)
                                    .withName(name)
                                    .withLabels(Map.of(
                                            Api.REQUEST_UID,
                                            victim.getMetadata().getUid()))
                                    .build())
                            .addToAdditionalProperties(
                                    "spec", Map.of("source", Map.of("volumeSnapshotContentName", victimsContent)))
                            .build())
                    .create();
        } catch (KubernetesClientException exists) {
            assertThat(exists.getCode()).isEqualTo(409);
        }
    }

    /** The handles of the contents that can be bound in the namespace of the forger. */
    private List<String> handlesOfForger() {
        return story
                .kubernetes()
                .genericKubernetesResources(VERSION, "VolumeSnapshotContent")
                .list()
                .getItems()
                .stream()
                .filter(content -> forgersNamespace.equals(content.get("spec", "volumeSnapshotRef", "namespace")))
                .map((GenericKubernetesResource content) -> content.<String>get("spec", "source", "snapshotHandle"))
                .toList();
    }
}
