/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this process remembers of the orders to create that could be under way, its own and its predecessors'. A memory
 * that only ever forbids: losing it costs a look, never a snapshot. One of the two exceptions to "a pass knows only the
 * object and the cloud".
 *
 * <p>Methods take the time they need; the class reads no clock. Safe for use by many threads.
 */
public final class CreateGuard {

    /**
     * How this process came to lead.
     *
     * @param at when
     * @param predecessorDrained whether no predecessor can have an order under way: it released the lease after its last order was
     *     answered and settled, or there was none
     * @param preexistingUids UIDs of all objects in a consistent list taken after the lease was gained
     */
    public record LeaderTermStart(Instant at, boolean predecessorDrained, Set<String> preexistingUids) {
        public LeaderTermStart {
            preexistingUids = Set.copyOf(preexistingUids);
        }
    }

    private record SentCreate(Instant startedAt, Optional<Instant> ambiguousUntil) {}

    private final LeaderTermStart termStart;
    private final Duration settleTime;
    private final Map<String, SentCreate> sent = new HashMap<>();
    private int open;
    private Instant lastAmbiguous = Instant.MIN;

    /** @param settle how long an order may be under way at most before it reaches the cloud */
    public CreateGuard(LeaderTermStart termStart, Duration settleTime) {
        this.termStart = termStart;
        this.settleTime = settleTime;
    }

    /**
     * Whether no order for this object can have been made before: it came into being after the lease was gained, and
     * this process has sent nothing for it. The caller adds the third condition, that the version to which the intent is
     * locked bears no intent and no id.
     */
    public synchronized boolean hasNoPriorCreate(String uid) {
        return !sent.containsKey(uid) && !termStart.preexistingUids().contains(uid);
    }

    /**
     * When the last order that could still be under way for this object will have arrived. Only a look begun then or
     * later can conclude that there is nothing.
     *
     * @param settled whether it is recorded what became of the order that the object's intent names ({@link
     *     RecordedState#lastCreateOutcomeIsRecorded()}): then no predecessor can have another one under way, because it would have had
     *     to write another intent first
     */
    public synchronized Instant absenceProvableFrom(String uid, boolean settled) {
        var inherited = termStart.predecessorDrained()
                        || settled
                        || !termStart.preexistingUids().contains(uid)
                ? termStart.at()
                : termStart.at().plus(settleTime);
        var own = sent.get(uid);
        if (own == null) {
            return inherited;
        }
        var mine = own.ambiguousUntil().orElse(own.startedAt());
        return mine.isAfter(inherited) ? mine : inherited;
    }

    /**
     * The last word before an order leaves: takes the licence, or says that there is none.
     *
     * @param searched when the look that found nothing was begun; empty claims that this is the first order
     * @return whether the order may be sent; if so, {@link #complete} must follow
     */
    public synchronized boolean tryAcquire(String uid, Optional<Instant> searched, boolean settled, Instant now) {
        var allowed = searched.map(startedAt -> !startedAt.isBefore(absenceProvableFrom(uid, settled))
                        && Optional.ofNullable(sent.get(uid))
                                .map(own -> startedAt.isAfter(own.startedAt()))
                                .orElse(true))
                .orElseGet(() -> hasNoPriorCreate(uid));
        if (!allowed) {
            return false;
        }
        // Until the answer is in, the order may arrive at any time: a thread that dies here leaves it forbidden.
        sent.put(uid, new SentCreate(now, Optional.of(Instant.MAX)));
        open++;
        return true;
    }

    /**
     * The order was answered, or given up.
     *
     * @param definite whether it is certain that nothing of it is under way: an id in hand, or a definite refusal
     */
    public synchronized void complete(String uid, boolean definite, Instant now) {
        open--;
        var until = definite ? Optional.<Instant>empty() : Optional.of(now.plus(settleTime));
        sent.put(uid, new SentCreate(now, until));
        if (!definite && now.isAfter(lastAmbiguous)) {
            lastAmbiguous = now;
        }
    }

    /** The object is gone for good. */
    public synchronized void forget(String uid) {
        sent.remove(uid);
    }

    /** Whether the lease may be released as drained: nothing open, nothing ambiguous or inherited still under way. */
    public synchronized boolean isDrained(Instant now) {
        return open == 0
                && !now.isBefore(lastAmbiguous.equals(Instant.MIN) ? now : lastAmbiguous.plus(settleTime))
                && (termStart.predecessorDrained()
                        || !now.isBefore(termStart.at().plus(settleTime)));
    }

    /** Orders that were sent and not answered yet. */
    public synchronized int inFlight() {
        return open;
    }
}
