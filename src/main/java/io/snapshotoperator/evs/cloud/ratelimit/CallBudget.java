/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits how often one connection calls the cloud. A caller never waits for a permit: the budget grants it, or returns the
 * time after which the caller may ask again. The cloud publishes no limit; an error response named 200 calls in five minutes
 * per user. Therefore the rate starts at the configured value. Each throttled response halves it, and it recovers slowly.
 *
 * <p>Calls use three lanes. Each lane has a share of the rate that the other lanes cannot take. Permits that a lane does not
 * use go to a pool that all lanes share. So creates cannot starve the deletes that free a quota, nor the reads that show
 * results. A lane that is used alone gets the whole rate.
 *
 * <p>Within a lane, the namespaces whose callers wait get permits in turns. So the calls of a namespace wait for as many calls as
 * there are other namespaces, however many calls those wait for.
 *
 * <p>While the cloud does not respond at all, only single calls are granted, to find out when it does again.
 *
 * <p>The caller passes the time. Safe for use by many threads.
 */
public final class CallBudget {
    /** Throttling does not reduce the rate below one call in two seconds. */
    private static final double MIN_CALLS_PER_SECOND = 0.5;
    /** The time in which the rate recovers from zero to the full rate. */
    private static final Duration FULL_RECOVERY = Duration.ofMinutes(10);
    /** Several throttled responses within this time count once, because their calls were in flight together. */
    private static final Duration THROTTLE_MERGE_WINDOW = Duration.ofSeconds(2);
    /** The longest time that a caller waits because of the queue; the queue can be empty earlier. */
    private static final Duration MAX_QUEUE_TIME = Duration.ofSeconds(30);
    /** The same during an outage: all callers ask again within half a minute after its end. */
    private static final Duration MAX_OUTAGE_TIME = Duration.ofSeconds(20);
    /** The longest pause, even if the cloud asks for more. */
    private static final Duration MAX_PAUSE = Duration.ofHours(1);
    /** Threads can arrive in another order than they read the clock. A larger difference means a clock that was set back. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);
    /** One call, less the rounding errors of a sum. */
    private static final double ONE_PERMIT = 1 - 1e-6;
    /** The part of the burst that each lane keeps for itself. */
    private static final double LANE_BURST_SHARE = 0.1;

    private final double fullRate;
    private final double fullBurst;
    private final Map<Lane, Double> lanePermits = new EnumMap<>(Lane.class);
    private final Map<Lane, NamespaceTurns> turns = new EnumMap<>(Lane.class);
    private final CreateSuspensions suspensions = new CreateSuspensions();
    private final Outage outage = new Outage();
    private double sharedPermits;
    private double rate;
    private Instant latest;
    private Instant pausedUntil = Instant.MIN;
    private Instant slowedAt = Instant.MIN;
    private Duration throttledTime = Duration.ZERO;

    /**
     * @param callsPerSecond the full rate, more than 0
     * @param burst calls that are allowed at once after a time without calls; with less than one per lane, a few more are
     *     allowed
     */
    public CallBudget(double callsPerSecond, int burst) {
        if (!(callsPerSecond > 0) || burst < 1) {
            throw new IllegalArgumentException("a budget needs more than 0 calls per second and a burst of at least 1");
        }
        fullRate = callsPerSecond;
        fullBurst = burst;
        rate = callsPerSecond;
        for (var lane : Lane.values()) {
            turns.put(lane, new NamespaceTurns());
        }
    }

    /** Returns a budget of ten calls per second, twenty at once. */
    public static CallBudget standard() {
        return new CallBudget(10, 20);
    }

    /** Returns a budget for benchmarks, with a rate that no caller reaches. Throttling, pauses and suspensions still apply. */
    public static CallBudget unlimited() {
        return new CallBudget(1e6, 1_000_000);
    }

    /**
     * Reserves a permit for one call.
     *
     * @param namespace the namespace of the object for which the call is sent; namespaces that wait get permits in turns
     * @param volumeId the volume of a create, whose creates can be suspended; ignored in the other lanes
     */
    public synchronized Reservation reserve(Lane lane, String namespace, Optional<VolumeId> volumeId, Instant time) {
        var now = advance(time);
        if (lane == Lane.CREATE) {
            var suspended = suspensions.endFor(volumeId, now);
            if (suspended.isPresent()) {
                return new Reservation.Denied(
                        Duration.between(now, suspended.get()), Reservation.Denied.Cause.QUOTA_USED_UP, suspended);
            }
        }
        if (now.isBefore(pausedUntil)) {
            var delay = queueDelay(lane, namespace, now, pausedUntil, MAX_QUEUE_TIME);
            return new Reservation.Denied(delay, Reservation.Denied.Cause.PAUSED_BY_CLOUD, Optional.of(pausedUntil));
        }
        var ofLane = lanePermits.get(lane);
        var kept = turns.get(lane).countKeptBefore(namespace, now);
        if (outage.permits(lane, now) && ofLane + sharedPermits >= kept + ONE_PERMIT) {
            turns.get(lane).onGranted(namespace, now);
            outage.onPermit(now);
            lanePermits.put(lane, Math.max(0, ofLane - 1));
            sharedPermits -= Math.max(0, 1 - ofLane);
            return new Reservation.Granted();
        }
        if (outage.isActive()) {
            var delay = queueDelay(lane, namespace, now, outage.nextProbe(now), MAX_OUTAGE_TIME);
            return new Reservation.Denied(delay, Reservation.Denied.Cause.CLOUD_UNAVAILABLE, Optional.empty());
        }
        return new Reservation.Denied(queueDelay(lane, namespace, now, now, MAX_QUEUE_TIME));
    }

    /**
     * Halves the rate, after the cloud said that the operator calls too often.
     *
     * @param retryAfter the time for which the cloud wants no call at all
     */
    public synchronized void onThrottled(Optional<Duration> retryAfter, Instant time) {
        var now = advance(time);
        if (slowedAt.equals(Instant.MIN) || !now.isBefore(slowedAt.plus(THROTTLE_MERGE_WINDOW))) {
            slowedAt = now;
            rate = Math.max(Math.min(MIN_CALLS_PER_SECOND, fullRate), rate / 2);
            for (var lane : Lane.values()) {
                lanePermits.put(lane, 0.0);
            }
            sharedPermits = 0;
        }
        retryAfter.ifPresent(
                wait -> pausedUntil = later(pausedUntil, now.plus(wait.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : wait)));
    }

    /**
     * Records that a call got no response, or that the cloud failed on its side. After several such calls in sequence, only
     * single calls are granted until one gets a response.
     */
    public synchronized void onNoResponse(Instant time) {
        outage.onNoResponse(advance(time));
    }

    /** Records that the cloud responded to a call, also with a rejection. */
    public synchronized void onResponse() {
        outage.onResponse();
    }

    /**
     * Suspends creates, after the cloud said that a quota is used up. Deletes, which free the quota, continue.
     *
     * @param volumeId the volume whose quota is used up; empty for the quota of the whole project
     */
    public synchronized void suspendCreates(Optional<VolumeId> volumeId, Instant until) {
        suspensions.suspend(volumeId, until);
    }

    /** Returns the current rate for a meter, in calls per second; 0 during a pause. */
    public synchronized double callsPerSecond(Instant time) {
        var now = advance(time);
        return now.isBefore(pausedUntil) ? 0 : rate;
    }

    /**
     * Returns the time in which the rate was reduced, because the cloud throttled, and sets it to zero. It is part of this time
     * until the rate has recovered. The time is counted up to the last call of another method.
     */
    public synchronized Duration takeThrottledTime() {
        var taken = throttledTime;
        throttledTime = Duration.ZERO;
        return taken;
    }

    /**
     * Returns the time after which the caller may ask again. Denied callers get increasing times, so that a thousand of them
     * do not come back together and are denied again.
     */
    private Duration queueDelay(Lane lane, String namespace, Instant now, Instant notBefore, Duration longest) {
        var laneRate = rate * (lane.share() + sharesOfIdleLanes(lane));
        var missing = Math.max(0, 1 - lanePermits.get(lane) - sharedPermits);
        var turn = turns.get(lane).onDenied(namespace, now, notBefore, missing, laneRate, longest);
        var wait = Duration.between(now, turn);
        return wait.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : wait;
    }

    private double sharesOfIdleLanes(Lane asking) {
        var shares = 0.0;
        for (var lane : Lane.values()) {
            if (lane != asking && lanePermits.get(lane) >= laneCapacity()) {
                shares += lane.share();
            }
        }
        return shares;
    }

    /** Adds the permits and the recovery of the time since the last call. Returns the time that the budget uses as now. */
    private Instant advance(Instant now) {
        if (latest == null) {
            latest = now;
            for (var lane : Lane.values()) {
                lanePermits.put(lane, laneCapacity());
            }
            sharedPermits = sharedCapacity();
            return now;
        }
        if (now.isBefore(latest)) {
            if (now.plus(CLOCK_TOLERANCE).isBefore(latest)) {
                adjustForClockChange(Duration.between(latest, now));
                return now;
            }
            return latest;
        }
        var from = later(latest, pausedUntil);
        countThrottledTime(latest, from, now);
        latest = now;
        if (from.isBefore(now)) {
            refill(Duration.between(from, now).toNanos() / 1e9);
        }
        suspensions.removeExpired(now);
        return now;
    }

    /** @param recovering from when the rate recovers */
    private void countThrottledTime(Instant since, Instant recovering, Instant now) {
        var recovered = recovering.plusNanos((long) (FULL_RECOVERY.toNanos() * (1 - rate / fullRate)));
        var until = recovered.isBefore(now) ? recovered : now;
        if (until.isAfter(since)) {
            throttledTime = throttledTime.plus(Duration.between(since, until));
        }
    }

    private void refill(double seconds) {
        var before = rate;
        var recovered = fullRate * seconds / FULL_RECOVERY.toSeconds();
        rate = Math.min(fullRate, rate + recovered);
        var inflow = (before + rate) / 2 * seconds;
        var overflow = 0.0;
        for (var lane : Lane.values()) {
            var level = lanePermits.get(lane) + inflow * lane.share();
            overflow += Math.max(0, level - laneCapacity());
            lanePermits.put(lane, Math.min(level, laneCapacity()));
        }
        sharedPermits = Math.min(sharedCapacity(), sharedPermits + overflow);
        if (sharedPermits >= sharedCapacity() && !outage.isActive()) {
            // The pool is full, so no caller waits any more. In an outage they wait although it is.
            turns.values().forEach(NamespaceTurns::shortenQueues);
        }
    }

    /** Prevents that a clock that is set back turns a pause of seconds into one of hours. */
    private void adjustForClockChange(Duration by) {
        latest = latest.plus(by);
        pausedUntil = shifted(pausedUntil, by);
        slowedAt = shifted(slowedAt, by);
        suspensions.shift(by);
        outage.shift(by);
        turns.values().forEach(ofLane -> ofLane.shift(by));
    }

    private double laneCapacity() {
        return Math.max(1, LANE_BURST_SHARE * burst());
    }

    private double sharedCapacity() {
        return Math.max(1, burst() - Lane.values().length * laneCapacity());
    }

    /** Returns the burst in proportion to the rate: a slowed connection must not send a full burst. */
    private double burst() {
        return fullBurst * rate / fullRate;
    }

    private static Instant shifted(Instant instant, Duration by) {
        return instant.equals(Instant.MIN) ? instant : instant.plus(by);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
