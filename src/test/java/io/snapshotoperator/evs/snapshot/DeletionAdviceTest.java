/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.failure;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeletionAdviceTest {
    private static final Instant LATE = NOON.plus(Duration.ofHours(1));

    private final ReconcileInputBuilder deleting =
            anInput().withCreateIntent().withRecordedSnapshot("s-1", "creating").deleting();

    private static Verdict verdict(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict();
    }

    @ParameterizedTest
    @CsvSource({"creating, WaitingToDelete", "deleting, Deleting", "pondering, WaitingToDelete"})
    void endsEveryWaitAfterReadyWithin(String word, SnapshotReason wait) {
        var found = new Observation.Found(ownedSnapshot("s-1", word));
        var before = SnapshotRules.decide(deleting.at(LATE.minusSeconds(1)).build(), found, "create-2");
        var after = SnapshotRules.decide(deleting.at(LATE).build(), found, "create-2");

        assertThat(verdict(before).reason()).isEqualTo(wait);
        assertThat(before.requeueAfter()).contains(Duration.ofSeconds(1));
        assertThat(verdict(after).reason()).isEqualTo(SnapshotReason.DeletionDeadlineExceeded);
        assertThat(verdict(after).message()).contains(wait.sentence()).contains("abandon");
        assertThat(after.event()).contains(verdict(after));
        assertThat(after.requeueAfter()).isPresent();
    }

    @Test
    void endsWaitThatNoObservationChanges() {
        var input = deleting.withRecordedSnapshot("s-1", "deleting")
                .withReason(SnapshotReason.Deleting)
                .at(LATE)
                .build();

        assertThat(verdict(SnapshotRules.decide(input, new Observation.Unchanged(), "create-2"))
                        .reason())
                .isEqualTo(SnapshotReason.DeletionDeadlineExceeded);
    }

    @Test
    void endsWaitForContentWithoutAdviceAboutCloud() {
        var input =
                deleting.heldByContent("It is VolumeSnapshot nightly.").at(LATE).build();

        var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-2");

        assertThat(verdict(decision).reason()).isEqualTo(SnapshotReason.DeletionDeadlineExceeded);
        assertThat(verdict(decision).message())
                .contains("VolumeSnapshot nightly", "abandon")
                .doesNotContain("cloud console");
    }

    @Test
    void recordsEventOfStalledDeletionOnce() {
        var failed = new Observation.Failed(failure(CloudException.Kind.NOT_AUTHORIZED, false));
        var first = SnapshotRules.decide(deleting.build(), failed, "create-2");
        var second = SnapshotRules.decide(
                deleting.withReason(CommonReason.NotAuthorized).build(), failed, "create-2");

        assertThat(verdict(first).message()).contains("abandon");
        assertThat(first.event()).contains(verdict(first));
        assertThat(second.event()).isEmpty();
    }

    @Test
    void givesAdviceAfterRejectedDelete() {
        var input = deleting.withRecordedSnapshot("s-1", "available").build();
        var decision =
                SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "available")), "create-2");

        var after = SnapshotRules.afterAction(
                input,
                (Action.DeleteSnapshot) decision.action(),
                decision.statusPatch().orElseThrow(),
                new ActionResult.Failed(failure(CloudException.Kind.UNKNOWN, false)));

        assertThat(verdict(after).message()).contains("abandon");
        assertThat(after.event()).isPresent();
    }

    @Test
    void reportsPausedDeletionNeverAsLate() {
        var decision =
                SnapshotRules.decide(deleting.paused().at(LATE).build(), new Observation.Unchanged(), "create-2");

        assertThat(verdict(decision).reason()).isEqualTo(CommonReason.Paused);
    }
}
