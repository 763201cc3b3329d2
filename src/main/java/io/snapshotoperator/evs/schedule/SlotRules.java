/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides which slot of a schedule is due. At most one slot is due: the last one. Earlier ones that were missed are not made up for,
 * because ten snapshots of the same moment are of no use. The cost does not depend on how many were missed.
 */
public final class SlotRules {
    private SlotRules() {}

    /**
     * The state of a schedule.
     *
     * @param rule when the slots are
     * @param after only slots after this instant count: the creation of the schedule, the last change of its rule, or the last slot
     *     that was completed or given up, whichever is latest
     * @param delay how much later than the slot its children are created, see {@link Spread}
     * @param startingDeadline how long after the delay the children of the slot can still be created
     * @param suspended whether a user stopped the schedule
     */
    public record Input(
            SlotTimes rule, Instant after, Duration delay, Duration startingDeadline, boolean suspended, Instant now) {}

    /**
     * What the slots are now.
     *
     * @param due the slot whose children are to be created now
     * @param missed the last slot, if its deadline has passed
     * @param next the next slot; its children are created after the delay. Empty if there is none
     */
    public record Slots(Optional<Instant> due, Optional<Instant> missed, Optional<Instant> next) {}

    public static Slots decide(Input input) {
        var begun = input.now().minus(input.delay());
        var last = input.rule().lastUntil(begun).filter(slot -> slot.isAfter(input.after()));
        var next = input.rule().nextAfter(begun.isAfter(input.after()) ? begun : input.after());
        if (input.suspended()) {
            return new Slots(Optional.empty(), Optional.empty(), next);
        }
        var open = last.filter(slot -> !begun.isAfter(slot.plus(input.startingDeadline())));
        return new Slots(open, open.isPresent() ? Optional.empty() : last, next);
    }
}
