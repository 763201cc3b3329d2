/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import java.time.Instant;
import java.util.Optional;

/** The slots of a rule, such as a cron expression in a time zone. Both methods must take a time that does not depend on the instant. */
public interface SlotTimes {
    /** Returns the first slot after this instant; empty if there is none. */
    Optional<Instant> nextAfter(Instant instant);

    /** Returns the last slot that is not after this instant; empty if there is none. */
    Optional<Instant> lastUntil(Instant instant);
}
