/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Snapshots of the operator without an object: the report lists them, nothing deletes them, and a manifest imports them. */
class OrphanStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void reportsOrphanAndImportsItFromPrintedManifest() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.stopOperator();
        // A user removes the finalizer and deletes the object. The cloud also has two foreign snapshots.
        story.edit("nightly", request -> request.getMetadata().setFinalizers(List.of()));
        story.delete("nightly");
        story.awaitGone("nightly");
        story.cloud().snapshots().addForeign(VOLUME, "autobk_snapshot_vbs_1", Map.of());
        story.cloud()
                .snapshots()
                .addForeign(
                        VOLUME,
                        "another's",
                        Map.of("evs-snapshot-operator.uid", "u", "evs-snapshot-operator.installation", "other"));

        var table = orphans(story, List.of("orphans"));
        assertThat(table).contains(id, VOLUME, story.namespace() + "/nightly", "1 orphaned snapshots");
        assertThat(table).doesNotContain("another's", "autobk", "{");

        var printed = orphans(story, List.of("orphans", "--manifests"));
        var manifests = printed.substring(printed.indexOf("---"));
        story.kubernetes()
                .load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)))
                .create();
        story.startOperator();
        var name = "nightly-" + id.substring(0, 8);
        assertThat(story.awaitReady(name).snapshotId()).isEqualTo(id);
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
    }

    private static String orphans(Story story, List<String> arguments) {
        try (var process = OperatorProcess.packaged("orphans")
                .kubeconfig(stories.server().kubeconfig())
                .settings(story.settings())
                // The first call of a new process takes longer than the second that the stories give a call.
                .settings(Map.of(
                        "evs.connection.timeout", "10s",
                        "evs.create.settle-time", "20s",
                        "evs.leader-election.lease-duration", "20s"))
                .arguments(arguments)
                .start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(40)))
                    .as(process.log())
                    .isZero();
            return process.log();
        }
    }
}
