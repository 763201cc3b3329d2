/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.retention.Candidate.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** G12: retention never deletes the last good snapshot nor one in use. */
class RetentionRulesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = Instant.parse("2026-11-02T12:00:00Z");
    private static final RetentionPolicy NOTHING = new RetentionPolicy(0, Optional.empty(), Map.of(), 0, BERLIN);

    private static Candidate at(String slot, State state) {
        return new Candidate(slot, Instant.parse(slot), "v-1", state, false, false);
    }

    private static Candidate good(String slot) {
        return at(slot, State.READY);
    }

    private static List<String> expired(RetentionPolicy policy, Candidate... all) {
        return RetentionRules.decide(List.of(all), policy, NOW).expired().stream()
                .map(Candidate::id)
                .toList();
    }

    @Test
    void keepsEverythingWithoutRule() {
        assertThat(expired(NOTHING, good("2020-01-01T00:00:00Z"), good("2026-11-01T00:00:00Z")))
                .isEmpty();
    }

    /** A claim that was created again leads to another volume. The new snapshots do not replace those of the old volume. */
    @Test
    void keepsLastGoodOneOfEachVolume() {
        var policy = RetentionPolicyBuilder.builder(NOTHING).last(1).build();

        assertThat(expired(
                        policy,
                        good("2026-10-27T00:00:00Z"),
                        good("2026-10-28T00:00:00Z"),
                        CandidateBuilder.builder(good("2026-10-29T00:00:00Z"))
                                .volume("v-2")
                                .build(),
                        CandidateBuilder.builder(good("2026-10-30T00:00:00Z"))
                                .volume("v-2")
                                .build()))
                .containsExactly("2026-10-27T00:00:00Z", "2026-10-29T00:00:00Z");
    }

    @Test
    void keepsLastOnesThatCanBeRestored() {
        var policy = RetentionPolicyBuilder.builder(NOTHING).last(2).failed(1).build();

        assertThat(expired(
                        policy,
                        good("2026-10-28T00:00:00Z"),
                        good("2026-10-29T00:00:00Z"),
                        good("2026-10-30T00:00:00Z"),
                        at("2026-10-31T00:00:00Z", State.FAILED),
                        at("2026-11-01T00:00:00Z", State.FAILED)))
                .containsExactly("2026-10-28T00:00:00Z");
    }

    @Test
    void deletesOldFailuresOnceNewerGoodOneExists() {
        var policy = RetentionPolicyBuilder.builder(NOTHING).last(5).failed(1).build();

        assertThat(expired(
                        policy,
                        at("2026-10-28T00:00:00Z", State.FAILED),
                        at("2026-10-29T00:00:00Z", State.FAILED),
                        good("2026-10-30T00:00:00Z"),
                        at("2026-10-31T00:00:00Z", State.FAILED)))
                .containsExactly("2026-10-28T00:00:00Z", "2026-10-29T00:00:00Z");
    }

    @Test
    void keepsUnionOfTiers() {
        var policy = RetentionPolicyBuilder.builder(NOTHING)
                .within(Optional.of(Duration.ofHours(13)))
                .tiers(Map.of(Tier.DAILY, 3, Tier.WEEKLY, 2, Tier.MONTHLY, 2))
                .build();
        var everySixHours = IntStream.range(0, 4 * 40)
                .mapToObj(
                        number -> good(NOW.minus(Duration.ofHours(6L * number)).toString()))
                .toArray(Candidate[]::new);

        var kept = RetentionRules.decide(List.of(everySixHours), policy, NOW).kept();

        assertThat(kept.entrySet().stream()
                        .sorted(Comparator.comparing(entry -> entry.getKey().slot()))
                        .map(entry -> entry.getKey().id() + " "
                                + entry.getValue().stream().sorted().toList()))
                .containsExactly(
                        // The clock changed on the 25th of October, so the last slot of October in Berlin is at 18:00
                        // UTC.
                        "2026-10-31T18:00:00Z [DAILY, MONTHLY]",
                        "2026-11-01T18:00:00Z [DAILY, WEEKLY]",
                        "2026-11-02T00:00:00Z [WITHIN]",
                        "2026-11-02T06:00:00Z [WITHIN]",
                        "2026-11-02T12:00:00Z [LAST_GOOD, WITHIN, DAILY, WEEKLY, MONTHLY]");
    }

    @Property(tries = 500)
    void neverDeletesWhatMustStay(
            @ForAll("histories") List<Candidate> history, @ForAll("policies") RetentionPolicy policy) {
        var retention = RetentionRules.decide(history, policy, NOW);

        var good = history.stream().filter(c -> c.state() == State.READY).toList();
        var newestGood = good.stream().max(Comparator.comparing(Candidate::slot).thenComparing(Candidate::id));
        newestGood.ifPresent(last -> assertThat(retention.expired()).doesNotContain(last));
        assertThat(retention.expired()).allSatisfy(candidate -> {
            assertThat(candidate.inUse()).isFalse();
            assertThat(candidate.held()).isFalse();
            assertThat(candidate.state()).isIn(State.READY, State.FAILED);
        });
        if (newestGood.isEmpty()) {
            assertThat(retention.expired().size())
                    .isLessThanOrEqualTo(Math.max(0, failed(history) - RetentionRules.MAX_FAILED_IN_A_ROW));
        }
        var all = new HashSet<>(retention.expired());
        all.addAll(retention.kept().keySet());
        assertThat(all).isEqualTo(Set.copyOf(history));
        assertThat(retention.expired())
                .hasSize(history.size() - retention.kept().size());
    }

    private static int failed(List<Candidate> history) {
        return (int) history.stream()
                .filter(candidate -> candidate.state() == State.FAILED)
                .count();
    }

    /** Deleting what is expired must not make something else expire. */
    @Property(tries = 500)
    void expiresNothingMoreAfterDeleting(
            @ForAll("histories") List<Candidate> history, @ForAll("policies") RetentionPolicy policy) {
        var remaining = new ArrayList<>(history);
        remaining.removeAll(RetentionRules.decide(history, policy, NOW).expired());

        assertThat(RetentionRules.decide(remaining, policy, NOW).expired()).isEmpty();
    }

    /** A policy with more rules keeps at least as much. */
    @Property(tries = 500)
    void keepsNoLessWithAnotherRule(
            @ForAll("histories") List<Candidate> history,
            @ForAll("policies") RetentionPolicy policy,
            @ForAll("policies") RetentionPolicy other) {
        if (policy.keepsEverything() || other.keepsEverything()) {
            return;
        }
        var tiers = new HashMap<>(policy.tiers());
        other.tiers().forEach((tier, count) -> tiers.merge(tier, count, Math::max));
        var both = RetentionPolicyBuilder.builder(policy)
                .last(Math.max(policy.last(), other.last()))
                .within(policy.within().or(other::within))
                .tiers(tiers)
                .build();

        assertThat(RetentionRules.decide(history, policy, NOW).expired())
                .containsAll(RetentionRules.decide(history, both, NOW).expired());
    }

    @Provide
    static Arbitrary<List<Candidate>> histories() {
        var slot = Arbitraries.longs().between(0, 24 * 400).map(hours -> NOW.minus(Duration.ofHours(hours)));
        var state =
                Arbitraries.of(State.READY, State.READY, State.READY, State.FAILED, State.IN_FLIGHT, State.DELETING);
        var flag = Arbitraries.of(false, false, false, false, true);
        return Combinators.combine(slot, state, flag, flag)
                .as((when, word, inUse, held) -> new Candidate(when.toString(), when, "v-1", word, inUse, held))
                .list()
                .ofMaxSize(40)
                .uniqueElements(Candidate::id);
    }

    @Provide
    static Arbitrary<RetentionPolicy> policies() {
        var count = Arbitraries.integers().between(0, 8);
        var within = Arbitraries.integers()
                .between(1, 2000)
                .map(hours -> Duration.ofHours(hours))
                .optional();
        var tiers = Arbitraries.maps(Arbitraries.of(Tier.values()), count);
        return Combinators.combine(count, within, tiers, count)
                .as((last, time, perTier, failed) -> new RetentionPolicy(last, time, perTier, failed, BERLIN));
    }
}
