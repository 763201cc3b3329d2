/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import java.time.Duration;
import java.time.Instant;

/** When the next poll and the next resync are due. For one thread. */
final class PollSchedule {
    /** Polls are due at the configured interval while the youngest snapshot in flight is not older than this. */
    private static final Duration FULL_RATE_MAX_AGE = Duration.ofMinutes(2);

    /** Polls are due at twice the interval while the youngest snapshot in flight is not older than this. */
    private static final Duration HALF_RATE_MAX_AGE = Duration.ofMinutes(10);

    /** The longest interval between polls, and the wait after a failure, as a multiple of the configured interval. */
    private static final int MAX_FACTOR = 5;

    private final PollIntervals intervals;
    private final Jitter jitter;
    private Instant nextPoll = Instant.MIN;
    private Instant nextResync;

    PollSchedule(PollIntervals intervals, Jitter jitter, Instant now) {
        this.intervals = intervals;
        this.jitter = jitter;
        scheduleResync(now);
    }

    boolean isPollDue(Instant now) {
        return !now.isBefore(nextPoll);
    }

    boolean isResyncDue(Instant now) {
        return !now.isBefore(nextResync);
    }

    /** Schedules the next poll: the interval grows with the age of the youngest snapshot in flight. */
    void schedulePoll(Duration youngestAge, Instant now) {
        nextPoll = after(factor(youngestAge), now);
    }

    void scheduleResync(Instant now) {
        nextResync = now.plus(jitter.spread(intervals.resync()));
    }

    /** Postpones poll and resync after a failure. */
    void backOff(Instant now) {
        nextPoll = after(MAX_FACTOR, now);
        if (nextResync.isBefore(nextPoll)) {
            nextResync = nextPoll;
        }
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
