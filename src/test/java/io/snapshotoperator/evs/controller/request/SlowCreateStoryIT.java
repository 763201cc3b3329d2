/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cloud answers create requests slowly. Skipped if the binaries of the API server are missing. */
class SlowCreateStoryIT {
    private static final int REQUESTS = 120;

    /** The number of reconciles that can run at the same time. */
    private static final int WORKERS = 50;

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void letsRetainedRequestGoWhileManyCreatesAreSlow() {
        var story = stories.begin(
                cloud(),
                Map.of(
                        "evs.connection.timeout",
                        "4s",
                        "evs.leader-election.lease-duration",
                        "10s",
                        "evs.create.settle-time",
                        "5s"));
        story.apply("kept", ofVolume(VOLUME).onDeletion(DeletionPolicy.Retain).build());
        story.awaitReady("kept");
        story.cloud()
                .faults()
                .add(FaultRule.always(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(2)));
        IntStream.range(0, REQUESTS)
                .mapToObj(number -> "slow-" + number)
                .forEach(name ->
                        story.apply(name, ofVolume(volumeId(name)).force(true).build()));
        story.awaitCalls(Operation.CREATE, 10);

        story.delete("kept");
        story.awaitGone("kept");

        // If the creates occupied all workers, the deletion would wait for the first of them to end.
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isLessThan(WORKERS);
    }
}
