/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.snapshot.LicenceBook.Accession;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LicenceBookTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final Optional<Instant> FIRST = Optional.empty();

    private static LicenceBook after(boolean clean, String... found) {
        return new LicenceBook(new Accession(NOON, clean, Set.of(found)), SETTLE);
    }

    private static Optional<Instant> searched(int secondsPastNoon) {
        return Optional.of(NOON.plusSeconds(secondsPastNoon));
    }

    @Test
    void anObjectThatCameAfterTheLeaseMayBeOrderedForWithoutALook() {
        assertThat(after(false, "old").take("new", FIRST, false, NOON)).isTrue();
    }

    @Test
    void anObjectThatWasThereBeforeNeedsALook() {
        assertThat(after(true, "old").take("old", FIRST, false, NOON)).isFalse();
        assertThat(after(true, "old").take("old", searched(0), false, NOON)).isTrue();
    }

    @Test
    void afterAnUncleanPredecessorALookCountsOnlyWhenItsOrdersHaveSettled() {
        var book = after(false, "old");
        assertThat(book.take("old", searched(59), false, NOON.plusSeconds(59))).isFalse();
        assertThat(book.take("old", searched(60), false, NOON.plusSeconds(60))).isTrue();
    }

    @Test
    void aRecordedRefusalNeedsALookButNoWait() {
        assertThat(after(false, "old").take("old", searched(1), true, NOON.plusSeconds(1)))
                .isTrue();
    }

    @Test
    void whatWasSentForbidsAnotherFirstOrder() {
        var book = after(true);
        assertThat(book.take("new", FIRST, false, NOON)).isTrue();
        book.answered("new", true, NOON.plusSeconds(1));
        assertThat(book.take("new", FIRST, false, NOON.plusSeconds(2))).isFalse();
    }

    @Test
    void whileAnOrderIsOpenNoLookGivesALicence() {
        var book = after(true);
        book.take("new", FIRST, false, NOON);
        assertThat(book.take("new", searched(3600), false, NOON.plusSeconds(3600)))
                .isFalse();
    }

    @Test
    void afterALostAnswerALookCountsOnlyWhenTheOrderHasSettled() {
        var book = after(true);
        book.take("new", FIRST, false, NOON);
        book.answered("new", false, NOON.plusSeconds(20));
        assertThat(book.take("new", searched(79), false, NOON.plusSeconds(79))).isFalse();
        assertThat(book.take("new", searched(80), false, NOON.plusSeconds(80))).isTrue();
    }

    @Test
    void aLookFromBeforeTheOrderSaysNothingAboutIt() {
        var book = after(true, "old");
        book.take("old", searched(0), false, NOON.plusSeconds(1));
        book.answered("old", true, NOON.plusSeconds(2));
        assertThat(book.take("old", searched(0), false, NOON.plusSeconds(3))).isFalse();
        assertThat(book.take("old", searched(3), false, NOON.plusSeconds(3))).isTrue();
    }

    @Test
    void onlyAnObjectThatIsGoneIsForgotten() {
        var book = after(true);
        book.take("new", FIRST, false, NOON);
        book.answered("new", true, NOON.plusSeconds(1));
        book.forget("new");
        assertThat(book.knowsOfNoOrder("new")).isTrue();
    }

    @Test
    void theLeaseIsDrainedOnlyWithNothingOpenAmbiguousOrInherited() {
        var unclean = after(false);
        assertThat(unclean.drained(NOON.plusSeconds(59))).isFalse();
        assertThat(unclean.drained(NOON.plusSeconds(60))).isTrue();

        var clean = after(true);
        assertThat(clean.drained(NOON)).isTrue();
        clean.take("new", FIRST, false, NOON);
        assertThat(clean.drained(NOON.plusSeconds(10))).isFalse();
        clean.answered("new", false, NOON.plusSeconds(20));
        assertThat(clean.drained(NOON.plusSeconds(79))).isFalse();
        assertThat(clean.drained(NOON.plusSeconds(80))).isTrue();
    }
}
