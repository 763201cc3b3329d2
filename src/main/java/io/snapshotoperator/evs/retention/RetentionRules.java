/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

import io.snapshotoperator.evs.retention.Candidate.State;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which snapshots of one source are kept. Only snapshots that can be restored count for the rules of the policy: otherwise a
 * week of failures would push out the last good one. The last good snapshot of each volume, one that is being created, one whose state is uncertain,
 * one in use and one that is held are kept whatever the policy says. Failed ones are kept until a good one follows, up to a limit.
 */
public final class RetentionRules {
    /** So many failed ones without a newer good one are kept. They restore nothing, and those of each hour would add up. */
    static final int MAX_FAILED_IN_A_ROW = 10;

    private static final Comparator<Candidate> NEWEST_FIRST =
            Comparator.comparing(Candidate::slot).thenComparing(Candidate::id).reversed();

    private RetentionRules() {}

    /**
     * What is kept and what is not.
     *
     * @param kept the reasons of each snapshot that is kept; never empty sets
     * @param expired what no rule keeps, oldest first
     */
    public record Retention(Map<Candidate, Set<Keep>> kept, List<Candidate> expired) {
        public Retention {
            kept = Map.copyOf(kept);
            expired = List.copyOf(expired);
        }
    }

    /** @param all every snapshot of the source; with an incomplete list, the result must not be used to delete */
    public static Retention decide(Collection<Candidate> all, RetentionPolicy policy, Instant now) {
        var reasons = new LinkedHashMap<Candidate, Set<Keep>>();
        var newestFirst = all.stream().sorted(NEWEST_FIRST).toList();
        newestFirst.forEach(candidate -> reasons.put(candidate, always(candidate)));
        keepGood(of(newestFirst, State.READY), policy, now, reasons);
        keepFailed(newestFirst, policy, reasons);

        var kept = new LinkedHashMap<Candidate, Set<Keep>>();
        reasons.forEach((candidate, why) -> {
            if (!why.isEmpty()) {
                kept.put(candidate, Set.copyOf(why));
            }
        });
        var expired = newestFirst.stream()
                .filter(candidate -> !kept.containsKey(candidate))
                .sorted(NEWEST_FIRST.reversed())
                .toList();
        return new Retention(kept, expired);
    }

    private static List<Candidate> of(List<Candidate> newestFirst, State state) {
        return newestFirst.stream()
                .filter(candidate -> candidate.state() == state)
                .toList();
    }

    private static Set<Keep> always(Candidate candidate) {
        var why = EnumSet.noneOf(Keep.class);
        if (candidate.state() == State.IN_FLIGHT) {
            why.add(Keep.IN_FLIGHT);
        }
        if (candidate.state() == State.DELETING) {
            why.add(Keep.DELETING);
        }
        if (candidate.state() == State.UNCERTAIN) {
            why.add(Keep.UNCERTAIN);
        }
        if (candidate.inUse()) {
            why.add(Keep.IN_USE);
        }
        if (candidate.held()) {
            why.add(Keep.HELD);
        }
        return why;
    }

    private static void keepGood(
            List<Candidate> good, RetentionPolicy policy, Instant now, Map<Candidate, Set<Keep>> reasons) {
        var volumes = new HashSet<String>();
        good.stream().filter(candidate -> volumes.add(candidate.volume())).forEach(candidate -> reasons.get(candidate)
                .add(Keep.LAST_GOOD));
        if (policy.keepsEverything()) {
            good.forEach(candidate -> reasons.get(candidate).add(Keep.EVERYTHING));
        }
        good.stream().limit(policy.last()).forEach(candidate -> reasons.get(candidate)
                .add(Keep.LAST));
        policy.within().ifPresent(within -> good.stream()
                .filter(candidate -> candidate.slot().isAfter(now.minus(within)))
                .forEach(candidate -> reasons.get(candidate).add(Keep.WITHIN)));
        policy.tiers().forEach((tier, count) -> {
            var periods = new HashSet<LocalDateTime>();
            for (var candidate : good) {
                if (periods.add(tier.beginOf(candidate.slot().atZone(policy.zone()))) && periods.size() <= count) {
                    reasons.get(candidate).add(Keep.of(tier));
                }
            }
        });
    }

    private static void keepFailed(
            List<Candidate> newestFirst, RetentionPolicy policy, Map<Candidate, Set<Keep>> reasons) {
        var newerGood = false;
        var failed = 0;
        for (var candidate : newestFirst) {
            newerGood |= candidate.state() == State.READY;
            if (candidate.state() != State.FAILED) {
                continue;
            }
            if (!newerGood && failed < MAX_FAILED_IN_A_ROW) {
                reasons.get(candidate).add(Keep.NO_NEWER_GOOD);
            }
            if (failed < policy.failed()) {
                reasons.get(candidate).add(Keep.RECENT_FAILURE);
            }
            failed++;
        }
    }
}
