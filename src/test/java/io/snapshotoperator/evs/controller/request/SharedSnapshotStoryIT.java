/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several objects show one snapshot: the owner and two imports. Each of them tells the truth. */
class SharedSnapshotStoryIT {
    private static final List<String> ALL = List.of("owner", "first-import", "second-import");
    private static final List<String> IMPORTS = ALL.subList(1, 3);

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static String shared(Story story) {
        story.apply("owner", ofVolume(VOLUME).named("shared").build());
        var id = story.awaitReady("owner").snapshotId();
        IMPORTS.forEach(name -> story.apply(name, ofSnapshot(id).build()));
        IMPORTS.forEach(story::awaitReady);
        return id;
    }

    @Test
    void tellsEachObjectThatSnapshotIsGone() {
        var story = stories.begin();
        var id = shared(story);

        story.cloud().snapshots().remove(id);

        ALL.forEach(name -> story.awaitReason(name, SnapshotReason.SnapshotMissing));
    }

    @Test
    void tellsEachObjectThatSnapshotFailed() {
        var story = stories.begin();
        var id = shared(story);

        story.cloud().snapshots().setStatus(id, "error");

        ALL.forEach(name -> story.awaitReason(name, SnapshotReason.SnapshotFailed));
    }

    @Test
    void tellsImportsThatOperatorDeletedSnapshotForItsOwner() {
        // Only the delete request and the reads of other objects can tell them: there is no resync.
        var story = stories.begin(cloud(), Map.of("evs.poll.resync-interval", "1h"));
        shared(story);

        story.delete("owner");

        story.awaitGone("owner");
        IMPORTS.forEach(name -> story.awaitReason(name, SnapshotReason.SnapshotMissing));
    }

    @Test
    void tellsImportsThatOperatorRenamedSnapshotForItsOwner() {
        var story = stories.begin(cloud(), Map.of("evs.poll.resync-interval", "1h"));
        shared(story);

        story.edit(
                "owner",
                request -> request.setSpec(ofVolume(VOLUME).named("renamed").build()));

        ALL.forEach(name -> Story.eventually()
                .untilAsserted(
                        () -> assertThat(story.status(name).snapshotName()).isEqualTo("renamed")));
    }

    @Test
    void waitsForManySnapshotsInUnknownStateWithoutSingleReads() {
        var story = stories.begin(cloud(), Map.of("evs.poll.resync-interval", "1h"));
        var ids = IntStream.range(0, 20)
                .mapToObj(number -> story.cloud()
                        .snapshots()
                        .add(VOLUME, "odd-" + number, "pondering", Map.of())
                        .id())
                .toList();
        IntStream.range(0, 20)
                .forEach(number ->
                        story.apply("odd-" + number, ofSnapshot(ids.get(number)).build()));
        IntStream.range(0, 20).forEach(number -> story.awaitReason("odd-" + number, SnapshotReason.UnknownState));
        var readsBefore = story.cloud().callLog().count(Operation.GET);

        ids.forEach(id -> story.cloud().snapshots().setStatus(id, "available"));

        IntStream.range(0, 20).forEach(number -> story.awaitReady("odd-" + number));
        assertThat(story.cloud().callLog().count(Operation.GET) - readsBefore)
                .as("single reads")
                .isLessThan(20);
    }

    @Test
    void deletesManyRequestsWhoseSnapshotsAreStillCreatedWithFewReads() {
        var story = stories.begin(
                cloud().anyVolume().snapshotTakes(Duration.ofSeconds(12)),
                Map.of("evs.poll.resync-interval", "1h", "evs.retry.max-backoff", "2s"));
        var names = IntStream.range(0, 8).mapToObj(number -> "early-" + number).toList();
        names.forEach(
                name -> story.apply(name, ofVolume(volumeId(name)).force(true).build()));
        story.awaitCalls(Operation.CREATE, 8);
        names.forEach(name -> story.awaitReason(name, SnapshotReason.WaitingForCloud));

        names.forEach(story::delete);

        names.forEach(story::awaitGone);
        assertThat(story.cloud().snapshots().living()).isEmpty();
        // When the deletion begins, when the snapshot can be deleted, and when it is gone.
        assertThat(story.cloud().callLog().count(Operation.GET)).isLessThanOrEqualTo(5 * names.size());
    }
}
