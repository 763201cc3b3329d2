/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Exactly one snapshot, whatever dies. {@code mvn verify} runs a few seeds; {@code mvn verify -Pfaults -Dseeds=N} runs the
 * seeds from {@code -Dfirst-seed} on.
 */
class FaultCampaignIT {
    /** As many seeds must be run to the end, and pass by every boundary often enough to say something of it. */
    private static final int CAMPAIGN = 500;

    private static final int ENOUGH = 10;

    @Test
    void everyPromiseIsKeptUnderTheFaultsOfEverySeed() {
        RealApiServer.shared(RealApiServer.NEWEST);
        var seeds = Long.getLong("faults.seeds", 4);
        var first = Long.getLong("faults.first-seed", 1);
        var sites = Integer.getInteger("faults.sites", 4);
        var bound = Duration.ofMinutes(Integer.getInteger("faults.minutes", 1));
        try (var cluster = Cluster.realOrEmbedded()) {
            var report =
                    new FaultCampaign(cluster, sites, bound, System.out).run(LongStream.range(first, first + seeds));
            report.print(System.out);
            assertThat(report.violated().stream().map(FaultCampaign.Report::sentence))
                    .isEmpty();
            if (seeds >= CAMPAIGN) {
                assertThat(report.notRun()).as("seeds not run for want of time").isEmpty();
                assertThat(Boundary.values())
                        .allSatisfy(where -> assertThat(report.tally().hits(where))
                                .as("faults at %s", where)
                                .isGreaterThanOrEqualTo(ENOUGH));
            }
        }
    }
}
