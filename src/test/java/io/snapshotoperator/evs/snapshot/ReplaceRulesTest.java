/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.modifiable;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.rejectedCreate;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplaceRulesTest {
    private final ReconcileInputBuilder failed = anInput()
            .withMaxAttempts(3)
            .withCreateIntent()
            .withRecordedSnapshot("s-1", "error")
            .withReason(SnapshotReason.SnapshotFailed)
            .at(NOON.plusSeconds(600));

    private ReconcileInputBuilder replacing() {
        return anInput()
                .withMaxAttempts(3)
                .withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "create-1"))
                .withRecordedSnapshot("s-1", "deleting")
                .withReason(SnapshotReason.ReplacingFailedSnapshot);
    }

    @Test
    void createsReplacementOnceFailedSnapshotIsGone() {
        var input = replacing().at(NOON.plus(Duration.ofHours(3))).build();

        assertThat(SnapshotRules.decide(input, searchResult(input), "create-2").action())
                .isInstanceOfSatisfying(Action.CreateSnapshot.class, action -> {
                    assertThat(action.intent().createId()).isEqualTo("create-2");
                    assertThat(action.intent().createCount()).isEqualTo(2);
                });
    }

    @Test
    void reportsUnknownOutcomeWhenOldReplacementCreateIsNotFound() {
        var replaced = anIntent().forReplacement(new SnapshotId("s-1"), "create-1");
        var builder = replacing().at(NOON.plus(Duration.ofHours(3)));
        var sent = replaced.nextCreate(
                "create-2", builder.build().desired().userRequests(), NOON.plus(Duration.ofHours(1)));

        var after = builder.withIntent(sent).build();

        assertThat(SnapshotRules.decide(after, searchResult(after), "create-3")
                        .statusPatch()
                        .orElseThrow()
                        .verdict()
                        .reason())
                .isEqualTo(SnapshotReason.CreateOutcomeUnknown);
    }

    @Test
    void ignoresCopiedMarkerOfFailedSnapshot() {
        var input = replacing().build();

        assertThat(SnapshotRules.decide(
                                input, searchResult(input, ownedSnapshot("s-2", "available", "create-1")), "create-2")
                        .action())
                .isInstanceOf(Action.CreateSnapshot.class);
    }

    @Test
    void recordsReplacedIdBeforeDelete() {
        var input = failed.build();

        var decision = SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "create-2");

        assertThat(decision.action())
                .isEqualTo(new Action.BeginReplacement(anIntent().forReplacement(new SnapshotId("s-1"), "create-1")));
        assertThat(decision.requeueAfter()).contains(RetryPolicy.IMMEDIATE_REQUEUE);
    }

    @Test
    void deletesFailedSnapshotAfterReadingItAgain() {
        var decision = SnapshotRules.decide(
                replacing().build(), new Observation.Found(ownedSnapshot("s-1", "error")), "create-2");

        assertThat(decision.action())
                .isEqualTo(new Action.DeleteSnapshot(
                        modifiable(new SnapshotId("s-1")), Optional.of(ReconcileInputBuilder.VOLUME), false));
    }

    @Test
    void keepsFailedSnapshotThatBecameAvailable() {
        var decision = SnapshotRules.decide(
                replacing().build(), new Observation.Found(ownedSnapshot("s-1", "available")), "create-2");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotAvailable);
    }

    @Test
    void ignoresReplacementThatOnlyTheAnnotationNames() {
        var input = anInput()
                .withIntent(anIntent().forReplacement(new SnapshotId("s-1"), "create-1"))
                .withRecordedSnapshot("s-1", "error")
                .withReason(SnapshotReason.SnapshotFailed)
                .build();

        assertThat(SnapshotRules.planObservation(input)).isNotInstanceOf(ObservationQuery.ConfirmGoneThenFind.class);
        assertThat(SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "create-2")
                        .action())
                .isInstanceOf(Action.None.class);
        assertThat(reason(SnapshotRules.decide(input, new Observation.NotFound(), "create-2")))
                .isEqualTo(SnapshotReason.SnapshotMissing);
    }

    @Test
    void deletesNoReplacedSnapshotOfAnotherObject() {
        var decision = SnapshotRules.decide(
                replacing().build(), new Observation.Found(foreignSnapshot("s-1", "error")), "create-2");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(reason(decision)).isEqualTo(SnapshotReason.NotOwned);
    }

    @Test
    void createsNoReplacementWhenIntentNamesOtherLocation() {
        var edited = CreateIntentBuilder.builder(anIntent().forReplacement(new SnapshotId("s-1"), "create-1"))
                .location(ReconcileInputBuilder.ELSEWHERE)
                .build();
        var input = replacing()
                .withIntent(edited)
                .at(NOON.plus(Duration.ofHours(3)))
                .build();

        var decision = SnapshotRules.decide(input, searchResult(input), "create-2");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(reason(decision)).isEqualTo(SnapshotReason.LocationMismatch);
    }

    @Test
    void countsReplacementsThatTheStatusRecords() {
        var decision = SnapshotRules.decide(
                failed.withReplacements(2).build(), new Observation.Found(ownedSnapshot("s-1", "error")), "create-4");

        assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotFailed);
    }

    @Test
    void replacesAfterPauseEnds() {
        assertThat(SnapshotRules.planObservation(failed.build()))
                .isEqualTo(new ObservationQuery.GetById(new SnapshotId("s-1")));
        assertThat(SnapshotRules.planObservation(failed.paused().build()))
                .isEqualTo(new ObservationQuery.PollerUpdate(new SnapshotId("s-1")));
    }

    @Test
    void replacesOnlyOwnedSnapshot() {
        assertThat(SnapshotRules.decide(
                                failed.build(), new Observation.Found(foreignSnapshot("s-1", "error")), "create-2")
                        .action())
                .isInstanceOf(Action.None.class);
    }

    @Test
    void replacesOnlySnapshotThatWasNeverReady() {
        assertThat(SnapshotRules.decide(
                                failed.readySince(NOON).build(),
                                new Observation.Found(ownedSnapshot("s-1", "error")),
                                "create-2")
                        .action())
                .isInstanceOf(Action.None.class);
    }

    @Test
    void keepsFailedSnapshotCreatedOneHourAgo() {
        var found = new Observation.Found(ownedSnapshot("s-1", "error"));

        assertThat(SnapshotRules.decide(failed.at(NOON.plusSeconds(3599)).build(), found, "create-2")
                        .action())
                .isInstanceOf(Action.BeginReplacement.class);
        assertThat(SnapshotRules.decide(failed.at(NOON.plusSeconds(3600)).build(), found, "create-2")
                        .action())
                .isInstanceOf(Action.None.class);
    }

    @Test
    void stopsReplacingAfterMaxAttempts() {
        var third = CreateIntentBuilder.builder(anIntent())
                .createId("create-3")
                .createCount(3)
                .replacementAttempt(3)
                .build();

        var decision = SnapshotRules.decide(
                failed.withIntent(third).build(), new Observation.Found(ownedSnapshot("s-1", "error")), "create-4");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(reason(decision)).isEqualTo(SnapshotReason.SnapshotFailed);
    }

    @Test
    void readsFailedSnapshotByIdBeforeReplacing() {
        var input = replacing().build();

        assertThat(SnapshotRules.planObservation(input))
                .isEqualTo(new ObservationQuery.ConfirmGoneThenFind(new SnapshotId("s-1"), input.markerQuery()));
    }

    @Test
    void waitsForBackoffBeforeReplacementCreate() {
        var sent = anIntent()
                .forReplacement(new SnapshotId("s-1"), "create-1")
                .nextCreate("create-2", anInput().build().desired().userRequests(), NOON);
        var builder = replacing().withIntent(sent).withFailures(rejectedCreate("create-2", NOON));

        var waiting = builder.withReason(CommonReason.QuotaExceeded)
                .at(NOON.plusSeconds(299))
                .build();
        assertThat(SnapshotRules.planObservation(waiting)).isEqualTo(new ObservationQuery.None());
        assertThat(SnapshotRules.decide(waiting, new Observation.Unchanged(), "create-3"))
                .isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(1)));
        var due = builder.at(NOON.plusSeconds(300)).build();
        assertThat(SnapshotRules.decide(due, searchResult(due), "create-3").action())
                .isInstanceOf(Action.CreateSnapshot.class);
        var invalid = builder.withReason(CommonReason.InvalidRequest)
                .at(NOON.plus(Duration.ofDays(1)))
                .build();
        assertThat(SnapshotRules.decide(invalid, new Observation.Unchanged(), "create-3")
                        .action())
                .isInstanceOf(Action.None.class);
    }

    @Test
    void staysStalledAfterReadyDeadlineWhileReplacing() {
        var input = replacing()
                .readyWithin(Duration.ofMinutes(5))
                .withReason(SnapshotReason.ReadyDeadlineExceeded)
                .at(NOON.plusSeconds(300))
                .build();
        var decision = SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "create-2");

        var after = SnapshotRules.afterAction(
                input,
                (Action.DeleteSnapshot) decision.action(),
                decision.statusPatch().orElseThrow(),
                new DeleteResult.Accepted());

        assertThat(reason(decision)).isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
        assertThat(reason(after)).isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
    }

    @Test
    void deletesNothingAndReportsStateWhilePaused() {
        var input = replacing().paused().build();

        var decision = SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "error")), "create-2");

        assertThat(decision.action()).isInstanceOf(Action.None.class);
        var statusPatch = decision.statusPatch().orElseThrow();
        assertThat(statusPatch.verdict().reason()).isEqualTo(CommonReason.Paused);
        assertThat(statusPatch.snapshot().orElseThrow().wireState()).isEqualTo("error");
    }

    private static Reason reason(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict().reason();
    }
}
