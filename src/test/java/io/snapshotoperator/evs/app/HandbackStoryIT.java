/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command handback, as the packaged program and the user of the administrator. */
class HandbackStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private record Output(int exit, String text) {}

    @Test
    void removesFinalizersOnlyAfterOperatorStopped(@TempDir Path directory) {
        var team = stories.team(cloud(), directory);
        team.writeAccessKey();
        team.connect("default");
        var story = stories.begin(
                cloud(),
                Map.of(
                        "evs.namespaces",
                        team.namespace(),
                        "evs.connections.hosts",
                        "127.0.0.1",
                        "evs.connections.private-addresses",
                        "true"));
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        var snapshotId = team.findRequest("nightly").orElseThrow().getStatus().snapshotId();

        var refused = handback(story, "handback", "--yes");
        assertThat(refused.text()).contains("An operator still runs", "kubectl scale");
        assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
        story.stopOperator();
        story.kubernetes().resource(team.findRequest("nightly").orElseThrow()).edit(request -> {
            request.addFinalizer(Api.CONTENT_FINALIZER);
            return request;
        });
        var listed = handback(story, "handback");
        assertThat(listed.text()).contains("nightly", snapshotId, "EvsConnection", "2 objects have the finalizer");
        assertThat(team.findRequest("nightly").orElseThrow().hasFinalizer(Api.FINALIZER))
                .isTrue();

        var done = handback(story, "handback", "--yes");

        assertThat(done.exit()).as(done.text()).isZero();
        assertThat(done.text()).contains("removed from 2 objects");
        assertThat(team.findRequest("nightly").orElseThrow().getMetadata().getFinalizers())
                .isEmpty();
        assertThat(team.connection("default").orElseThrow().getMetadata().getFinalizers())
                .isEmpty();
        assertThat(team.cloud().snapshots().living()).hasSize(1);
        assertThat(team.cloud().callLog().count(Operation.DELETE)).isZero();

        // A later installation continues with the objects.
        story.startOperator();
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        team.deleteRequest("nightly");
        Story.eventually()
                .untilAsserted(() -> assertThat(team.findRequest("nightly")).isEmpty());
    }

    private static Output handback(Story story, String... arguments) {
        try (var process = OperatorProcess.packaged("handback")
                .kubeconfig(stories.server().kubeconfig())
                .settings(story.settings())
                .arguments(List.of(arguments))
                .start()) {
            var exit = process.awaitEnd(Duration.ofSeconds(40));
            return new Output(exit, process.log());
        }
    }
}
