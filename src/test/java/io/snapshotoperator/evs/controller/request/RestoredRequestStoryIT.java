/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Objects that a backup tool restores after they were lost, and namespaces that lose their connection. */
class RestoredRequestStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void restoredRequestGetsNewSnapshotAndNeverTouchesOldOne() {
        var story = stories.begin();
        var lost = loseReadyRequest(story);
        restore(story, lost);

        story.startOperator();

        story.awaitReady("nightly");
        assertThat(story.status("nightly").snapshotId()).isNotEqualTo(snapshotOf(lost));
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
        story.delete("nightly");
        Story.eventually().untilAsserted(() -> assertThat(story.find("nightly")).isEmpty());
        assertThat(livingSnapshots(story)).containsExactly(snapshotOf(lost));
    }

    @Test
    void restoredStatusAuthorizesNothing() {
        var story = stories.begin();
        var lost = loseReadyRequest(story);
        restore(story, lost);
        writeStatus(story, lost.getStatus());

        story.startOperator();

        story.apply("other", ofVolume(VOLUME).build());
        story.awaitReady("other");
        story.awaitReason("nightly", SnapshotReason.NotOwned);
        assertThat(story.cloud().callLog().createsActedOn())
                .as("nightly, before it was lost, and other")
                .hasSize(2);
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.NotOwned);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
        story.annotate("nightly", Api.ABANDON, "true");
        Story.eventually().untilAsserted(() -> assertThat(story.find("nightly")).isEmpty());
        assertThat(livingSnapshots(story)).contains(snapshotOf(lost)).hasSize(2);
    }

    @Test
    void deletionWaitsWhileNamespaceIsNotServed() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.stopOperator();
        story.settings().put("evs.connection.raw-id-namespaces", "elsewhere");
        story.startOperator();

        story.delete("nightly");

        story.awaitReason("nightly", CommonReason.NamespaceNotServed);
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        story.stopOperator();
        story.settings().put("evs.connection.namespaces", story.namespace());
        story.startOperator();
        Story.eventually().untilAsserted(() -> assertThat(story.find("nightly")).isEmpty());
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    private static VolumeSnapshotRequest loseReadyRequest(Story story) {
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.stopOperator();
        var lost = story.get("nightly");
        story.edit("nightly", request -> request.getMetadata().setFinalizers(List.of()));
        story.delete("nightly");
        assertThat(story.find("nightly")).isEmpty();
        return lost;
    }

    /** Creates the object again, with its annotations and finalizers. The API server gives it a new UID and no status. */
    private static void restore(Story story, VolumeSnapshotRequest lost) {
        var copy = new VolumeSnapshotRequest();
        copy.setMetadata(lost.getMetadata()
                .edit()
                .withResourceVersion(null)
                .withUid(null)
                .build());
        copy.setSpec(lost.getSpec());
        var restored = story.kubernetes().resource(copy).create();
        assertThat(restored.getMetadata().getUid())
                .isNotEqualTo(lost.getMetadata().getUid());
        assertThat(restored.getMetadata().getAnnotations()).containsKey(Api.CREATE_INTENT);
        assertThat(restored.getStatus().snapshotId()).isNull();
    }

    private static void writeStatus(Story story, VolumeSnapshotRequestStatus status) {
        story.kubernetes().resource(story.get("nightly")).editStatus(request -> {
            request.setStatus(status);
            return request;
        });
    }

    private static String snapshotOf(VolumeSnapshotRequest request) {
        return request.getStatus().snapshotId();
    }

    private static List<String> livingSnapshots(Story story) {
        return story.cloud().snapshots().living().stream()
                .map(snapshot -> snapshot.id())
                .toList();
    }
}
