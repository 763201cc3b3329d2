/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static io.snapshotoperator.evs.controller.csi.ContentStory.SETTINGS;
import static io.snapshotoperator.evs.controller.csi.ContentStory.ofDriver;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.CsiSnapshotter;
import io.snapshotoperator.evs.testing.SnapshotController;
import io.snapshotoperator.evs.testing.StoryExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster without the definitions of snapshot.storage.k8s.io, which gets them later. */
class ContentApiMissingStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onOwnApiServer();

    @Test
    void reportsThatClusterHasNoContentsAndContinuesWhenItHas() {
        stories.server().installCrds();
        var second = StoryExtension.volumeId("second");
        var contents = new ContentStory(stories.begin(cloud().volume(Volume.available(second)), SETTINGS));
        var story = contents.story();
        story.apply("deleted", ofVolume(second).withContent(ofDriver().build()).build());
        story.apply("kept", ofVolume(VOLUME).withContent(ofDriver().build()).build());

        contents.awaitContent("deleted", ContentReason.ContentApiMissing);
        contents.awaitContent("kept", ContentReason.ContentApiMissing);
        story.awaitReady("kept");
        story.delete("deleted");
        story.awaitGone("deleted");

        SnapshotController.installCrds(stories.server());
        var recorded = contents.awaitContent("kept", ContentReason.ContentAvailable);
        assertThat(recorded.binding()).isEqualTo(1);
        assertThat(contents.content(recorded.name())).isPresent();
        CsiSnapshotter.removeAll(stories.server().client());
    }
}
