/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The API server rejects the patch of the annotations that the operator must make before a create request. Skipped if the
 * binaries of the API server are missing.
 */
class RejectedUpdateStoryIT {
    /** The limit of all annotations of an object: Kubernetes API conventions, {@code TotalAnnotationSizeLimitB}. */
    private static final int MAX_ANNOTATIONS = 256 * 1024;

    private static final String NOTES = "team/notes";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void reportsThatAnnotationsLeaveNoRoomAndCreatesWhenTheyDo() {
        var story = stories.begin();
        var notes = "x".repeat(MAX_ANNOTATIONS - NOTES.length() - 10);
        story.apply("nightly", ofVolume(VOLUME).build(), Map.of(NOTES, notes));

        story.awaitReason("nightly", CommonReason.UpdateRejected);

        assertThat(story.condition("nightly", "Ready").getMessage()).contains("metadata.annotations", "Too long");
        assertThat(story.eventReasons("nightly")).containsExactly(CommonReason.UpdateRejected.name());
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();

        story.kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(story.namespace())
                .withName("nightly")
                .edit(object -> {
                    object.getMetadata().getAnnotations().remove(NOTES);
                    return object;
                });

        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }
}
