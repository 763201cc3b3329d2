/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.snapshot.Page;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Verdict;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void aReplacementCountsOnceHoweverOftenItsPageIsWritten() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder().withGeneration(1L).build());
        request.setStatus(Pages.next(request, page("failed", false), NOON));

        request.setStatus(Pages.next(request, page("second", true), NOON));
        assertThat(request.getStatus().replacements()).isEqualTo(1);
        assertThat(Pages.next(request, page("second", true), NOON)).isEqualTo(request.getStatus());

        request.setStatus(Pages.next(request, page("third", true), NOON));
        assertThat(request.getStatus().replacements()).isEqualTo(2);
    }

    private static Page page(String snapshotId, boolean replaced) {
        var snapshot = new CloudSnapshot(
                new SnapshotId(snapshotId),
                "creating",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
        return new Page(
                Verdict.of(Reason.WaitingForCloud),
                Optional.of(snapshot),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                replaced);
    }
}
