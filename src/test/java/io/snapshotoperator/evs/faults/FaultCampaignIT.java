/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * One living snapshot per request under faults. {@code mvn verify} runs a few seeds. {@code mvn verify -Pfaults -Dseeds=N}
 * runs N seeds from {@code -Dfirst-seed} on.
 */
class FaultCampaignIT {
    /** A campaign of so many seeds must run them all, and must have enough faults at every boundary. */
    private static final int FULL_CAMPAIGN = 500;

    private static final int MIN_FAULTS_PER_BOUNDARY = 10;

    @Test
    void keepsPromisesUnderFaultsOfEverySeed() {
        RealApiServer.shared(RealApiServer.NEWEST);
        var seeds = Long.getLong("faults.seeds", 4);
        var first = Long.getLong("faults.first-seed", 1);
        var testBeds = Integer.getInteger("faults.sites", 4);
        var maxTime = Duration.ofMinutes(Integer.getInteger("faults.minutes", 1));
        try (var cluster = Cluster.realOrEmbedded()) {
            var report = new FaultCampaign(cluster, testBeds, maxTime, System.out)
                    .run(LongStream.range(first, first + seeds));
            report.print(System.out);
            assertThat(report.violated().stream().map(FaultCampaign.Report::describe))
                    .isEmpty();
            if (seeds >= FULL_CAMPAIGN) {
                assertThat(report.notRun()).as("seeds not run for lack of time").isEmpty();
                assertThat(Boundary.values())
                        .allSatisfy(where -> assertThat(report.coverage().faultsAt(where))
                                .as("faults at %s", where)
                                .isGreaterThanOrEqualTo(MIN_FAULTS_PER_BOUNDARY));
            }
        }
    }
}
