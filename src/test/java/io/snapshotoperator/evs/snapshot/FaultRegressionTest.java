/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import org.junit.jupiter.api.Test;

/** Defects that the fault campaign found, as cases of the rules. */
class FaultRegressionTest {
    private static final SnapshotId ID = new SnapshotId("s-1");

    private final ReconcileInputBuilder failed = anInput()
            .withCreateIntent()
            .withRecordedSnapshot("s-1", "error")
            .withReason(SnapshotReason.SnapshotFailed)
            .at(NOON.plusSeconds(5));

    private final ReconcileInputBuilder readyWithoutFinalizerAndIntent = anInput()
            .withoutFinalizer()
            .withRecordedSnapshot("s-1", "available")
            .readySince(NOON)
            .withReason(SnapshotReason.SnapshotAvailable)
            .at(NOON.plusSeconds(5));

    @Test
    void replacesSnapshotAdoptedInError() {
        var input = failed.withMaxAttempts(3).build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(ID));
        assertThat(decide(input, ownedSnapshot("s-1", "error")).action()).isInstanceOf(Action.BeginReplacement.class);
    }

    @Test
    void usesPollerForFailedSnapshotThatIsKept() {
        assertThat(SnapshotRules.planObservation(failed.build())).isEqualTo(new ObservationQuery.PollerUpdate(ID));
    }

    @Test
    void restoresFinalizerRemovedWithIntentWhenSnapshotIsOwned() {
        var input = readyWithoutFinalizerAndIntent.build();

        assertThat(SnapshotRules.planObservation(input)).isEqualTo(new ObservationQuery.GetById(ID));
        assertThat(decide(input, ownedSnapshot("s-1", "available")).action()).isEqualTo(new Action.AddFinalizer());
    }

    @Test
    void addsNoFinalizerToRestoredObjectWithForeignSnapshot() {
        var input = readyWithoutFinalizerAndIntent.build();

        assertThat(decide(input, foreignSnapshot("s-1", "available")).action()).isEqualTo(new Action.None());
    }

    @Test
    void requeuesDuringOutageWhenReadByIdIsNeeded() {
        var input = failed.withMaxAttempts(3).withCloudUnavailable().build();

        var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-2");

        assertThat(decision.requeueAfter()).isPresent();
    }

    private static Decision decide(ReconcileInput input, CloudSnapshot found) {
        return SnapshotRules.decide(input, new Observation.Found(found), "create-2");
    }
}
