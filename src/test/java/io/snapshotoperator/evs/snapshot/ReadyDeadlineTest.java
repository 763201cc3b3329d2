/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadyDeadlineTest {
    private final ReconcileInputBuilder creating = anInput()
            .withCreateIntent()
            .withRecordedSnapshot("s-1", "creating")
            .withReason(SnapshotReason.WaitingForCloud)
            .readyWithin(Duration.ofMinutes(10));

    private static Decision decide(ReconcileInput input) {
        return SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "creating")), "create-2");
    }

    @Test
    void requeuesAtReadyDeadline() {
        assertThat(decide(creating.at(NOON.plusSeconds(100)).build()).requeueAfter())
                .contains(Duration.ofSeconds(30));
        assertThat(decide(creating.at(NOON.plusSeconds(595)).build()).requeueAfter())
                .contains(Duration.ofSeconds(5));
    }

    @Test
    void reportsDeadlineExceededAndKeepsObserving() {
        var before = decide(creating.at(NOON.plusSeconds(599)).build());
        var after = decide(creating.at(NOON.plusSeconds(600)).build());

        assertThat(before.statusPatch().orElseThrow().verdict().reason()).isEqualTo(SnapshotReason.WaitingForCloud);
        assertThat(after.statusPatch().orElseThrow().verdict().reason())
                .isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
        assertThat(after.statusPatch().orElseThrow().verdict().message())
                .contains(SnapshotReason.WaitingForCloud.sentence());
        assertThat(after.requeueAfter()).contains(Duration.ofSeconds(30));
        assertThat(after.event()).isPresent();
    }

    @Test
    void recordsDeadlineEventOnce() {
        var input = creating.withReason(SnapshotReason.ReadyDeadlineExceeded)
                .at(NOON.plusSeconds(900))
                .build();

        assertThat(decide(input).event()).isEmpty();
    }

    @Test
    void ignoresDeadlineOfSnapshotThatWasReadyBefore() {
        var input = creating.readySince(NOON).at(NOON.plusSeconds(900)).build();

        assertThat(decide(input).statusPatch().orElseThrow().verdict().reason())
                .isEqualTo(SnapshotReason.WaitingForCloud);
    }
}
