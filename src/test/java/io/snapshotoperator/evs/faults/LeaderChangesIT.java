/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.faults.ScenarioRequest.Scenario;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Two processes share one lease. The test kills the leader, or pauses it for longer than the lease, again and again while it
 * applies requests. Part of {@code mvn verify -Pfaults}.
 */
@EnabledIfSystemProperty(named = "faults.campaign", matches = "true")
class LeaderChangesIT {
    private static final int REQUESTS = Integer.getInteger("faults.requests", 200);
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(250);
    private static final Duration MAX_WAIT = Duration.ofMinutes(3);

    @Test
    void createsOneSnapshotPerRequestWhenLeaderIsKilledOrPausedRepeatedly() {
        RealApiServer.shared(RealApiServer.NEWEST);
        var seed = Long.getLong("faults.first-seed", 1);
        var random = new Random(seed);
        try (var cluster = Cluster.realOrEmbedded();
                var testBed = new TestBed(cluster, 2, new CoverageTable())) {
            assertThat(FaultRun.await(MAX_WAIT, testBed::hasLeader))
                    .as("a process leads")
                    .isTrue();
            var startedAt = Instant.now();
            List<ScenarioRequest> requests = new ArrayList<>();
            var kills = 0;
            var pauses = 0;
            var next = startedAt.plus(Duration.ofSeconds(1));
            while (requests.size() < REQUESTS) {
                var name = "request-" + requests.size();
                var request = new ScenarioRequest(
                        Scenario.PLAIN, name, FaultRun.volumeId(testBed.namespace() + name), Duration.ZERO);
                requests.add(request);
                FaultRun.apply(testBed, request);
                var due = startedAt.plus(BETWEEN_REQUESTS.multipliedBy(requests.size()));
                FaultRun.await(Duration.between(Instant.now(), due), () -> false);
                var leader = testBed.instances().stream()
                        .filter(instance -> instance.isLeader() && !instance.isPaused())
                        .findFirst();
                if (leader.isPresent() && !Instant.now().isBefore(next)) {
                    if (random.nextBoolean()) {
                        leader.get().kill();
                        kills++;
                    } else {
                        leader.get().pause(ScaledTimings.LEASE.plusMillis(random.nextInt(5000)));
                        pauses++;
                    }
                    next = Instant.now().plusMillis(2000 + random.nextInt(3000));
                }
            }
            testBed.heal();
            var checker = new InvariantChecker(testBed, requests, List.of(), startedAt);
            var healed = Instant.now();
            FaultRun.awaitWhileLed(
                    testBed,
                    MAX_WAIT,
                    () -> !testBed.hasMutatingCallsInFlight()
                            && checker.checkExisting().isEmpty());
            var settled = Duration.between(healed, Instant.now());
            FaultRun.await(ScaledTimings.RESYNC.multipliedBy(5).dividedBy(4), () -> false);

            System.out.printf(
                    "%d requests, %d SIGKILL and %d SIGSTOP of the leader (seed %d): %d living snapshots, %d executed"
                            + " create requests, %d of them late; settled %.1f s after the last fault%n",
                    REQUESTS,
                    kills,
                    pauses,
                    seed,
                    testBed.cloud().snapshots().living().size(),
                    testBed.cloud().callLog().createsActedOn().size(),
                    checker.lateCreates(),
                    settled.toMillis() / 1000.0);
            assertThat(checker.checkExisting()).isEmpty();
            assertThat(checker.checkCallLog()).isEmpty();
            assertThat(testBed.cloud().snapshots().living()).hasSize(REQUESTS);
            assertThat(kills + pauses).isGreaterThan(3);
            testBed.setObjects(List.of());
        }
    }
}
