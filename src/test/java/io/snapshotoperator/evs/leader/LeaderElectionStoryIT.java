/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.Story;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a process takes the lease and leaves it. What happens when it is killed is told by the fault laboratory. */
class LeaderElectionStoryIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static Cluster cluster;

    @BeforeAll
    static void open() {
        cluster = Cluster.realOrEmbedded();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static SimulatorSettingsBuilder cloud() {
        return SimulatorSettings.builder().snapshotTakes(Duration.ofMillis(300)).volume(Volume.available(VOLUME));
    }

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
        try (var story = Story.prepare(cluster, cloud(), Map.of())) {
            try (var operator =
                    RunningOperator.start(cluster, story.settings(), configuration -> new Operator(configuration) {
                        @Override
                        public void stop() {
                            super.stop();
                            throw new IllegalStateException("stopped already");
                        }
                    })) {
                awaitLeader(operator);
                assertThat(lease(story).getSpec().getHolderIdentity()).isNotEmpty();
            }
            assertThat(lease(story).getSpec().getHolderIdentity()).isNullOrEmpty();
            assertThat(lease(story).getMetadata().getAnnotations()).containsEntry(DrainAwareLeaseLock.DRAINED, "true");
        }
    }

    @Test
    void secondProcessContinuesWhenLeaderResigns() {
        try (var story = Story.begin(cluster, cloud())) {
            story.apply("before", ofVolume(VOLUME).build());
            story.awaitReady("before");
            try (var second = RunningOperator.start(cluster, story.settings())) {
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
}
