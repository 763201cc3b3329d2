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
        return book.take(UID, Optional.empty(), false, now);
    }

    private static boolean takeAfterLook(CreateGuard book, Instant begun) {
        return book.take(UID, Optional.of(begun), false, begun.plusSeconds(1));
    }

    @Nested
    class AFirstOrder {
        @Test
        void isLicensedForAnObjectThatCameAfterTheAccession() {
            assertThat(gained(false).knowsOfNoOrder(UID)).isTrue();
            assertThat(takeFirst(gained(false), at(0))).isTrue();
        }

        @Test
        void isNotLicensedForAnObjectThatWasFoundHoweverCleanTheAccession() {
            assertThat(gained(true, UID).knowsOfNoOrder(UID)).isFalse();
            assertThat(takeFirst(gained(true, UID), at(0))).isFalse();
        }

        @Test
        void isLicensedOnce() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.answered(UID, true, at(1));

            assertThat(takeFirst(book, at(1000))).isFalse();
        }

        @Test
        void isLicensedAgainOnlyForAnObjectThatIsGone() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.answered(UID, true, at(1));
            book.forget(UID);

            assertThat(book.knowsOfNoOrder(UID)).isTrue();
        }
    }

    @Nested
    class WhatAPredecessorMayHaveSent {
        @Test
        void arrivesWithinSettleOfAnUncleanAccession() {
            var book = gained(false, UID);

            assertThat(book.nothingArrivesAfter(UID, false)).isEqualTo(at(60));
            assertThat(takeAfterLook(book, at(59))).isFalse();
            assertThat(takeAfterLook(book, at(60))).isTrue();
        }

        @Test
        void isNothingAfterACleanAccession() {
            assertThat(gained(true, UID).nothingArrivesAfter(UID, false)).isEqualTo(at(0));
        }

        @Test
        void isNothingWhereTheIntendedOrderIsKnownToHaveEnded() {
            assertThat(gained(false, UID).nothingArrivesAfter(UID, true)).isEqualTo(at(0));
        }

        @Test
        void isNothingForAnObjectThatCameLater() {
            assertThat(gained(false).nothingArrivesAfter(UID, false)).isEqualTo(at(0));
        }
    }

    @Nested
    class AnOrderOfOurOwn {
        private final CreateGuard book = gained(true, UID);

        private AnOrderOfOurOwn() {
            takeAfterLook(book, at(10));
        }

        @Test
        void forbidsEveryOtherUntilItIsAnswered() {
            assertThat(takeAfterLook(book, at(100_000))).isFalse();
            assertThat(book.open()).isEqualTo(1);
        }

        @Test
        void forbidsEveryOtherForSettleWhenItsAnswerIsAmbiguous() {
            book.answered(UID, false, at(40));

            assertThat(book.nothingArrivesAfter(UID, false)).isEqualTo(at(100));
            assertThat(takeAfterLook(book, at(99))).isFalse();
            assertThat(takeAfterLook(book, at(100))).isTrue();
        }

        @Test
        void wantsANewLookWhenItWasRefused() {
            book.answered(UID, true, at(40));

            assertThat(takeAfterLook(book, at(39))).isFalse();
            assertThat(takeAfterLook(book, at(40))).isFalse();
            assertThat(takeAfterLook(book, at(41))).isTrue();
        }

        @Test
        void countsEvenIfTheRecordOfThePredecessorsSaysRefused() {
            book.answered(UID, false, at(40));

            assertThat(book.nothingArrivesAfter(UID, true)).isEqualTo(at(100));
        }

        @Test
        void saysNothingOfOtherObjects() {
            assertThat(book.take("uid-2", Optional.empty(), false, at(11))).isTrue();
            assertThat(book.open()).isEqualTo(2);
        }
    }

    @Nested
    class Leaving {
        @Test
        void isCleanWhenNothingWasSent() {
            assertThat(gained(true, UID).drained(at(0))).isTrue();
        }

        @Test
        void isNotCleanWhileAnOrderIsOpen() {
            var book = gained(true);
            takeFirst(book, at(0));

            assertThat(book.drained(at(100_000))).isFalse();
            book.answered(UID, true, at(100_000));
            assertThat(book.drained(at(100_000))).isTrue();
        }

        @Test
        void isNotCleanWithinSettleOfAnAmbiguousAnswerEvenOfAnObjectThatIsGone() {
            var book = gained(true);
            takeFirst(book, at(0));
            book.answered(UID, false, at(10));
            book.forget(UID);

            assertThat(book.drained(at(69))).isFalse();
            assertThat(book.drained(at(70))).isTrue();
        }

        @Test
        void isNotCleanWhileAPredecessorsOrderMayArrive() {
            assertThat(gained(false).drained(at(59))).isFalse();
            assertThat(gained(false).drained(at(60))).isTrue();
        }
    }
}
