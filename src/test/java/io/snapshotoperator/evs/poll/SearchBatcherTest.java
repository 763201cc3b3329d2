/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SearchBatcherTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final SearchBatcher searches = new SearchBatcher(Duration.ofSeconds(30));

    @Test
    void hasNoInventoryAtFirst() {
        assertThat(request("a", NOON, NOON)).isEmpty();
        assertThat(searches.isInventoryDue(NOON)).isFalse();
    }

    @Test
    void sharesFromSixthSearchOn() {
        requestMany(5, NOON);
        assertThat(searches.isShared()).isFalse();

        request("sixth", NOON, NOON);

        assertThat(searches.isShared()).isTrue();
        assertThat(searches.isInventoryDue(NOON)).isTrue();
    }

    @Test
    void countsEachObjectOnce() {
        for (var repetition = 0; repetition < 6; repetition++) {
            request("a", NOON, NOON);
        }

        assertThat(searches.isShared()).isFalse();
    }

    @Test
    void servesOnlySearchesRequestedBeforeInventoryBegan() {
        request("earlier", NOON, NOON.minusNanos(1));
        request("simultaneous", NOON, NOON);

        assertThat(searches.serve(inventoryAt(NOON))).containsExactly(object("earlier"));
    }

    @Test
    void usesInventoryThatBeganAtOrAfterNotBefore() {
        searches.serve(inventoryAt(NOON));

        assertThat(request("a", NOON, NOON)).isPresent();
        assertThat(request("b", NOON.plusNanos(1), NOON)).isEmpty();
    }

    @Test
    void usesInventoryThatBeganAfterFirstRequest() {
        var later = NOON.plusSeconds(600);
        request("a", later, NOON.minusSeconds(1));
        searches.serve(inventoryAt(NOON));

        assertThat(request("a", later, NOON.plusSeconds(1))).isPresent();
    }

    @Test
    void rejectsInventoryAfterTwoIntervals() {
        searches.serve(inventoryAt(NOON));

        assertThat(request("a", NOON, NOON.plusSeconds(59))).isPresent();
        assertThat(request("a", NOON, NOON.plusSeconds(60))).isEmpty();
    }

    @Test
    void releasesInventoryThatCannotServeAnyMore() {
        searches.serve(inventoryAt(NOON));

        searches.isInventoryDue(NOON.plusSeconds(59));
        assertThat(request("a", NOON, NOON.plusSeconds(59))).isPresent();

        searches.isInventoryDue(NOON.plusSeconds(60));
        // The time goes back, so only the release can be the reason.
        assertThat(request("a", NOON, NOON.plusSeconds(59))).isEmpty();
    }

    @Test
    void takesNextInventoryAfterOneInterval() {
        requestMany(6, NOON.minusSeconds(1));
        searches.serve(inventoryAt(NOON));

        assertThat(searches.isInventoryDue(NOON.plusSeconds(29))).isFalse();
        assertThat(searches.isInventoryDue(NOON.plusSeconds(30))).isTrue();
    }

    @Test
    void doesNotServeRemovedSearch() {
        requestMany(6, NOON.minusSeconds(1));
        searches.remove("uid-s-0");

        assertThat(searches.isShared()).isFalse();
        assertThat(searches.serve(inventoryAt(NOON))).hasSize(5).doesNotContain(object("s-0"));
    }

    @Test
    void ignoresInventoryOfClockThatWasAhead() {
        requestMany(6, NOON.minusSeconds(1));
        searches.serve(inventoryAt(NOON.plusSeconds(1_000_000)));

        assertThat(request("a", NOON, NOON)).isEmpty();
        assertThat(searches.isInventoryDue(NOON)).isTrue();
    }

    @Test
    void servesSearchThatWasRequestedByClockThatWasAhead() {
        requestMany(6, NOON.plusSeconds(1_000_000));
        searches.isInventoryDue(NOON);

        assertThat(searches.serve(inventoryAt(NOON.plusSeconds(1)))).hasSize(6);
    }

    @Test
    void endsSearchThatIsNotRepeatedForFiveMinutes() {
        requestMany(6, NOON);
        requestMany(5, NOON.plusSeconds(10));

        assertThat(searches.isInventoryDue(NOON.plusSeconds(300))).isTrue();
        assertThat(searches.isInventoryDue(NOON.plusSeconds(301))).isFalse();
    }

    @Test
    void givesNoTurnWhileInventoriesSucceed() {
        requestMany(6, NOON);

        assertThat(searches.nextTurns(NOON)).isEmpty();
        assertThat(searches.isShared("uid-s-0")).isTrue();
    }

    @Test
    void givesFiveTurnsAfterFailedInventoryAndMoreWhenSearchesEnd() {
        requestMany(8, NOON);
        searches.onInventoryFailed();

        assertThat(searches.nextTurns(NOON))
                .containsExactly(object("s-0"), object("s-1"), object("s-2"), object("s-3"), object("s-4"));
        assertThat(searches.isShared("uid-s-0")).isFalse();
        assertThat(searches.isShared("uid-s-5")).isTrue();
        assertThat(searches.nextTurns(NOON)).isEmpty();
        searches.remove("uid-s-0");
        assertThat(searches.nextTurns(NOON)).containsExactly(object("s-5"));
    }

    @Test
    void passesUnusedTurnOnAfterOneInterval() {
        requestMany(8, NOON);
        searches.onInventoryFailed();
        searches.nextTurns(NOON);

        assertThat(searches.nextTurns(NOON.plusSeconds(30))).isEmpty();
        assertThat(searches.nextTurns(NOON.plusSeconds(31)))
                .containsExactlyInAnyOrder(object("s-5"), object("s-6"), object("s-7"), object("s-0"), object("s-1"));
    }

    @Test
    void endsTurnsWhenInventorySucceeds() {
        requestMany(8, NOON);
        searches.onInventoryFailed();
        searches.nextTurns(NOON);

        searches.serve(inventoryAt(NOON));

        assertThat(searches.isShared("uid-s-0")).isTrue();
        assertThat(searches.nextTurns(NOON)).isEmpty();
    }

    private void requestMany(int count, Instant now) {
        IntStream.range(0, count).forEach(number -> request("s-" + number, now, now));
    }

    private Optional<Inventory> request(String name, Instant notBefore, Instant now) {
        return searches.request(object(name), "uid-" + name, notBefore, now);
    }

    private static Inventory inventoryAt(Instant startedAt) {
        return Inventory.of(startedAt, new Listing<>(List.of(), true));
    }

    private static ResourceID object(String name) {
        return new ResourceID(name, "default");
    }
}
