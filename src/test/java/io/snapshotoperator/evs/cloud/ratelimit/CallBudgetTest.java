/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import static io.snapshotoperator.evs.cloud.ratelimit.Lane.CREATE;
import static io.snapshotoperator.evs.cloud.ratelimit.Lane.DELETE;
import static io.snapshotoperator.evs.cloud.ratelimit.Lane.POLL;
import static io.snapshotoperator.evs.cloud.ratelimit.Lane.READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation.Denied.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CallBudgetTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String NAMESPACE = "shop";
    private static final VolumeId VOLUME = new VolumeId("v-1");
    private static final VolumeId OTHER_VOLUME = new VolumeId("v-2");

    private final CallBudget budget = CallBudget.standard();

    private boolean granted(Lane lane, Instant now) {
        return budget.reserve(lane, NAMESPACE, Optional.empty(), now) instanceof Reservation.Granted;
    }

    private int grantedAtOnce(Lane lane, Instant now) {
        return (int) IntStream.range(0, 1000).filter(i -> granted(lane, now)).count();
    }

    /** Returns the number of calls granted per lane, if each lane asks every 10 ms for as many as it can get. */
    private Map<Lane, Integer> granted(List<Lane> lanes, Instant from, Duration during) {
        var counts = new EnumMap<Lane, Integer>(Lane.class);
        for (var now = from; now.isBefore(from.plus(during)); now = now.plusMillis(10)) {
            for (var lane : lanes) {
                while (granted(lane, now)) {
                    counts.merge(lane, 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    @Test
    void grantsBurstOfTwentyAndReservesSixOfItForOtherLanes() {
        assertThat(grantedAtOnce(CREATE, NOON)).isEqualTo(14);
        assertThat(grantedAtOnce(DELETE, NOON)).isEqualTo(2);
        assertThat(grantedAtOnce(READ, NOON)).isEqualTo(2);
        assertThat(grantedAtOnce(POLL, NOON)).isEqualTo(2);
    }

    @Test
    void grantsSharedListAtOnceWhenManyReadsWereDenied() {
        grantedAtOnce(READ, NOON);

        assertThat(granted(POLL, NOON)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void grantsWholeRateToOnlyActiveLane(Lane lane) {
        grantedAtOnce(lane, NOON);

        assertThat(granted(List.of(lane), NOON, Duration.ofSeconds(10)).get(lane))
                .isBetween(99, 101);
    }

    @Test
    void grantsSharesToDeletesAndReadsDespiteCreates() {
        var counts = granted(List.of(CREATE, DELETE, READ, POLL), NOON, Duration.ofSeconds(100));

        assertThat(counts.get(DELETE)).isGreaterThan(290);
        assertThat(counts.get(READ)).isGreaterThan(190);
        assertThat(counts.get(POLL)).isGreaterThan(190);
        assertThat(counts.get(CREATE)).isGreaterThan(290);
        assertThat(counts.values().stream().mapToInt(count -> count).sum()).isBetween(1000, 1021);
    }

    @Test
    void grantsDeleteAtOnceWhenManyCreatesWereDenied() {
        grantedAtOnce(CREATE, NOON);

        assertThat(granted(DELETE, NOON)).isTrue();
    }

    @Test
    void grantsCallAfterTimeOfDenial() {
        IntStream.range(0, 14).forEach(i -> budget.reserve(CREATE, NAMESPACE, Optional.empty(), NOON));

        var denied = budget.reserve(CREATE, NAMESPACE, Optional.empty(), NOON);

        assertThat(denied).isEqualTo(new Reservation.Denied(Duration.ofMillis(100)));
        assertThat(granted(CREATE, NOON.plusMillis(100))).isTrue();
    }

    @Test
    void spreadsThousandDeniedCreatesOverHundredSeconds() {
        record Attempt(Instant at, int caller) {}
        var attempts = new PriorityQueue<Attempt>((a, b) -> a.at().compareTo(b.at()));
        IntStream.range(0, 1000).forEach(caller -> attempts.add(new Attempt(NOON, caller)));
        var count = 0;
        var lastGrant = NOON;
        while (!attempts.isEmpty()) {
            var attempt = attempts.remove();
            count++;
            if (budget.reserve(CREATE, NAMESPACE, Optional.empty(), attempt.at())
                    instanceof Reservation.Denied denied) {
                attempts.add(new Attempt(attempt.at().plus(denied.retryAfter()), attempt.caller()));
            } else {
                lastGrant = attempt.at();
            }
        }

        assertThat(Duration.between(NOON, lastGrant)).isBetween(Duration.ofSeconds(95), Duration.ofSeconds(115));
        assertThat(count).isLessThan(4000);
    }

    @Test
    void grantsNextPermitToOtherNamespaceDespiteThousandWaitingCallers() {
        IntStream.range(0, 1000).forEach(i -> granted(CREATE, NOON));

        var denied = (Reservation.Denied) budget.reserve(CREATE, "small", Optional.empty(), NOON);

        assertThat(denied.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThat(granted(CREATE, NOON.plusMillis(100)))
                .as("a caller that asks first")
                .isFalse();
        assertThat(budget.reserve(CREATE, "small", Optional.empty(), NOON.plusMillis(110)))
                .isEqualTo(new Reservation.Granted());
        assertThat(granted(CREATE, NOON.plusMillis(200))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"5099, false", "5101, true"})
    void keepsPermitOfDeniedNamespaceForFiveSeconds(long millis, boolean overtakes) {
        var slow = new CallBudget(0.5, 1);
        IntStream.range(0, 2).forEach(i -> slow.reserve(CREATE, NAMESPACE, Optional.empty(), NOON));
        var denied = (Reservation.Denied) slow.reserve(CREATE, "small", Optional.empty(), NOON);
        var due = NOON.plus(denied.retryAfter());
        Stream.of(DELETE, READ, POLL).forEach(lane -> slow.reserve(lane, NAMESPACE, Optional.empty(), due));

        var reservation = slow.reserve(CREATE, NAMESPACE, Optional.empty(), due.plusMillis(millis - 100));

        assertThat(reservation instanceof Reservation.Granted).isEqualTo(overtakes);
    }

    /** A caller that asks at some time, and again after each denial. */
    private record Caller(Instant at, String namespace, boolean repeats) {}

    /** Returns when the callers of each namespace got permits. A caller that repeats asks at once for the next one. */
    private Map<String, List<Instant>> grantsUntil(Instant end, Collection<Caller> callers) {
        var grants = new HashMap<String, List<Instant>>();
        var queue = new PriorityQueue<>(Comparator.comparing(Caller::at));
        queue.addAll(callers);
        while (!queue.isEmpty() && queue.peek().at().isBefore(end)) {
            var next = queue.remove();
            var reservation = budget.reserve(CREATE, next.namespace(), Optional.empty(), next.at());
            if (reservation instanceof Reservation.Denied denied) {
                queue.add(new Caller(next.at().plus(denied.retryAfter()), next.namespace(), next.repeats()));
                continue;
            }
            grants.computeIfAbsent(next.namespace(), absent -> new ArrayList<>())
                    .add(next.at());
            if (next.repeats()) {
                queue.add(next);
            }
        }
        return grants;
    }

    @Test
    void servesWaitingNamespacesInTurnsHoweverManyCallersWait() {
        var callers = new ArrayList<>(List.of(new Caller(NOON, "a", true), new Caller(NOON, "b", true)));
        IntStream.range(0, 500).forEach(i -> callers.add(new Caller(NOON, "big", true)));

        var grants = grantsUntil(NOON.plusSeconds(60), callers);

        assertThat(grants.values()).hasSize(3).allMatch(times -> times.size() >= 150 && times.size() <= 250);
    }

    @Test
    void servesNamespaceWithinTwoMinutesDespiteEndlessNewNamespaces() {
        var callers = new ArrayList<>(List.of(new Caller(NOON, NAMESPACE, true)));
        IntStream.range(0, 12 * 300)
                .forEach(i -> callers.add(new Caller(NOON.plusMillis(i * 1000L / 12), "new-" + i, false)));

        var grants = grantsUntil(NOON.plusSeconds(300), callers).get(NAMESPACE);

        grants.add(NOON.plusSeconds(300));
        assertThat(IntStream.range(1, grants.size()).mapToObj(i -> Duration.between(grants.get(i - 1), grants.get(i))))
                .allMatch(wait -> wait.compareTo(Duration.ofMinutes(2)) < 0);
    }

    @Test
    void halvesRateAndRemovesBurstWhenThrottled() {
        grantedAtOnce(READ, NOON);

        budget.onThrottled(Optional.empty(), NOON);

        assertThat(budget.callsPerSecond(NOON)).isEqualTo(5);
        assertThat(granted(READ, NOON)).isFalse();
        assertThat(granted(List.of(READ), NOON, Duration.ofSeconds(10)).get(READ))
                .isBetween(47, 51);
    }

    @Test
    void countsThrottledResponsesWithinTwoSecondsOnce() {
        budget.onThrottled(Optional.empty(), NOON);
        budget.onThrottled(Optional.empty(), NOON.plusMillis(1999));

        assertThat(budget.callsPerSecond(NOON.plusMillis(1999))).isCloseTo(5, within(0.1));
    }

    @Test
    void neverReducesRateBelowOneCallInTwoSeconds() {
        IntStream.range(0, 20).forEach(i -> budget.onThrottled(Optional.empty(), NOON.plusSeconds(2 * i)));

        assertThat(budget.callsPerSecond(NOON.plusSeconds(38))).isEqualTo(0.5);
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void servesEveryLaneAtMinimumRate(Lane lane) {
        IntStream.range(0, 20).forEach(i -> budget.onThrottled(Optional.empty(), NOON.plusSeconds(2 * i)));

        var counts = granted(List.of(Lane.values()), NOON.plusSeconds(38), Duration.ofSeconds(30));

        assertThat(counts.get(lane)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void recoversHalfOfRateInFiveMinutes() {
        budget.onThrottled(Optional.empty(), NOON);

        assertThat(budget.callsPerSecond(NOON.plusSeconds(60))).isCloseTo(6, within(0.001));
        assertThat(budget.callsPerSecond(NOON.plusSeconds(300))).isEqualTo(10);
    }

    @Test
    void countsThrottledTimeUntilRateHasRecovered() {
        var budget = CallBudget.standard();
        budget.callsPerSecond(NOON);
        budget.callsPerSecond(NOON.plusSeconds(100));
        assertThat(budget.takeThrottledTime()).isZero();

        budget.onThrottled(Optional.of(Duration.ofSeconds(20)), NOON.plusSeconds(100));
        budget.callsPerSecond(NOON.plusSeconds(110));
        assertThat(budget.takeThrottledTime()).isEqualTo(Duration.ofSeconds(10));

        // The rest of the pause, and then half of the ten minutes in which the whole rate recovers.
        budget.callsPerSecond(NOON.plusSeconds(1000));
        assertThat(budget.takeThrottledTime()).isEqualTo(Duration.ofSeconds(10 + 300));
        budget.callsPerSecond(NOON.plusSeconds(2000));
        assertThat(budget.takeThrottledTime()).isZero();
    }

    @Test
    void pausesAllLanesForRetryAfter() {
        budget.onThrottled(Optional.of(Duration.ofSeconds(30)), NOON);

        for (var lane : Lane.values()) {
            assertThat(budget.reserve(lane, NAMESPACE, Optional.empty(), NOON.plusSeconds(29)))
                    .isInstanceOfSatisfying(Reservation.Denied.class, denied -> assertThat(denied.retryAfter())
                            .isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
        }
        assertThat(granted(READ, NOON.plusSeconds(31))).isTrue();
    }

    @Test
    void saysUntilWhenTheCloudPausedTheConnection() {
        budget.onThrottled(Optional.of(Duration.ofSeconds(30)), NOON);

        assertThat(budget.reserve(READ, NAMESPACE, Optional.empty(), NOON.plusSeconds(1)))
                .isInstanceOfSatisfying(Reservation.Denied.class, denied -> {
                    assertThat(denied.cause()).isEqualTo(Cause.PAUSED_BY_CLOUD);
                    assertThat(denied.until()).contains(NOON.plusSeconds(30));
                });
    }

    @Test
    void limitsPauseToOneHour() {
        budget.onThrottled(Optional.of(Duration.ofDays(3)), NOON);

        assertThat(granted(READ, NOON.plusSeconds(3601))).isTrue();
    }

    @Test
    void suspendsCreatesOfOneVolumeWhenItsQuotaIsUsedUp() {
        budget.suspendCreates(Optional.of(VOLUME), NOON.plusSeconds(300));

        assertThat(budget.reserve(CREATE, NAMESPACE, Optional.of(VOLUME), NOON))
                .isEqualTo(new Reservation.Denied(
                        Duration.ofSeconds(300), Cause.QUOTA_USED_UP, Optional.of(NOON.plusSeconds(300))));
        assertThat(budget.reserve(CREATE, NAMESPACE, Optional.of(OTHER_VOLUME), NOON))
                .isInstanceOf(Reservation.Granted.class);
        assertThat(budget.reserve(DELETE, NAMESPACE, Optional.of(VOLUME), NOON))
                .isInstanceOf(Reservation.Granted.class);
        assertThat(budget.reserve(READ, NAMESPACE, Optional.of(VOLUME), NOON)).isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void suspendsAllCreatesButNoDeleteWhenProjectQuotaIsUsedUp() {
        budget.suspendCreates(Optional.empty(), NOON.plusSeconds(300));

        assertThat(budget.reserve(CREATE, NAMESPACE, Optional.of(OTHER_VOLUME), NOON.plusSeconds(299)))
                .isEqualTo(new Reservation.Denied(
                        Duration.ofSeconds(1), Cause.QUOTA_USED_UP, Optional.of(NOON.plusSeconds(300))));
        assertThat(budget.reserve(DELETE, NAMESPACE, Optional.empty(), NOON)).isInstanceOf(Reservation.Granted.class);
        assertThat(budget.reserve(CREATE, NAMESPACE, Optional.of(OTHER_VOLUME), NOON.plusSeconds(300)))
                .isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void keepsPauseShortWhenClockIsSetBack() {
        budget.onThrottled(Optional.of(Duration.ofSeconds(10)), NOON);
        var setBack = NOON.minusSeconds(3600);

        assertThat(granted(READ, setBack)).isFalse();
        assertThat(granted(READ, setBack.plusSeconds(11))).isTrue();
    }

    @Test
    void grantsOneBurstWhenClockIsSetForward() {
        grantedAtOnce(CREATE, NOON);

        assertThat(grantedAtOnce(CREATE, NOON.plus(Duration.ofDays(365)))).isEqualTo(14);
    }

    @Test
    void grantsOneBurstToConcurrentThreads() throws InterruptedException {
        var granted = new AtomicInteger();
        var threads = Executors.newFixedThreadPool(8);
        var done = new CountDownLatch(8);
        for (var i = 0; i < 8; i++) {
            threads.execute(() -> {
                granted.addAndGet(grantedAtOnce(READ, NOON));
                done.countDown();
            });
        }
        done.await();
        threads.shutdownNow();

        assertThat(granted).hasValue(14);
    }

    @Test
    void grantsTensOfThousandsAtOnceWhenUnlimited() {
        var unlimited = CallBudget.unlimited();

        var reservations =
                IntStream.range(0, 50_000).mapToObj(i -> unlimited.reserve(CREATE, NAMESPACE, Optional.empty(), NOON));

        assertThat(reservations).hasOnlyElementsOfType(Reservation.Granted.class);
    }

    @Test
    void rejectsRateOrBurstOfZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CallBudget(0, 20));
        assertThatIllegalArgumentException().isThrownBy(() -> new CallBudget(Double.NaN, 20));
        assertThatIllegalArgumentException().isThrownBy(() -> new CallBudget(1, 0));
    }

    /** Makes five calls that get no response. */
    private void startOutage() {
        IntStream.range(0, 5).forEach(i -> budget.onNoResponse(NOON));
    }

    @Test
    void grantsCallsDespiteFourWithoutResponse() {
        IntStream.range(0, 4).forEach(i -> budget.onNoResponse(NOON));

        assertThat(granted(CREATE, NOON)).isTrue();
    }

    @Test
    void grantsOneReadInFiveSecondsWhileCloudDoesNotRespond() {
        startOutage();

        var counts = granted(List.of(READ, POLL), NOON, Duration.ofSeconds(61));

        assertThat(counts.values().stream().mapToInt(count -> count).sum()).isEqualTo(12);
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "DELETE"})
    void grantsMutatingCallOnlyAfterThirtySecondsWithoutRead(Lane lane) {
        startOutage();

        assertThat(granted(lane, NOON.plusMillis(29_999))).isFalse();
        assertThat(granted(lane, NOON.plusSeconds(30))).isTrue();
        assertThat(granted(lane, NOON.plusSeconds(59))).isFalse();
    }

    @Test
    void grantsNoMutatingCallWhileReadsProbeTheCloud() {
        startOutage();

        assertThat(granted(List.of(READ, CREATE, DELETE), NOON, Duration.ofMinutes(10)))
                .containsOnlyKeys(READ);
    }

    @Test
    void asksFewTimesUntilCreateProbesTheCloud() {
        startOutage();
        var asked = 0;
        var now = NOON;
        while (budget.reserve(CREATE, NAMESPACE, Optional.empty(), now) instanceof Reservation.Denied denied) {
            now = now.plus(denied.retryAfter());
            asked++;
        }

        assertThat(asked).isLessThanOrEqualTo(7);
        assertThat(Duration.between(NOON, now)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(36));
    }

    @Test
    void endsOutageWithFirstResponse() {
        startOutage();
        assertThat(budget.reserve(CREATE, NAMESPACE, Optional.empty(), NOON))
                .isInstanceOfSatisfying(Reservation.Denied.class, denied -> assertThat(denied.cause())
                        .isEqualTo(Cause.CLOUD_UNAVAILABLE));

        budget.onResponse();

        assertThat(granted(CREATE, NOON)).isTrue();
    }

    @Test
    void spreadsThousandCallersOfOutageOverFiveToTwentyFiveSeconds() {
        startOutage();

        var delays = IntStream.range(0, 1000)
                .mapToObj(i -> (Reservation.Denied) budget.reserve(CREATE, NAMESPACE, Optional.empty(), NOON))
                .map(Reservation.Denied::retryAfter)
                .toList();

        assertThat(delays.get(0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(delays.get(100)).isEqualTo(Duration.ofSeconds(15));
        assertThat(delays.get(999)).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void probesCloudAfterClockWasSetBack() {
        startOutage();
        var setBack = NOON.minusSeconds(3600);

        assertThat(granted(READ, setBack)).isFalse();
        assertThat(granted(READ, setBack.plusSeconds(5))).isTrue();
    }
}
