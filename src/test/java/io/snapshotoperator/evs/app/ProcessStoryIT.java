/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Kills, stops and restarts the packaged operator against a real API server. Skipped if the binaries of the API server are
 * missing.
 */
class ProcessStoryIT {

    /** With the shorter timeout of the other tests, a busy machine makes the outcome of a create request unknown. */
    private static final Map<String, String> LONG_CALLS = Map.of(
            "evs.connection.timeout", "6s",
            "evs.create.settle-time", "8s",
            "evs.leader-election.lease-duration", "12s");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private static OperatorProcess start(Story story) {
        return OperatorProcess.packaged("story")
                .kubeconfig(stories.server().kubeconfig())
                .settings(story.settings())
                .javaOptions("-Xmx128m")
                .start();
    }

    @Test
    void adoptsSnapshotWhenKilledBeforeIdIsRecorded() {
        var story = stories.prepare(cloud(), Map.of("evs.connection.timeout", "2s"));
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(20)));
        try (var operator = start(story).awaitLeading()) {
            story.apply("nightly", ofVolume(VOLUME).build());
            Story.eventually()
                    .untilAsserted(() ->
                            assertThat(story.cloud().callLog().createsActedOn()).hasSize(1));
            operator.kill();
        }
        assertThat(story.get("nightly").getStatus().snapshotId()).isNull();
        try (var operator = start(story).awaitLeading()) {
            story.awaitReady("nightly");
            story.assertExactlyOne("nightly");
            assertThat(operator.isAlive()).isTrue();
        }
    }

    @Test
    void successorContinuesAtOnceAfterStopDuringCreation() {
        var story = stories.prepare(cloud().snapshotTakes(Duration.ofSeconds(6)), LONG_CALLS);
        try (var operator = start(story).awaitLeading()) {
            story.apply("nightly", ofVolume(VOLUME).build());
            story.awaitReason("nightly", SnapshotReason.WaitingForCloud);
            assertThat(operator.terminate(Duration.ofSeconds(10))).as("exit").isEqualTo(143);
        }
        try (var operator = start(story).awaitLeading()) {
            assertThat(operator.log()).contains("\"predecessor\":\"DRAINED\"");
            story.awaitReady("nightly");
            story.assertExactlyOne("nightly");
        }
    }

    @Test
    void recordsIdAndReleasesLeaseAsDrainedWhenStoppedDuringCreate() {
        var story = stories.prepare(cloud(), LONG_CALLS);
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.SLOW_ANSWER).on(Operation.CREATE).withDelay(Duration.ofSeconds(4)));
        try (var operator = start(story).awaitLeading()) {
            story.apply("nightly", ofVolume(VOLUME).build());
            Story.eventually()
                    .untilAsserted(() ->
                            assertThat(story.cloud().callLog().createsActedOn()).hasSize(1));

            assertThat(operator.terminate(Duration.ofSeconds(20)))
                    .as("exit code")
                    .isEqualTo(143);
        }
        story.assertExactlyOne("nightly");
        var lease = story.kubernetes()
                .leases()
                .inNamespace(story.namespace())
                .withName("evs-snapshot-operator")
                .get();
        assertThat(lease.getSpec().getHolderIdentity()).isNullOrEmpty();
        assertThat(lease.getMetadata().getAnnotations()).containsEntry("evs.snapshot-operator.io/drained", "true");
    }

    @Test
    void delaysOnlyPreexistingRequestsAfterCrash() {
        var story = stories.prepare();
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

    @Test
    void supportsDocumentedKubectlCommands() {
        var story = stories.prepare();
        try (var operator = start(story).awaitLeading()) {
            story.apply("nightly", ofVolume(VOLUME).named("snap-001").build());
            var server = stories.server();
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
