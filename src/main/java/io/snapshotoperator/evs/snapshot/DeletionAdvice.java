/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Completes a decision about a request that is being deleted. A wait ends after {@code spec.readyWithin}: the request is then
 * reported as stalled. A stalled deletion names the annotation {@code abandon}, and its first report is also an event.
 */
final class DeletionAdvice {
    private static final String ABANDON = "To remove the object and leave the snapshot in the cloud, set the annotation"
            + " evs.snapshot-operator.io/abandon: \"true\".";

    private DeletionAdvice() {}

    static Decision complete(ReconcileInput input, Decision decision) {
        if (decision.action() instanceof Action.RemoveFinalizer) {
            return decision;
        }
        var planned = decision.statusPatch().or(() -> repeatLateWait(input));
        if (planned.isEmpty()) {
            return requeueAtDeadline(input, decision);
        }
        var verdict = verdict(input, planned.get().verdict());
        var completed = decision.withStatusPatch(planned.get().withVerdict(verdict));
        if (verdict.reason().phase() != Phase.STALLED) {
            return requeueAtDeadline(input, completed);
        }
        return completed.event().isPresent() || input.recorded().reasonIs(verdict.reason())
                ? completed
                : completed.withEvent(verdict);
    }

    /** Returns the recorded wait, to report that it lasts too long; empty if there is none. */
    private static Optional<StatusPatch> repeatLateWait(ReconcileInput input) {
        return input.recorded()
                .reason()
                .filter(reason -> reason.phase() == Phase.PROGRESSING && isLate(input))
                .map(reason -> StatusPatch.of(Verdict.of(reason)));
    }

    private static Verdict verdict(ReconcileInput input, Verdict verdict) {
        return switch (verdict.reason().phase()) {
            case PROGRESSING ->
                isLate(input)
                        ? Verdict.of(
                                SnapshotReason.DeletionDeadlineExceeded,
                                verdict.message() + " " + supportAdvice(verdict) + ABANDON)
                        : verdict;
            case STALLED -> verdict.message().contains("abandon") ? verdict : withAdvice(verdict);
            case READY, PAUSED -> verdict;
        };
    }

    /** The cloud has no part in a wait for objects of Kubernetes. */
    private static String supportAdvice(Verdict verdict) {
        return verdict.reason() == SnapshotReason.ContentInUse ? "" : SnapshotRules.CONTACT_SUPPORT + " ";
    }

    private static Verdict withAdvice(Verdict verdict) {
        var detail = verdict.detail();
        return Verdict.of(verdict.reason(), detail.isEmpty() ? ABANDON : detail + " " + ABANDON);
    }

    private static boolean isLate(ReconcileInput input) {
        return input.remainingUntil(deadline(input)).isZero();
    }

    private static Instant deadline(ReconcileInput input) {
        return input.recorded()
                .deletionRequestedAt()
                .orElseThrow()
                .plus(input.desired().readyWithin());
    }

    private static Decision requeueAtDeadline(ReconcileInput input, Decision decision) {
        return isLate(input) ? decision : decision.requeueNoLaterThan(input.remainingUntil(deadline(input)));
    }
}
