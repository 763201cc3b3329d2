/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentReadsTest {
    private static final SnapshotId ID = new SnapshotId("s-1");

    private final RecentReads<SnapshotId, CloudSnapshot> reads = new RecentReads<>(Duration.ofSeconds(30));

    @Test
    void findsReadOfSameSnapshotFor30Seconds() {
        reads.keep("a", ID, Optional.empty(), NOON);

        assertThat(reads.find("a", ID, NOON.plusSeconds(29))).isPresent();
        assertThat(reads.find("a", ID, NOON.plusSeconds(30))).isEmpty();
        assertThat(reads.find("a", new SnapshotId("s-2"), NOON)).isEmpty();
        assertThat(reads.find("b", ID, NOON)).isEmpty();
    }

    @Test
    void keepsTimeOfFirstReadUntilItIsTooOld() {
        reads.keep("a", ID, Optional.empty(), NOON);
        reads.keep("a", ID, Optional.empty(), NOON.plusSeconds(29));
        assertThat(reads.find("a", ID, NOON.plusSeconds(29)).orElseThrow().at()).isEqualTo(NOON);

        reads.keep("a", ID, Optional.empty(), NOON.plusSeconds(30));
        assertThat(reads.find("a", ID, NOON.plusSeconds(30)).orElseThrow().at()).isEqualTo(NOON.plusSeconds(30));
    }

    @Test
    void dropsOldReadsOfAllObjects() {
        reads.keep("a", ID, Optional.empty(), NOON);

        reads.keep("b", ID, Optional.empty(), NOON.plusSeconds(30));

        // The time goes back, so only the drop can be the reason.
        assertThat(reads.find("a", ID, NOON)).isEmpty();
        assertThat(reads.find("b", ID, NOON.plusSeconds(30))).isPresent();
    }
}
