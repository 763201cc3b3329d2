/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Two processes with one lease, of which the leader is killed or stopped past its lease again and again while requests
 * arrive. Part of {@code mvn verify -Pfaults}.
 */
@EnabledIfSystemProperty(named = "faults.campaign", matches = "true")
class LeaderChangesIT {
    private static final int REQUESTS = Integer.getInteger("faults.requests", 200);
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(250);
    private static final Duration MAX_WAIT = Duration.ofMinutes(3);

    @Test
    void everyRequestEndsWithOneSnapshotHoweverOftenTheLeaderDies() {
        RealApiServer.shared(RealApiServer.NEWEST);
        var seed = Long.getLong("faults.first-seed", 1);
        var random = new Random(seed);
        try (var cluster = Cluster.realOrEmbedded();
                var testBed = new TestBed(cluster, 2, new CoverageTable())) {
            assertThat(FaultRun.await(MAX_WAIT, testBed::isLed))
                    .as("somebody leads")
                    .isTrue();
            var startedAt = Instant.now();
            List<ScenarioRequest> parts = new ArrayList<>();
            var kills = 0;
            var pauses = 0;
            var next = startedAt.plus(Duration.ofSeconds(1));
            while (parts.size() < REQUESTS) {
                var name = "request-" + parts.size();
                var scenario = new ScenarioRequest(
                        ScenarioRequest.Scenario.PLAIN, name, FaultRun.disk(testBed.namespace() + name), Duration.ZERO);
                parts.add(scenario);
                FaultRun.apply(testBed, scenario);
                var due = startedAt.plus(BETWEEN_REQUESTS.multipliedBy(parts.size()));
                FaultRun.await(Duration.between(Instant.now(), due), () -> false);
                var leader = testBed.slots().stream()
                        .filter(instance -> instance.leads() && !instance.stands())
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
            var checker = new InvariantChecker(testBed, parts, List.of(), startedAt);
            var healed = Instant.now();
            FaultRun.awaitFairly(
                    testBed,
                    MAX_WAIT,
                    () -> !testBed.hasOrdersUnderWay()
                            && checker.checkExisting().isEmpty());
            var settled = Duration.between(healed, Instant.now());
            FaultRun.await(ScaledTimings.RESYNC.multipliedBy(5).dividedBy(4), () -> false);

            System.out.printf(
                    "%d requests, %d SIGKILL and %d SIGSTOP of the leader (seed %d): %d living snapshots, %d creates acted"
                            + " on, %d orders delivered late; at rest %.1f s after the last fault%n",
                    REQUESTS,
                    kills,
                    pauses,
                    seed,
                    testBed.cloud().snapshots().living().size(),
                    testBed.cloud().callLog().createsActedOn().size(),
                    checker.lateOrders(),
                    settled.toMillis() / 1000.0);
            assertThat(checker.checkExisting()).isEmpty();
            assertThat(checker.checkCallLog()).isEmpty();
            assertThat(testBed.cloud().snapshots().living()).hasSize(REQUESTS);
            assertThat(kills + pauses).isGreaterThan(3);
            testBed.cast(Map.of());
        }
    }
}
