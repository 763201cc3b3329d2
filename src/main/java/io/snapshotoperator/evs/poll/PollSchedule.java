/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;
import java.time.Instant;

/**
 * When the next poll and the next inventory are due. A time that is further ahead than the longest delay stems from a clock that
 * was ahead; it counts as passed. For one thread.
 */
final class PollSchedule {
    /** Polls are due at the configured interval while the youngest snapshot in flight is not older than this. */
    private static final Duration FULL_RATE_MAX_AGE = Duration.ofMinutes(2);

    /** Polls are due at twice the interval while the youngest snapshot in flight is not older than this. */
    private static final Duration HALF_RATE_MAX_AGE = Duration.ofMinutes(10);

    /** The longest interval between polls, and the wait after a failure, as a multiple of the configured interval. */
    private static final int MAX_FACTOR = 5;

    /** The most pages that polls list per configured interval on average. A page has up to 1,000 snapshots. */
    private static final int PAGES_PER_INTERVAL = 4;

    private final PollIntervals intervals;
    private final Jitter jitter;
    private final Duration maxAhead;
    private Instant nextPoll = Instant.MIN;
    private Instant nextUnlistedCheck = Instant.MIN;
    private Instant nextInventory = Instant.MIN;
    private Instant nextResync;

    PollSchedule(PollIntervals intervals, Jitter jitter, Instant now) {
        this.intervals = intervals;
        this.jitter = jitter;
        var longestPoll = intervals.poll().multipliedBy(MAX_FACTOR);
        var longest = longestPoll.compareTo(intervals.resync()) > 0 ? longestPoll : intervals.resync();
        this.maxAhead = longest.multipliedBy(2);
        scheduleResync(now);
    }

    boolean isPollDue(Instant now) {
        return isPassed(nextPoll, now);
    }

    /** Whether the snapshots must be checked whose status word no list filters by. */
    boolean isUnlistedCheckDue(Instant now) {
        return isPassed(nextUnlistedCheck, now);
    }

    boolean isResyncDue(Instant now) {
        return isPassed(nextResync, now);
    }

    /** Whether an inventory may begin: none failed shortly before. */
    boolean mayTakeInventory(Instant now) {
        return isPassed(nextInventory, now);
    }

    private boolean isPassed(Instant time, Instant now) {
        return !now.isBefore(time) || time.isAfter(now.plus(maxAhead));
    }

    /**
     * Schedules the next poll: the interval grows with the age of the youngest snapshot in flight, and with the number of pages
     * that the last poll listed.
     */
    void schedulePoll(Duration youngestAge, int pages, Instant now) {
        var byAge = intervals.poll().multipliedBy(factor(youngestAge));
        var byPages = intervals.poll().multipliedBy(pages).dividedBy(PAGES_PER_INTERVAL);
        nextPoll = now.plus(jitter.spread(byAge.compareTo(byPages) > 0 ? byAge : byPages));
    }

    void scheduleUnlistedCheck(Instant now) {
        nextUnlistedCheck = after(MAX_FACTOR, now);
    }

    void scheduleResync(Instant now) {
        nextResync = now.plus(jitter.spread(intervals.resync()));
    }

    /** Postpones inventories after one that failed or was incomplete. Polls go on. */
    void backOffInventory(Instant now) {
        nextInventory = after(MAX_FACTOR, now);
        if (nextResync.isBefore(nextInventory)) {
            nextResync = nextInventory;
        }
    }

    /** Postpones polls and inventories after a failure. */
    void backOff(Instant now) {
        nextPoll = after(MAX_FACTOR, now);
        backOffInventory(now);
    }

    private Instant after(int factor, Instant now) {
        return now.plus(jitter.spread(intervals.poll().multipliedBy(factor)));
    }

    private static int factor(Duration age) {
        if (age.compareTo(FULL_RATE_MAX_AGE) <= 0) {
            return 1;
        }
        return age.compareTo(HALF_RATE_MAX_AGE) <= 0 ? 2 : MAX_FACTOR;
    }
}
