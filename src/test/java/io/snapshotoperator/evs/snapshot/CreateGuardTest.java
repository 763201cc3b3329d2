/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

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
    private static final Duration SETTLE = Duration.ofSeconds(60);

    private static CreateGuard gained(boolean clean, String... found) {
        return new CreateGuard(new CreateGuard.LeaderTermStart(NOON, clean, Set.of(found)), SETTLE);
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    private static boolean takeFirst(CreateGuard book, Instant now) {
        return book.tryAcquire(UID, Optional.empty(), false, now);
    }

    private static boolean takeAfterLook(CreateGuard book, Instant begun) {
        return book.tryAcquire(UID, Optional.of(begun), false, begun.plusSeconds(1));
    }

    @Nested
    class AFirstOrder {
        @Test
        void allowsFirstCreateForObjectCreatedDuringTerm() {
            assertThat(gained(false).hasNoPriorCreate(UID)).isTrue();
            assertThat(takeFirst(gained(false), at(0))).isTrue();
        }

        @Test
        void deniesFirstCreateForPreexistingObject() {
            assertThat(gained(true, UID).hasNoPriorCreate(UID)).isFalse();
            assertThat(takeFirst(gained(true, UID), at(0))).isFalse();
        }

        @Test
        void allowsFirstCreateOnce() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.complete(UID, true, at(1));

            assertThat(takeFirst(book, at(1000))).isFalse();
        }

        @Test
        void forgetsDeletedObject() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.complete(UID, true, at(1));
            book.forget(UID);

            assertThat(book.hasNoPriorCreate(UID)).isTrue();
        }
    }

    @Nested
    class WhatAPredecessorMayHaveSent {
        @Test
        void provesAbsenceOnlySettleTimeAfterUncleanTermStart() {
            var book = gained(false, UID);

            assertThat(book.absenceProvableFrom(UID, false)).isEqualTo(at(60));
            assertThat(takeAfterLook(book, at(59))).isFalse();
            assertThat(takeAfterLook(book, at(60))).isTrue();
        }

        @Test
        void provesAbsenceAtOnceAfterCleanTermStart() {
            assertThat(gained(true, UID).absenceProvableFrom(UID, false)).isEqualTo(at(0));
        }

        @Test
        void provesAbsenceAtOnceWhenCreateOutcomeIsRecorded() {
            assertThat(gained(false, UID).absenceProvableFrom(UID, true)).isEqualTo(at(0));
        }

        @Test
        void provesAbsenceAtOnceForNewObject() {
            assertThat(gained(false).absenceProvableFrom(UID, false)).isEqualTo(at(0));
        }
    }

    @Nested
    class AnOrderOfOurOwn {
        private final CreateGuard book = gained(true, UID);

        private AnOrderOfOurOwn() {
            takeAfterLook(book, at(10));
        }

        @Test
        void deniesSecondCreateWhileFirstIsInFlight() {
            assertThat(takeAfterLook(book, at(100_000))).isFalse();
            assertThat(book.inFlight()).isEqualTo(1);
        }

        @Test
        void deniesCreateForSettleTimeAfterAmbiguousResult() {
            book.complete(UID, false, at(40));

            assertThat(book.absenceProvableFrom(UID, false)).isEqualTo(at(100));
            assertThat(takeAfterLook(book, at(99))).isFalse();
            assertThat(takeAfterLook(book, at(100))).isTrue();
        }

        @Test
        void requiresNewSearchAfterRejectedCreate() {
            book.complete(UID, true, at(40));

            assertThat(takeAfterLook(book, at(39))).isFalse();
            assertThat(takeAfterLook(book, at(40))).isFalse();
            assertThat(takeAfterLook(book, at(41))).isTrue();
        }

        @Test
        void countsOwnCreateDespiteRecordedRejection() {
            book.complete(UID, false, at(40));

            assertThat(book.absenceProvableFrom(UID, true)).isEqualTo(at(100));
        }

        @Test
        void tracksEachObjectSeparately() {
            assertThat(book.tryAcquire("uid-2", Optional.empty(), false, at(11)))
                    .isTrue();
            assertThat(book.inFlight()).isEqualTo(2);
        }
    }

    @Nested
    class Leaving {
        @Test
        void isDrainedWhenNothingWasSent() {
            assertThat(gained(true, UID).isDrained(at(0))).isTrue();
        }

        @Test
        void isNotDrainedWhileCreateIsInFlight() {
            var book = gained(true);
            takeFirst(book, at(0));

            assertThat(book.isDrained(at(100_000))).isFalse();
            book.complete(UID, true, at(100_000));
            assertThat(book.isDrained(at(100_000))).isTrue();
        }

        @Test
        void isNotDrainedWithinSettleTimeOfAmbiguousResult() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.complete(UID, false, at(10));
            book.forget(UID);

            assertThat(book.isDrained(at(69))).isFalse();
            assertThat(book.isDrained(at(70))).isTrue();
        }

        @Test
        void isNotDrainedWhilePredecessorCreateMayComplete() {
            assertThat(gained(false).isDrained(at(59))).isFalse();
            assertThat(gained(false).isDrained(at(60))).isTrue();
        }
    }
}
