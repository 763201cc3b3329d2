/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process becomes the leader and resigns. The fault campaign covers processes that are killed. */
class LeaderElectionStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static Lease lease(Story story) {
        return story.kubernetes()
                .leases()
                .inNamespace(story.namespace())
                .withName("evs-snapshot-operator")
                .get();
    }

    private static void awaitLeader(RunningOperator operator) {
        Story.eventually().untilAsserted(() -> assertThat(operator.leads()).isTrue());
    }

    @Test
    void releasesLeaseWhenFrameworkStopFails() {
        var story = stories.prepare();
        try (var operator = RunningOperator.start(
                stories.cluster(), story.settings(), configuration -> new Operator(configuration) {
                    @Override
                    public void stop() {
                        super.stop();
                        throw new IllegalStateException("already stopped");
                    }
                })) {
            awaitLeader(operator);
            assertThat(lease(story).getSpec().getHolderIdentity()).isNotEmpty();
        }
        assertThat(lease(story).getSpec().getHolderIdentity()).isNullOrEmpty();
        assertThat(lease(story).getMetadata().getAnnotations()).containsEntry(DrainAwareLeaseLock.DRAINED, "true");
    }

    @Test
    void secondProcessContinuesWhenLeaderResigns() {
        var story = stories.begin();
        story.apply("before", ofVolume(VOLUME).build());
        story.awaitReady("before");
        try (var second = RunningOperator.start(stories.cluster(), story.settings())) {
            assertThat(second.leads()).isFalse();
            story.stopOperator();
            awaitLeader(second);
            story.apply("after", ofVolume(VOLUME).build());
            story.awaitReady("after");
            assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
            assertThat(second.lostItsLease()).isFalse();
        }
    }
}
