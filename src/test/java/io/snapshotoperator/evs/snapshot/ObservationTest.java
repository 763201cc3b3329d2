/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservationTest {
    @Test
    void replacesOlderMatchBySnapshotThatWasReadById() {
        var search = new Observation.SearchResult(
                List.of(snapshot("s-1", "backing-up"), snapshot("s-2", "available")), List.of(), true, Instant.EPOCH);

        assertThat(search.withRead(snapshot("s-1", "available")))
                .isEqualTo(new Observation.SearchResult(
                        List.of(snapshot("s-1", "available"), snapshot("s-2", "available")),
                        List.of(),
                        true,
                        Instant.EPOCH));
    }

    private static CloudSnapshot snapshot(String id, String status) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState(status)
                .build();
    }
}
