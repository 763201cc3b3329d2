/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many requests of one namespace, a cloud that throttles, and a cloud that does not respond, in simulated time. Each test prints
 * one line with what it counted.
 */
class FairnessTest {
    private static final String BIG = "big";
    private static final int MANY = 2000;
    private static final int CALLS_PER_SECOND = 5;
    private static final int BURST = 20;
    private static final Duration LATENCY = Duration.ofSeconds(10);
    private static final Duration MAX_UNTIL_CALL = Duration.ofSeconds(5);
    private static final Duration MAX_UNTIL_REPORTED = Duration.ofSeconds(10);
    private static final Duration OUTAGE = Duration.ofHours(1);

    /** A strong reference: the log manager forgets the level of a logger that is collected. */
    private static final Logger LOG = Logger.getLogger("io.snapshotoperator.evs");

    private static Level levelBefore;

    @BeforeAll
    static void stopLogging() {
        levelBefore = LOG.getLevel();
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void resumeLogging() {
        LOG.setLevel(levelBefore);
    }

    private static FleetSimulation fleet(long seed) {
        return new FleetSimulation(new CallBudget(CALLS_PER_SECOND, BURST), LATENCY, seed);
    }

    /** The namespaces of which one request each is created or deleted while many others wait. */
    private static List<String> smallNamespaces(int count) {
        return IntStream.range(0, count).mapToObj(i -> "small-" + i).toList();
    }

    /** Does something for one namespace after the other. Returns when it was done for each UID. */
    private static Map<String, Instant> inTurn(
            FleetSimulation fleet, List<String> namespaces, Duration interval, Function<String, String> action) {
        Map<String, Instant> requestedAt = new HashMap<>();
        var delay = Duration.ofSeconds(1);
        for (var namespace : namespaces) {
            fleet.after(delay, () -> requestedAt.put(action.apply(namespace), fleet.now()));
            delay = delay.plus(interval);
        }
        fleet.run(delay.plusSeconds(20));
        return requestedAt;
    }

    private static Duration longest(Collection<String> uids, Function<String, Duration> wait) {
        return uids.stream().map(wait).max(Duration::compareTo).orElseThrow();
    }

    private static Duration between(Instant start, Optional<Instant> end) {
        return Duration.between(start, end.orElse(Instant.MAX));
    }

    private static Instant orNever(Optional<Instant> time) {
        return time.orElse(Instant.MIN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void servesCreateOfOtherNamespaceWithinSecondsWhileManyAreCreated(long seed) {
        var fleet = fleet(seed);
        var start = fleet.now();
        fleet.create(BIG, MANY);

        var requestedAt = inTurn(fleet, smallNamespaces(30), Duration.ofSeconds(3), fleet::create);

        var untilCreated = longest(
                requestedAt.keySet(),
                uid -> between(requestedAt.get(uid), fleet.cloud().createdAt(uid)));
        var untilReady = longest(
                requestedAt.keySet(), uid -> between(orNever(fleet.cloud().availableAt(uid)), fleet.readyAt(uid)));
        System.out.printf(
                "create while %d are created: sent after at most %s, ready at most %s after the cloud; %d reconciles%n",
                MANY, untilCreated, untilReady, fleet.reconciles());
        assertThat(untilCreated).isLessThan(MAX_UNTIL_CALL);
        assertThat(untilReady).isLessThan(MAX_UNTIL_REPORTED);
        assertThat(fleet.cloud().calls()).isLessThanOrEqualTo((int)
                (BURST + CALLS_PER_SECOND * Duration.between(start, fleet.now()).toSeconds()));
    }

    @Test
    void servesDeleteOfOtherNamespaceWithinSecondsWhileManyAreCreated() {
        var fleet = fleet(1);
        var uids = createAndAwaitReady(fleet, smallNamespaces(5));
        fleet.create(BIG, MANY);

        deleteInTurn(fleet, uids, "created");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void servesDeleteOfOtherNamespaceWithinSecondsWhileManyAreDeleted(long seed) {
        var fleet = fleet(seed);
        var namespaces = new ArrayList<>(smallNamespaces(5));
        namespaces.addAll(Collections.nCopies(MANY, BIG));
        var uids = createAndAwaitReady(fleet, namespaces);
        fleet.deleteAll(BIG);

        deleteInTurn(fleet, uids, "deleted");
    }

    /** Returns the UIDs of the requests of small namespaces. */
    private static Map<String, String> createAndAwaitReady(FleetSimulation fleet, List<String> namespaces) {
        Map<String, String> uids = new HashMap<>();
        namespaces.forEach(namespace -> uids.put(namespace, fleet.create(namespace)));
        fleet.runUntil(() -> fleet.ready() == namespaces.size(), Duration.ofMinutes(20));
        // The budget has its burst again.
        fleet.run(Duration.ofSeconds(10));
        return uids;
    }

    private static void deleteInTurn(FleetSimulation fleet, Map<String, String> uids, String others) {
        var reconciles = fleet.reconciles();

        var requestedAt = inTurn(fleet, smallNamespaces(5), Duration.ofSeconds(17), namespace -> {
            fleet.deleteAll(namespace);
            return uids.get(namespace);
        });

        var untilDeleted = longest(
                requestedAt.keySet(),
                uid -> between(requestedAt.get(uid), fleet.cloud().deletedAt(uid)));
        var untilGone = longest(
                requestedAt.keySet(),
                uid -> between(orNever(fleet.cloud().deletedAt(uid)).plus(LATENCY), fleet.goneAt(uid)));
        System.out.printf(
                "delete while %d are %s: sent after at most %s, gone at most %s after the cloud; %d reconciles%n",
                MANY, others, untilDeleted, untilGone, fleet.reconciles() - reconciles);
        assertThat(untilDeleted).isLessThan(MAX_UNTIL_CALL);
        assertThat(untilGone).isLessThan(MAX_UNTIL_REPORTED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 30})
    void createsNoDuplicateAndStallsNothingInMinuteOfThrottling(long retryAfterSeconds) {
        var retryAfter = Optional.of(Duration.ofSeconds(retryAfterSeconds)).filter(wait -> !wait.isZero());
        var fleet = new FleetSimulation(CallBudget.standard(), LATENCY, 1);
        var uids = fleet.create(BIG, 200);
        fleet.run(Duration.ofSeconds(5));
        var start = fleet.now();
        var end = start.plusSeconds(60);
        fleet.cloud().change(new FleetCloud.Mode.Throttling(retryAfter));
        fleet.after(Duration.between(start, end), () -> fleet.cloud().change(new FleetCloud.Mode.Normal()));

        fleet.runUntil(() -> fleet.ready() == uids.size(), Duration.ofMinutes(10));

        var calls = fleet.cloud().callsPerSecond(start, end);
        System.out.printf(
                "storm of 429, Retry-After %s: calls per second %s; %d of %d ready %s after its end%n",
                retryAfter.map(Duration::toString).orElse("absent"),
                calls,
                fleet.ready(),
                uids.size(),
                Duration.between(end, fleet.now()));
        assertThat(calls.stream().mapToInt(count -> count).sum()).isLessThan(30);
        assertThat(fleet.ready()).isEqualTo(uids.size());
        assertThat(fleet.cloud().createdByUid().values()).hasSize(uids.size()).containsOnly(1);
    }

    @Test
    void reportsAllReadyWithinMinuteAfterOutageWhileTheyWereCreated() {
        var fleet = new FleetSimulation(CallBudget.standard(), Duration.ofMinutes(5), 1);
        fleet.create(BIG, 1000);
        fleet.runUntil(() -> fleet.cloud().createdByUid().size() == 1000, Duration.ofMinutes(4));

        var untilReady = runOutage(fleet, "1,000 in creation", true);

        assertThat(fleet.ready()).isEqualTo(1000);
        assertThat(untilReady).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void createsAllWithinMinuteAfterOutage() {
        // With the standard budget, 1,000 create requests take longer than a minute.
        var fleet = new FleetSimulation(new CallBudget(50, 100), LATENCY, 1);
        fleet.create(BIG, 1000);

        var untilReady = runOutage(fleet, "1,000 not yet created, no connection", false);

        assertThat(fleet.ready()).isEqualTo(1000);
        assertThat(untilReady).isLessThan(Duration.ofMinutes(1));
        assertThat(fleet.cloud().createdByUid().values()).containsOnly(1);
    }

    /** The operator cannot find out about create requests that it sent more than an hour ago. */
    @Test
    void leavesOutcomesOfFewCreatesUnknownAfterOutage() {
        var fleet = new FleetSimulation(new CallBudget(50, 100), LATENCY, 1);
        fleet.create(BIG, 1000);

        runOutage(fleet, "1,000 not yet created, no response", true);

        assertThat(fleet.ready()).isGreaterThanOrEqualTo(995);
        assertThat(fleet.reasons().getOrDefault("CreateOutcomeUnknown", 0L)).isLessThanOrEqualTo(5);
        assertThat(fleet.cloud().createdByUid().values()).containsOnly(1);
    }

    /** The cloud is down for an hour. Returns how long after that the last request was ready, at most two minutes. */
    private static Duration runOutage(FleetSimulation fleet, String waiting, boolean requestsSent) {
        var end = fleet.now().plus(OUTAGE);
        var writes = fleet.writes();
        var calls = fleet.cloud().calls();
        var counts = new ArrayList<Integer>();
        fleet.cloud().change(new FleetCloud.Mode.Down(requestsSent));
        fleet.after(OUTAGE, () -> {
            counts.addAll(List.of(fleet.writes() - writes, fleet.cloud().calls() - calls));
            fleet.cloud().change(new FleetCloud.Mode.Normal());
        });
        fleet.runUntil(() -> fleet.ready() == 1000, OUTAGE.plusMinutes(2));
        var untilReady = Duration.between(end, fleet.now());
        System.out.printf(
                "outage of an hour, %s: %d writes, %d calls; %d ready %s after its end, the reasons are %s%n",
                waiting, counts.get(0), counts.get(1), fleet.ready(), untilReady, fleet.reasons());
        assertThat(counts.get(0)).as("writes").isLessThanOrEqualTo(2500);
        assertThat(counts.get(1)).as("calls").isLessThanOrEqualTo(800);
        return untilReady;
    }
}
