/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ambiguousCreate;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.denial;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.failure;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntentBuilder;
import io.snapshotoperator.evs.createonce.PermitDenial;
import io.snapshotoperator.evs.createonce.RecordedFailureBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A reason that an answer of the cloud gave stays until the next answer. A wait says until when and why. */
class WaitReportTest {
    private static final Instant LATER = NOON.plusSeconds(600);

    private static Decision decide(ReconcileInput input, Observation observation) {
        return SnapshotRules.decide(input, observation, "create-new");
    }

    private static Verdict verdict(Decision decision) {
        return decision.statusPatch().orElseThrow().verdict();
    }

    @Test
    void keepsStalledReasonWhileRequestWaits() {
        var waits = List.of(
                Observation.Deferred.denied(denial(Duration.ofSeconds(7))),
                Observation.Deferred.untilPolled(Duration.ofSeconds(7)),
                new Observation.Failed(failure(CloudException.Kind.TRANSIENT, false)));
        var missingImport = anInput()
                .ofSnapshot("s-1")
                .withReason(SnapshotReason.ImportNotFound)
                .at(LATER)
                .build();
        var unknown = anInput()
                .withCreateIntent()
                .withReason(SnapshotReason.CreateOutcomeUnknown)
                .at(LATER)
                .build();

        for (var input : List.of(missingImport, unknown)) {
            for (var wait : waits) {
                var decision = decide(input, wait);
                assertThat(decision.statusPatch())
                        .as("%s while %s", input, wait)
                        .isEmpty();
                assertThat(decision.requeueAfter()).isPresent();
            }
        }
    }

    @Test
    void reportsWaitWhenNothingBetterIsKnown() {
        var wait = Observation.Deferred.denied(denial(Duration.ofSeconds(7)));

        for (Optional<Reason> reason :
                List.of(Optional.<Reason>empty(), Optional.<Reason>of(CommonReason.ClaimUnusable))) {
            var builder = anInput().withCreateIntent().at(LATER);
            reason.ifPresent(builder::withReason);
            assertThat(verdict(decide(builder.build(), wait)).reason()).isEqualTo(CommonReason.WaitingForBudget);
        }
    }

    @Test
    void reportsWaitForBudgetOfDeletionOnlyAfterTenMinutes() {
        var wait = Observation.Deferred.denied(denial(Duration.ofSeconds(7)));
        var builder = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .withReason(SnapshotReason.SnapshotAvailable)
                .deleting();

        var early =
                builder.at(NOON.plus(Duration.ofMinutes(10)).minusSeconds(1)).build();
        assertThat(decide(early, wait).statusPatch()).isEmpty();
        assertThat(decide(early, wait).requeueAfter()).contains(Duration.ofSeconds(7));

        var late = builder.at(NOON.plus(Duration.ofMinutes(10))).build();
        assertThat(verdict(decide(late, wait)).reason()).isEqualTo(CommonReason.WaitingForBudget);
    }

    @Test
    void saysUntilWhenTheCloudPausedTheConnection() {
        var denied = new PermitDenial(
                PermitDenial.Cause.PAUSED_BY_CLOUD, Duration.ofMinutes(9), Optional.of(LATER.plusSeconds(540)));

        var verdict =
                verdict(decide(anInput().withCreateIntent().at(LATER).build(), Observation.Deferred.denied(denied)));

        assertThat(verdict.reason()).isEqualTo(CommonReason.Throttled);
        assertThat(verdict.message()).contains("2026-01-01T12:19:00Z").doesNotContain("calls-per-second");
    }

    @Test
    void reportsThatCloudDoesNotRespondToOtherCalls() {
        var denied = new PermitDenial(PermitDenial.Cause.CLOUD_UNAVAILABLE, Duration.ofSeconds(5), Optional.empty());

        assertThat(denied.verdict().reason()).isEqualTo(CommonReason.CloudUnavailable);
        assertThat(denied.verdict().message()).contains("Other calls of this connection got no response");
    }

    @Test
    void namesQuotaThatSuspendsCreates() {
        var denied = new PermitDenial(PermitDenial.Cause.QUOTA_USED_UP, Duration.ofSeconds(30), Optional.of(LATER));

        assertThat(denied.verdict().reason()).isEqualTo(CommonReason.QuotaExceeded);
    }

    @Test
    void delaysRepeatedCreatesMoreAndMoreAfterServerErrors() {
        var response = RecordedFailureBuilder.builder(ambiguousCreate("create-6", NOON))
                .httpStatus(503)
                .build();
        var sixth = CreateIntentBuilder.builder(anIntent())
                .createId("create-6")
                .createCount(6)
                .build();
        var builder = anInput().withIntent(sixth).withFailures(response).withReason(CommonReason.CloudUnavailable);

        var waiting = builder.at(NOON.plusSeconds(159)).build();
        var decision = decide(waiting, searchResult(waiting));
        assertThat(decision.action()).isInstanceOf(Action.None.class);
        assertThat(decision.requeueAfter()).contains(Duration.ofSeconds(1));
        assertThat(verdict(decision).reason()).isEqualTo(CommonReason.CloudUnavailable);
        assertThat(verdict(decision).message()).contains("503");
        var due = builder.at(NOON.plusSeconds(160)).build();
        assertThat(decide(due, searchResult(due)).action()).isInstanceOf(Action.CreateSnapshot.class);
    }

    @Test
    void createsAtOnceWhenUserRequestsReconcileAfterServerErrors() {
        var input = anInput()
                .withIntent(
                        CreateIntentBuilder.builder(anIntent()).createCount(9).build())
                .withFailures(ambiguousCreate("create-1", NOON))
                .withReconcileRequest("now")
                .at(NOON.plusSeconds(60))
                .build();

        assertThat(decide(input, searchResult(input)).action()).isInstanceOf(Action.CreateSnapshot.class);
    }

    @Test
    void pointsToCloudSupportOnlyWhenCloudIsCreating() {
        var waitingForClaim = anInput()
                .withVolumeResolution(ReconcileInputBuilder.WAITING_FOR_CLAIM)
                .at(NOON.plus(Duration.ofHours(1)))
                .build();

        var verdict = verdict(decide(waitingForClaim, new Observation.Unchanged()));

        assertThat(verdict.reason()).isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
        assertThat(verdict.message()).doesNotContain("support");
    }
}
