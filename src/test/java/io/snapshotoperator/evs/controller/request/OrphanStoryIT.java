/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.Story;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Snapshots of ours without an object: named, never deleted, and brought back by a manifest. */
class OrphanStoryIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    @Test
    void reportsOrphanAndImportsItFromPrintedManifest() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        var cloud = SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(400))
                .volume(Volume.available(VOLUME));
        try (var cluster = Cluster.realOrEmbedded();
                var story = Story.prepare(cluster, cloud, Map.of())) {
            story.startOperator();
            story.apply("nightly", ofVolume(VOLUME).build());
            var id = story.awaitReady("nightly").snapshotId();
            story.stopOperator();
            // Someone takes the finalizer off by hand and deletes the object; a foreign snapshot lies beside it.
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

            var table = orphans(server, story, List.of("orphans"));
            assertThat(table).contains(id, VOLUME, story.namespace() + "/nightly", "1 orphaned snapshots");
            assertThat(table).doesNotContain("another's", "autobk");

            var printed = orphans(server, story, List.of("orphans", "--manifests"));
            var manifests = printed.substring(printed.indexOf("---"));
            cluster.client()
                    .load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)))
                    .create();
            story.startOperator();
            var name = "nightly-" + id.substring(0, 8);
            assertThat(story.awaitReady(name).snapshotId()).isEqualTo(id);
            assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
            assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
        }
    }

    private static String orphans(RealApiServer server, Story story, List<String> words) {
        try (var process = OperatorProcess.packaged("orphans")
                .kubeconfig(server.kubeconfig())
                .settings(story.settings())
                .javaOptions("-XX:TieredStopAtLevel=1")
                .arguments(words)
                .start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(40)))
                    .as(process.log())
                    .isZero();
            return process.log();
        }
    }
}
