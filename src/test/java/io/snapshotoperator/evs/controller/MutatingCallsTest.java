/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.createonce.CallResult;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code CloudActuatorTest} tests Lease, locks and permits. */
class MutatingCallsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final Duration SETTLE_TIME = Duration.ofMinutes(1);
    private static final String UID = "uid-1";

    private final CreateGuard guard = new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), SETTLE_TIME);
    private final MutatingCalls calls = new MutatingCalls(guard, time -> true, () -> NOON, Duration.ofSeconds(20));
    private final CloudConnection connection = new ScriptedClient().connection(CallBudget.unlimited(), () -> NOON);

    @Test
    void provesAbsenceAtOnceAfterResponseThatShowsWhatWasCreated() {
        assertThat(create(true)).isEqualTo(new CallResult.Answered<>("accepted"));

        assertThat(guard.absenceProvableFrom(UID, false)).isEqualTo(NOON);
        assertThat(guard.isDrained(NOON)).isTrue();
    }

    /** The cloud accepted a job, whose volume no list shows yet. */
    @Test
    void provesAbsenceAfterSettleTimeWhenSomethingCanAppearLater() {
        assertThat(create(false)).isEqualTo(new CallResult.Answered<>("accepted"));

        assertThat(guard.absenceProvableFrom(UID, false)).isEqualTo(NOON.plus(SETTLE_TIME));
        assertThat(guard.hasNoPriorCreate(UID)).isFalse();
        assertThat(guard.isDrained(NOON)).isFalse();
    }

    private CallResult<String> create(boolean isComplete) {
        return calls.create(
                connection,
                new MutatingCalls.Call(
                        new LockKey.OfSnapshot(new SnapshotId("s-1")), Lane.DELETE, Optional.empty(), Optional.empty()),
                new MutatingCalls.Creation(UID, Optional.empty(), false),
                () -> true,
                client -> "accepted",
                answer -> isComplete,
                answer -> Optional.empty());
    }
}
