/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The real namespace controller deletes Secret, connection and requests of a namespace at once. */
class ConnectionNamespaceDeletionIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer("namespace-controller");

    @Test
    void deletesSnapshotsWithCredentialsOfDeletedSecret(@TempDir Path directory) {
        var team = stories.team(cloud(), directory);
        team.writePassword();
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
        team.request("one", ofVolume(VOLUME).build());
        team.request("two", ofVolume(VOLUME).build());
        team.awaitRequest("one", SnapshotReason.SnapshotAvailable);
        team.awaitRequest("two", SnapshotReason.SnapshotAvailable);

        story.kubernetes().namespaces().withName(team.namespace()).delete();

        Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                        .namespaces()
                        .withName(team.namespace())
                        .get())
                .isNull());
        assertThat(team.cloud().snapshots().living()).isEmpty();
    }
}
