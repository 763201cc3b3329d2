/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example of the page "Creating an EVS Snapshot" of the EVS API reference, from the object to the HTTP call and back. */
class ApiReferenceExampleIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static final String DOCUMENTED = """
            {"snapshot":{"name":"snap-001","description":"Daily backup",\
            "volume_id":"5aa119a8-d25b-45a7-8d1b-88e127885635","force":false,"metadata":{}}}""";

    @Test
    void sendsDocumentedRequestWithMarkerAndReadsDocumentedResponse() throws IOException {
        var json = new ObjectMapper();
        var cloud = SimulatorSettings.builder()
                .snapshotTakes(Duration.ofSeconds(3))
                .volume(Volume.available(VOLUME).withSizeGib(1));
        var story = stories.begin(cloud);
        var request = story.apply(
                "snap-001",
                ofVolume(VOLUME)
                        .named("snap-001")
                        .described("Daily backup")
                        .force(false)
                        .metadata(Map.of("team", "db"))
                        .build());
        var creating = story.awaitReason("snap-001", SnapshotReason.WaitingForCloud);
        assertThat(creating.snapshotStatus()).isEqualTo("creating");
        var call = story.cloud().callLog().calls(Operation.CREATE).get(0);
        assertThat(call.path())
                .isEqualTo("/v2/" + story.cloud().settings().account().project().id() + "/cloudsnapshots");
        assertThat(call.status()).isEqualTo(202);

        var sent = (ObjectNode) json.readTree(call.body().orElseThrow());
        var metadata = (ObjectNode) sent.get("snapshot").get("metadata");
        assertThat(metadata.remove("evs-snapshot-operator.uid").asText())
                .isEqualTo(request.getMetadata().getUid());
        assertThat(metadata.remove("evs-snapshot-operator.create-id").asText()).isNotBlank();
        assertThat(metadata.remove("evs-snapshot-operator.installation").asText())
                .isEqualTo("stories");
        assertThat(metadata.remove("evs-snapshot-operator.namespace").asText()).isEqualTo(story.namespace());
        assertThat(metadata.remove("evs-snapshot-operator.name").asText()).isEqualTo("snap-001");
        assertThat(metadata.remove("team").asText()).isEqualTo("db");
        assertThat(json.writeValueAsString(sent)).isEqualTo(DOCUMENTED);

        var ready = story.awaitReady("snap-001");
        assertThat(ready.snapshotId())
                .isEqualTo(creating.snapshotId())
                .isEqualTo(story.cloud().snapshots().living().get(0).id());
        assertThat(ready.snapshotName()).isEqualTo("snap-001");
        assertThat(ready.sizeGiB()).isEqualTo(1);
        story.assertExactlyOne("snap-001");
    }
}
