/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Denies a create request while an earlier one for the same object may still complete. It keeps the create requests
 * of this process, and the start of its leader term for those of earlier leaders. This state can only deny: without it,
 * the operator searches once more before it creates.
 *
 * <p>Callers pass the time; the class reads no clock. Safe for use by many threads.
 */
public final class CreateGuard {

    /**
     * The start of a leader term.
     *
     * @param at the time at which this process became the leader
     * @param predecessorDrained whether no earlier leader can have a create request in flight: it released the Lease as
     *     drained, or there was none
     * @param preexistingUids the UIDs of all objects in a consistent list that started after this process became the
     *     leader
     */
    public record LeaderTermStart(Instant at, boolean predecessorDrained, Set<String> preexistingUids) {
        public LeaderTermStart {
            preexistingUids = Set.copyOf(preexistingUids);
        }
    }

    /**
     * @param updatedAt the start of the call, and later its end
     * @param ambiguousUntil the time until which the call may still complete; empty if it cannot
     */
    private record SentCreate(Instant updatedAt, Optional<Instant> ambiguousUntil) {}

    private final LeaderTermStart termStart;
    private final Duration settleTime;
    private final Map<String, SentCreate> sent = new HashMap<>();
    private int inFlight;
    private Instant lastAmbiguous = Instant.MIN;

    /** @param settleTime the longest time from the start of a create request until the cloud acts on it */
    public CreateGuard(LeaderTermStart termStart, Duration settleTime) {
        this.termStart = termStart;
        this.settleTime = settleTime;
    }

    /**
     * Whether no create request for this object can have been sent before: the object was created during this leader
     * term, and this process has sent none. The caller checks the third condition: the resource version to which the
     * intent is locked contains no intent and no snapshot id.
     */
    public synchronized boolean hasNoPriorCreate(String uid) {
        return !sent.containsKey(uid) && !termStart.preexistingUids().contains(uid);
    }

    /**
     * Returns the time after which no earlier create request for this object can complete. Only a search that starts
     * then or later proves that there is no snapshot.
     *
     * @param outcomeRecorded whether the object records the outcome of the create request that its intent names. Then
     *     no earlier leader can have another one in flight, because it must write another intent first.
     */
    public synchronized Instant absenceProvableFrom(String uid, boolean outcomeRecorded) {
        var inherited = termStart.predecessorDrained()
                        || outcomeRecorded
                        || !termStart.preexistingUids().contains(uid)
                ? termStart.at()
                : termStart.at().plus(settleTime);
        var own = sent.get(uid);
        if (own == null) {
            return inherited;
        }
        var ownUntil = own.ambiguousUntil().orElse(own.updatedAt());
        return ownUntil.isAfter(inherited) ? ownUntil : inherited;
    }

    /**
     * Allows or denies a create request. This is the last check before it is sent.
     *
     * @param searchStartedAt the start of the search that found nothing; empty for the first create request
     * @param outcomeRecorded as for {@link #absenceProvableFrom}
     * @return whether the caller may send it; if so, it must call {@link #complete} afterwards
     */
    public synchronized boolean tryAcquire(
            String uid, Optional<Instant> searchStartedAt, boolean outcomeRecorded, Instant now) {
        var allowed = searchStartedAt
                .map(startedAt -> !startedAt.isBefore(absenceProvableFrom(uid, outcomeRecorded))
                        && Optional.ofNullable(sent.get(uid))
                                .map(own -> startedAt.isAfter(own.updatedAt()))
                                .orElse(true))
                .orElseGet(() -> hasNoPriorCreate(uid));
        if (!allowed) {
            return false;
        }
        // The cloud can act at any time until the call ends. If the thread dies, the guard denies all further requests.
        sent.put(uid, new SentCreate(now, Optional.of(Instant.MAX)));
        inFlight++;
        return true;
    }

    /**
     * Records the end of a create request that {@link #tryAcquire} allowed.
     *
     * @param definite whether the request can no longer complete: the response contains an id, the cloud rejected it,
     *     or it was not sent
     */
    public synchronized void complete(String uid, boolean definite, Instant now) {
        inFlight--;
        var until = definite ? Optional.<Instant>empty() : Optional.of(now.plus(settleTime));
        sent.put(uid, new SentCreate(now, until));
        if (!definite && now.isAfter(lastAmbiguous)) {
            lastAmbiguous = now;
        }
    }

    /** Removes the state of an object that no longer exists. */
    public synchronized void remove(String uid) {
        sent.remove(uid);
    }

    /** Whether no create request of this process or of an earlier leader may still complete: the Lease can say so. */
    public synchronized boolean isDrained(Instant now) {
        return inFlight == 0
                && !now.isBefore(lastAmbiguous.equals(Instant.MIN) ? now : lastAmbiguous.plus(settleTime))
                && (termStart.predecessorDrained()
                        || !now.isBefore(termStart.at().plus(settleTime)));
    }

    /** Returns the number of create requests that have not ended. */
    public synchronized int inFlight() {
        return inFlight;
    }
}
