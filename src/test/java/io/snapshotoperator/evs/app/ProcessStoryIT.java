/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.Story;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Kills, stops and restarts the packaged operator against a real API server. Skipped if the binaries of the API server are
 * missing.
 */
class ProcessStoryIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    /** With the shorter timeout of the other tests, a busy machine makes the outcome of a create request unknown. */
    private static final Map<String, String> LONG_CALLS = Map.of(
            "evs.connection.timeout", "6s",
            "evs.create.settle-time", "8s",
            "evs.leader-election.lease-duration", "12s");

    private static RealApiServer server;
    private static Cluster cluster;

    @BeforeAll
    static void open() {
        server = RealApiServer.shared(RealApiServer.NEWEST);
        cluster = Cluster.realOrEmbedded();
    }

    private static SimulatorSettingsBuilder cloud() {
        return SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(600))
                .deletionTakes(Duration.ofMillis(400))
                .volume(Volume.available(VOLUME));
    }

    private static OperatorProcess start(Story story) {
        return OperatorProcess.packaged("story")
                .kubeconfig(server.kubeconfig())
                .settings(story.settings())
                .javaOptions("-XX:TieredStopAtLevel=1", "-Xmx128m")
                .start();
    }

    @Test
    void adoptsSnapshotWhenKilledBeforeIdIsRecorded() {
        try (var story = Story.prepare(cluster, cloud(), Map.of("evs.connection.timeout", "2s"))) {
            story.cloud()
                    .faults()
                    .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(20)));
            try (var operator = start(story).awaitLeading()) {
                story.apply("nightly", ofVolume(VOLUME).build());
                Story.eventually()
                        .untilAsserted(() -> assertThat(story.cloud().callLog().createsActedOn())
                                .hasSize(1));
                operator.kill();
            }
            assertThat(story.get("nightly").getStatus().snapshotId()).isNull();
            try (var operator = start(story).awaitLeading()) {
                story.awaitReady("nightly");
                story.assertExactlyOne("nightly");
                assertThat(operator.isAlive()).isTrue();
            }
        }
    }

    @Test
    void successorContinuesAtOnceAfterStopDuringCreation() {
        try (var story = Story.prepare(cluster, cloud().snapshotTakes(Duration.ofSeconds(6)), LONG_CALLS)) {
            try (var operator = start(story).awaitLeading()) {
                story.apply("nightly", ofVolume(VOLUME).build());
                story.awaitReason("nightly", SnapshotReason.WaitingForCloud);
                assertThat(operator.terminate(Duration.ofSeconds(10)))
                        .as("exit")
                        .isEqualTo(143);
            }
            try (var operator = start(story).awaitLeading()) {
                assertThat(operator.log()).contains("\"predecessor\":\"DRAINED\"");
                story.awaitReady("nightly");
                story.assertExactlyOne("nightly");
            }
        }
    }

    @Test
    void recordsIdAndReleasesLeaseAsDrainedWhenStoppedDuringCreate() {
        try (var story = Story.prepare(cluster, cloud(), LONG_CALLS)) {
            story.cloud()
                    .faults()
                    .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(4)));
            try (var operator = start(story).awaitLeading()) {
                story.apply("nightly", ofVolume(VOLUME).build());
                Story.eventually()
                        .untilAsserted(() -> assertThat(story.cloud().callLog().createsActedOn())
                                .hasSize(1));

                assertThat(operator.terminate(Duration.ofSeconds(20)))
                        .as("exit code")
                        .isEqualTo(143);
            }
            story.assertExactlyOne("nightly");
            var lease = server.client()
                    .leases()
                    .inNamespace(story.namespace())
                    .withName("evs-snapshot-operator")
                    .get();
            assertThat(lease.getSpec().getHolderIdentity()).isNullOrEmpty();
            assertThat(lease.getMetadata().getAnnotations()).containsEntry("evs.snapshot-operator.io/drained", "true");
        }
    }

    @Test
    void delaysOnlyPreexistingRequestsAfterCrash() {
        try (var story = Story.prepare(cluster, cloud(), Map.of())) {
            try (var operator = start(story).awaitLeading()) {
                operator.kill();
            }
            story.apply("found", ofVolume(VOLUME).build());
            try (var operator = start(story).awaitLeading()) {
                story.awaitReason("found", CommonReason.VerifyingPreviousCreate);
                assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();
                story.apply("later", ofVolume(VOLUME).build());
                story.awaitReady("later");
                story.awaitReady("found");
                assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
                assertThat(operator.isAlive()).isTrue();
            }
        }
    }

    @Test
    void supportsDocumentedKubectlCommands() {
        try (var story = Story.prepare(cluster, cloud(), Map.of());
                var operator = start(story).awaitLeading()) {
            story.apply("nightly", ofVolume(VOLUME).named("snap-001").build());
            var namespace = "--namespace=" + story.namespace();
            var wait = server.kubectl(namespace, "wait", "--for=condition=Ready", "vsr/nightly", "--timeout=30s");
            assertThat(wait.out()).contains("nightly condition met");
            var get = server.kubectl(namespace, "get", "vsr");
            assertThat(get.out().lines().skip(1))
                    .singleElement()
                    .asString()
                    .matches("nightly +available +True +SnapshotAvailable +[0-9a-f-]{36} +40 +[0-9]+s");
            var describe = server.kubectl(namespace, "describe", "vsr", "nightly");
            assertThat(describe.out())
                    .contains(
                            "SnapshotCreateAccepted",
                            "SnapshotAvailable",
                            "The snapshot is available.",
                            "Snapshot Status");
            var explain = server.kubectl("explain", "vsr.spec.source");
            assertThat(explain.out()).contains("volumeId", "persistentVolumeClaimName", "snapshotId");
            assertThat(operator.log())
                    .doesNotContain(story.cloud().settings().account().password());
        }
    }
}
