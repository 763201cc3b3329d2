/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.retention.Candidate;
import io.snapshotoperator.evs.retention.RetentionPolicy;
import io.snapshotoperator.evs.retention.RetentionRules;
import io.snapshotoperator.evs.retention.RetentionRules.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Computes what a schedule keeps of one source in the time to come, if every snapshot succeeds at once. Users see it as a plan, and a
 * schedule that keeps more than a volume can have is found before it fails.
 */
public final class RetentionForecast {
    /** Enough for two years of a daily schedule. Each slot takes about a millisecond. */
    private static final int MAX_SLOTS = 800;

    /** A fixed begin, so that the same spec always gives the same result. */
    private static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");

    private final SlotTimes rule;
    private final RetentionPolicy policy;
    private final int limit;

    /** @param limit the number of snapshots that the cloud accepts for one volume */
    public RetentionForecast(SlotTimes rule, RetentionPolicy policy, int limit) {
        this.rule = rule;
        this.policy = policy;
        this.limit = limit;
    }

    /**
     * One slot of the plan.
     *
     * @param slot when the snapshot is taken; the id of each candidate is its slot
     * @param retention what is kept and what is deleted afterwards
     */
    public record Step(Instant slot, Retention retention) {
        /** The snapshots that exist at the same time while the new one is ready and nothing is deleted yet. */
        public int peak() {
            return retention.kept().size() + retention.expired().size();
        }
    }

    /** Returns the plan of all slots after {@code from} until {@code until}. */
    public Stream<Step> steps(Instant from, Instant until) {
        var living = new ArrayList<Candidate>();
        return Stream.iterate(
                        rule.nextAfter(from),
                        slot -> slot.isPresent() && !slot.get().isAfter(until),
                        slot -> slot.flatMap(rule::nextAfter))
                .flatMap(Optional::stream)
                .map(slot -> step(living, slot));
    }

    private Step step(List<Candidate> living, Instant slot) {
        living.add(new Candidate(slot.toString(), slot, "", Candidate.State.READY, false, false));
        var retention = RetentionRules.decide(living, policy, slot);
        living.removeAll(retention.expired());
        return new Step(slot, retention);
    }

    /** The most that the rules can keep at any time. It saves the forecast for small policies. */
    private int mostKept() {
        return policy.keepsEverything() || policy.within().isPresent()
                ? Integer.MAX_VALUE - 1
                : policy.last()
                        + policy.tiers().values().stream()
                                .mapToInt(Integer::intValue)
                                .sum();
    }

    /** Returns why the policy does not fit into the limit of a volume: a sentence with the arithmetic. Empty if it fits. */
    public Optional<String> excess() {
        if (mostKept() + 1 <= limit) {
            return Optional.empty();
        }
        Predicate<Step> tooMany = step -> step.peak() > limit;
        return steps(BEGIN, BEGIN.plus(Duration.ofDays(366L * 3)))
                .limit(MAX_SLOTS)
                .filter(tooMany)
                .findFirst()
                .map(step -> "When a slot is taken, " + (step.peak() - 1)
                        + " snapshots of a volume are kept and one more is" + " created, which makes " + step.peak()
                        + ". The cloud accepts " + limit + " for each volume.");
    }
}
