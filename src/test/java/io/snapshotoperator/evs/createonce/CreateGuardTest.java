/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CreateGuardTest {
    private static final String UID = "uid-1";
    private static final Duration SETTLE_TIME = Duration.ofSeconds(60);

    private static CreateGuard guard(boolean predecessorDrained, String... preexisting) {
        var start = new CreateGuard.LeaderTermStart(NOON, predecessorDrained, Set.of(preexisting));
        return new CreateGuard(start, SETTLE_TIME);
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    private static boolean acquireFirst(CreateGuard guard, Instant now) {
        return guard.tryAcquire(UID, Optional.empty(), false, now);
    }

    private static boolean acquireAfterSearch(CreateGuard guard, Instant startedAt) {
        return guard.tryAcquire(UID, Optional.of(startedAt), false, startedAt.plusSeconds(1));
    }

    @Nested
    class WhenCreateIsFirst {
        @Test
        void allowsFirstCreateForObjectCreatedDuringTerm() {
            assertThat(guard(false).hasNoPriorCreate(UID)).isTrue();
            assertThat(acquireFirst(guard(false), at(0))).isTrue();
        }

        @Test
        void deniesFirstCreateForPreexistingObject() {
            assertThat(guard(true, UID).hasNoPriorCreate(UID)).isFalse();
            assertThat(acquireFirst(guard(true, UID), at(0))).isFalse();
        }

        @Test
        void allowsFirstCreateOnce() {
            var guard = guard(true);
            acquireFirst(guard, at(0));
            guard.complete(UID, true, at(1));

            assertThat(acquireFirst(guard, at(1000))).isFalse();
        }

        @Test
        void allowsFirstCreateAfterObjectIsRemoved() {
            var guard = guard(true);
            acquireFirst(guard, at(0));
            guard.complete(UID, true, at(1));
            guard.remove(UID);

            assertThat(guard.hasNoPriorCreate(UID)).isTrue();
        }
    }

    @Nested
    class WhenPredecessorMayHaveSentCreate {
        @Test
        void provesAbsenceOnlySettleTimeAfterUncleanTermStart() {
            var guard = guard(false, UID);

            assertThat(guard.absenceProvableFrom(UID, false)).isEqualTo(at(60));
            assertThat(acquireAfterSearch(guard, at(59))).isFalse();
            assertThat(acquireAfterSearch(guard, at(60))).isTrue();
        }

        @Test
        void provesAbsenceAtOnceAfterCleanTermStart() {
            assertThat(guard(true, UID).absenceProvableFrom(UID, false)).isEqualTo(at(0));
        }

        @Test
        void provesAbsenceAtOnceWhenCreateOutcomeIsRecorded() {
            assertThat(guard(false, UID).absenceProvableFrom(UID, true)).isEqualTo(at(0));
        }

        @Test
        void provesAbsenceAtOnceForNewObject() {
            assertThat(guard(false).absenceProvableFrom(UID, false)).isEqualTo(at(0));
        }
    }

    @Nested
    class WhenCreateWasSent {
        private final CreateGuard guard = guard(true, UID);

        private WhenCreateWasSent() {
            acquireAfterSearch(guard, at(10));
        }

        @Test
        void deniesSecondCreateWhileFirstIsInFlight() {
            assertThat(acquireAfterSearch(guard, at(100_000))).isFalse();
            assertThat(guard.inFlight()).isEqualTo(1);
        }

        @Test
        void deniesCreateForSettleTimeAfterAmbiguousResult() {
            guard.complete(UID, false, at(40));

            assertThat(guard.absenceProvableFrom(UID, false)).isEqualTo(at(100));
            assertThat(acquireAfterSearch(guard, at(99))).isFalse();
            assertThat(acquireAfterSearch(guard, at(100))).isTrue();
        }

        @Test
        void requiresNewSearchAfterRejectedCreate() {
            guard.complete(UID, true, at(40));

            assertThat(acquireAfterSearch(guard, at(39))).isFalse();
            assertThat(acquireAfterSearch(guard, at(40))).isFalse();
            assertThat(acquireAfterSearch(guard, at(41))).isTrue();
        }

        @Test
        void countsOwnCreateDespiteRecordedRejection() {
            guard.complete(UID, false, at(40));

            assertThat(guard.absenceProvableFrom(UID, true)).isEqualTo(at(100));
        }

        @Test
        void tracksEachObjectSeparately() {
            assertThat(guard.tryAcquire("uid-2", Optional.empty(), false, at(11)))
                    .isTrue();
            assertThat(guard.inFlight()).isEqualTo(2);
        }
    }

    @Nested
    class WhenLeaderResigns {
        @Test
        void isDrainedWhenNothingWasSent() {
            assertThat(guard(true, UID).isDrained(at(0))).isTrue();
        }

        @Test
        void isNotDrainedWhileCreateIsInFlight() {
            var guard = guard(true);
            acquireFirst(guard, at(0));

            assertThat(guard.isDrained(at(100_000))).isFalse();
            guard.complete(UID, true, at(100_000));
            assertThat(guard.isDrained(at(100_000))).isTrue();
        }

        @Test
        void isNotDrainedWithinSettleTimeOfAmbiguousResult() {
            var guard = guard(true);
            acquireFirst(guard, at(0));
            guard.complete(UID, false, at(10));
            guard.remove(UID);

            assertThat(guard.isDrained(at(69))).isFalse();
            assertThat(guard.isDrained(at(70))).isTrue();
        }

        @Test
        void isNotDrainedWhilePredecessorCreateMayComplete() {
            assertThat(guard(false).isDrained(at(59))).isFalse();
            assertThat(guard(false).isDrained(at(60))).isTrue();
        }
    }
}
