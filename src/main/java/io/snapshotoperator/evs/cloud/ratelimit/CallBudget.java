/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often one connection may call the cloud. Nobody waits here: a caller gets leave at once, or is told when to come
 * again. The cloud publishes no limit (200 calls in five minutes per user were seen), so the rate starts at what was
 * configured, is halved by every throttled answer, and recovers slowly.
 *
 * <p>Calls run in three lanes. Each has a share of the rate that the others cannot take, and what a lane leaves unused
 * flows into a common store for all of them; so creates can starve neither the deletes that would free a quota nor the
 * looks that tell what became of them, while a lane that is alone has the whole rate.
 *
 * <p>Pure but for its memory: the time is passed in. Safe for use by many threads.
 */
public final class CallBudget {

    /** What a call is for. */
    public enum Lane {
        CREATE(0.3),
        /** Deletes, and changes of name or description. */
        DELETE(0.3),
        READ(0.4);

        private final double share;

        Lane(double share) {
            this.share = share;
        }
    }

    /** Calls per second below which throttling does not push the rate: one in two seconds. */
    private static final double MIN_CALLS_PER_SECOND = 0.5;
    /** From a standstill to the full rate. */
    private static final Duration FULL_RECOVERY = Duration.ofMinutes(10);
    /** Throttled answers to calls that were under way together count once. */
    private static final Duration THROTTLE_MERGE_WINDOW = Duration.ofSeconds(2);
    /** Nobody is sent away for longer because of a queue: it may have dissolved meanwhile. */
    private static final Duration MAX_QUEUE_TIME = Duration.ofSeconds(30);
    /** A cloud that asks for more is asked again all the same. */
    private static final Duration MAX_PAUSE = Duration.ofHours(1);
    /** Threads that read the clock one after the other may come here in another order; more is a clock set back. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);
    /** One call, and what is lost in adding up its parts. */
    private static final double ONE_PERMIT = 1 - 1e-6;
    /** Part of the burst that a lane keeps for itself. */
    private static final double LANE_BURST_SHARE = 0.1;

    private final double fullRate;
    private final double fullBurst;
    private final Map<Lane, Double> own = new EnumMap<>(Lane.class);
    private final Map<Lane, Instant> queueEnds = new EnumMap<>(Lane.class);
    private final Map<VolumeId, Instant> suspendedVolumes = new HashMap<>();
    private double common;
    private double rate;
    private Instant last;
    private Instant pausedUntil = Instant.MIN;
    private Instant slowedAt = Instant.MIN;
    private Instant closedUntil = Instant.MIN;

    /**
     * @param callsPerSecond the full rate, more than 0
     * @param burst calls that may be made at once after a rest; a few more where this is less than one per lane
     */
    public CallBudget(double callsPerSecond, int burst) {
        if (!(callsPerSecond > 0) || burst < 1) {
            throw new IllegalArgumentException("a budget needs more than 0 calls per second and a burst of at least 1");
        }
        fullRate = callsPerSecond;
        fullBurst = burst;
        rate = callsPerSecond;
    }

    /** Ten calls per second, twenty at once. */
    public static CallBudget standard() {
        return new CallBudget(10, 20);
    }

    /** For measuring: a rate that nobody reaches. Throttling, pauses and closed lanes count all the same. */
    public static CallBudget unlimited() {
        return new CallBudget(1e6, 1_000_000);
    }

    /**
     * Asks for leave to make one call.
     *
     * @param volumeId the disk that a create is for; it may be closed. Otherwise of no meaning
     */
    public synchronized Reservation reserve(Lane lane, Optional<VolumeId> volumeId, Instant asked) {
        var now = advance(asked);
        if (lane == Lane.CREATE) {
            var opens = closedUntil(volumeId);
            if (now.isBefore(opens)) {
                return new Reservation.Denied(Duration.between(now, opens));
            }
        }
        var mine = own.get(lane);
        if (!now.isBefore(pausedUntil) && mine + common >= ONE_PERMIT) {
            own.put(lane, Math.max(0, mine - 1));
            common -= Math.max(0, 1 - mine);
            return new Reservation.Granted();
        }
        return new Reservation.Denied(queueDelay(lane, now));
    }

    /**
     * The cloud said that we call too often: everyone slows down.
     *
     * @param retryAfter how long it asked us to stay away altogether
     */
    public synchronized void onThrottled(Optional<Duration> retryAfter, Instant heard) {
        var now = advance(heard);
        if (slowedAt.equals(Instant.MIN) || !now.isBefore(slowedAt.plus(THROTTLE_MERGE_WINDOW))) {
            slowedAt = now;
            rate = Math.max(Math.min(MIN_CALLS_PER_SECOND, fullRate), rate / 2);
            for (var lane : Lane.values()) {
                own.put(lane, 0.0);
            }
            common = 0;
        }
        retryAfter.ifPresent(
                wait -> pausedUntil = later(pausedUntil, now.plus(wait.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : wait)));
    }

    /**
     * Closes the lane of creates after a quota was found used up; deletes, which would free it, go on.
     *
     * @param volumeId the disk whose quota it is; empty for the whole project
     */
    public synchronized void suspendCreates(Optional<VolumeId> volumeId, Instant until) {
        volumeId.ifPresentOrElse(
                id -> suspendedVolumes.merge(id, until, CallBudget::later),
                () -> closedUntil = later(closedUntil, until));
    }

    /** The rate as of now, for a meter: calls per second, 0 while paused. */
    public synchronized double callsPerSecond(Instant asked) {
        var now = advance(asked);
        return now.isBefore(pausedUntil) ? 0 : rate;
    }

    private Instant closedUntil(Optional<VolumeId> volumeId) {
        return volumeId.map(suspendedVolumes::get)
                .map(until -> later(until, closedUntil))
                .orElse(closedUntil);
    }

    /**
     * When to come again. Those who are sent away are lined up one behind the other, so that a thousand of them do not
     * come back together only to be sent away again.
     */
    private Duration queueDelay(Lane lane, Instant now) {
        var flow = rate * (lane.share + unused(lane));
        var from = later(now, pausedUntil);
        var missing = Math.max(0, 1 - own.get(lane) - common);
        var first = from.plus(seconds(missing / flow));
        var turn = later(first, queueEnds.getOrDefault(lane, Instant.MIN));
        var latest = first.plus(MAX_QUEUE_TIME);
        if (turn.isAfter(latest)) {
            turn = latest;
        }
        queueEnds.put(lane, turn.plus(seconds(1 / flow)));
        var wait = Duration.between(now, turn);
        return wait.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : wait;
    }

    /** The shares of the lanes that do not use theirs just now. */
    private double unused(Lane asking) {
        var shares = 0.0;
        for (var lane : Lane.values()) {
            if (lane != asking && own.get(lane) >= laneCapacity()) {
                shares += lane.share;
            }
        }
        return shares;
    }

    /** Lets time pass: fills the stores, lets the rate recover. Returns the time to go by. */
    private Instant advance(Instant now) {
        if (last == null) {
            last = now;
            for (var lane : Lane.values()) {
                own.put(lane, laneCapacity());
            }
            common = sharedCapacity();
            return now;
        }
        if (now.isBefore(last)) {
            if (now.plus(CLOCK_TOLERANCE).isBefore(last)) {
                adjustForClockChange(Duration.between(last, now));
                return now;
            }
            return last;
        }
        var began = later(last, pausedUntil);
        last = now;
        if (began.isBefore(now)) {
            refill(Duration.between(began, now).toNanos() / 1e9);
        }
        suspendedVolumes.values().removeIf(until -> !now.isBefore(until));
        return now;
    }

    private void refill(double seconds) {
        var before = rate;
        var recovered = fullRate * seconds / FULL_RECOVERY.toSeconds();
        rate = Math.min(fullRate, rate + recovered);
        var inflow = (before + rate) / 2 * seconds;
        var spilt = 0.0;
        for (var lane : Lane.values()) {
            var level = own.get(lane) + inflow * lane.share;
            spilt += Math.max(0, level - laneCapacity());
            own.put(lane, Math.min(level, laneCapacity()));
        }
        common = Math.min(sharedCapacity(), common + spilt);
        if (common >= sharedCapacity()) {
            // Nobody takes what there is, so nobody waits any more.
            queueEnds.clear();
        }
    }

    /** A clock set back must not turn a pause of seconds into one of hours. */
    private void adjustForClockChange(Duration by) {
        last = last.plus(by);
        pausedUntil = moved(pausedUntil, by);
        slowedAt = moved(slowedAt, by);
        closedUntil = moved(closedUntil, by);
        suspendedVolumes.replaceAll((volumeId, until) -> moved(until, by));
        queueEnds.replaceAll((lane, end) -> moved(end, by));
    }

    private double laneCapacity() {
        return Math.max(1, LANE_BURST_SHARE * burst());
    }

    private double sharedCapacity() {
        return Math.max(1, burst() - Lane.values().length * laneCapacity());
    }

    /** A slowed connection must not burst as if it were not. */
    private double burst() {
        return fullBurst * rate / fullRate;
    }

    private static Instant moved(Instant instant, Duration by) {
        return instant.equals(Instant.MIN) ? instant : instant.plus(by);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) Math.ceil(seconds * 1e9));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
