/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.util.Optional;

/** What a road can do to the process at its end and to the world, when a fault asks for it. */
interface FaultActions {
    /** SIGKILL; returns when the process has ended. */
    void kill();

    /** SIGTERM; returns at once. */
    void terminate();

    /** SIGSTOP at once, SIGCONT later; returns at once. */
    void pause(Duration time);

    /** Cuts one of the two roads of this process; returns at once. */
    void cut(Link link, Duration time);

    /** What people do; the object is empty for the Lease. */
    void byHand(FaultType what, Optional<String> object);

    /** The process is about to learn that the intent of this order is written: from now on it may send it. */
    void intentIsKnown(String createId);

    /** Which process is at the end of the road now; every one that is started has another number. */
    int asker();

    /** The process that asked is about to learn the id of the snapshot that it ordered for this object. */
    void idIsKnown(String object, int asker);

    /** The process speaks of this object; {@code failed}: to say that an order for it went wrong. */
    void speaks(Boundary where, String object, boolean failed);
}
