/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator writes requests of which it read only a part. What it did not read must stay on the server. */
class ReducedMetadataStoryIT {
    private static final Map<String, String> NOTES =
            Map.of("team/large", "x".repeat(200 * 1024), "team/small", "ü", Api.GROUP + "/unknown", "kept");
    private static final String OTHER_FINALIZER = "team.example/wait";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    @Test
    void keepsMetadataOfOthersInEveryWrite() {
        var story = stories.begin();
        var before = create(story).getMetadata();

        story.awaitReady("nightly");
        var ready = story.get("nightly").getMetadata();
        assertKept(before, ready);
        assertThat(ready.getAnnotations())
                .containsOnlyKeys("team/large", "team/small", Api.GROUP + "/unknown", Api.CREATE_INTENT);
        assertThat(ready.getFinalizers()).containsExactly(OTHER_FINALIZER, Api.FINALIZER);

        story.delete("nightly");
        Story.eventually().untilAsserted(() -> assertThat(
                        story.get("nightly").getMetadata().getFinalizers())
                .containsExactly(OTHER_FINALIZER));
        assertKept(before, story.get("nightly").getMetadata());
    }

    private static void assertKept(ObjectMeta before, ObjectMeta after) {
        assertThat(after.getAnnotations()).containsAllEntriesOf(NOTES);
        assertThat(after.getLabels()).isEqualTo(before.getLabels());
        assertThat(after.getOwnerReferences()).isEqualTo(before.getOwnerReferences());
    }

    private static VolumeSnapshotRequest create(Story story) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(story.namespace())
                .withName("nightly")
                .withAnnotations(NOTES)
                .withLabels(Map.of("team", "storage"))
                .withFinalizers(List.of(OTHER_FINALIZER))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName("owner")
                        .withUid("4d9d5a3e-31b2-4b1c-8f6d-7a2f4f6f1f11")
                        .build())
                .build());
        request.setSpec(ofVolume(VOLUME).build());
        return story.kubernetes().resource(request).create();
    }
}
