/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.ManyUsers;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Several users delete and create requests again at once, under the same names. Skipped if the binaries of the API server are
 * missing.
 */
class RecreationStoryIT {
    private static final int CLIENTS = 10;
    private static final Duration RESYNC = Duration.ofSeconds(2);
    private static final List<String> NAMES =
            IntStream.range(0, 100).mapToObj(number -> "volume-" + number).toList();

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void reconcilesRecreatedRequestsAndForgetsDeletedOnes() {
        var cloud = StoryExtension.cloud().snapshotTakes(Duration.ofMillis(200)).deletionTakes(Duration.ofMillis(200));
        NAMES.forEach(name -> cloud.volume(Volume.available(volumeId(name))));
        var story = stories.begin(cloud);
        NAMES.forEach(name -> story.apply(name, ofVolume(volumeId(name)).build()));
        awaitAllReady(story);

        ManyUsers.doForEach(CLIENTS, NAMES, name -> {
            story.delete(name);
            createWhenNameIsFree(story, name);
        });

        awaitAllReady(story);
        story.assertOneLivingSnapshot(NAMES.toArray(String[]::new));

        ManyUsers.doForEach(CLIENTS, NAMES, story::delete);
        NAMES.forEach(story::awaitGone);
        Story.eventually().untilAsserted(() -> assertThat(lastRead(story))
                .as("time of the last read, when no request is left")
                .isBefore(Instant.now().minus(RESYNC.multipliedBy(3))));
    }

    private static void awaitAllReady(Story story) {
        NAMES.forEach(story::awaitReady);
    }

    /** A finalizer keeps the name until the snapshot is gone. The creation follows within milliseconds. */
    private static void createWhenNameIsFree(Story story, String name) {
        Story.eventually().pollInterval(Duration.ofMillis(5)).until(() -> {
            try {
                story.apply(name, ofVolume(volumeId(name)).build());
                return true;
            } catch (KubernetesClientException rejected) {
                if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                    return false;
                }
                throw rejected;
            }
        });
    }

    private static Instant lastRead(Story story) {
        return story.cloud().callLog().calls().stream()
                .filter(entry -> entry.operation() == Operation.LIST || entry.operation() == Operation.GET)
                .map(CallLogEntry::at)
                .max(Instant::compareTo)
                .orElseThrow();
    }
}
