/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.time.Duration;
import java.util.Optional;

/**
 * What a proxy can do when a fault asks for it: to the process at its end, to the links of that process, and to the objects
 * of users. The proxy also publishes here what the process is about to learn.
 */
interface FaultActions {
    /** Sends SIGKILL, and returns when the process has ended. */
    void kill();

    /** Sends SIGTERM, and returns at once. */
    void terminate();

    /** Sends SIGSTOP at once and SIGCONT later, and returns at once. */
    void pause(Duration time);

    /** Cuts one of the two links of this process, and returns at once. */
    void cut(Link link, Duration time);

    /** Does what a user can do. The object is empty for the Lease. */
    void actAsUser(FaultType action, Optional<String> object);

    /** The process is about to learn that the create intent is written. From now on it can send the create request. */
    void intentIsWritten(String createId);

    /** The number of the process at the end of the link now. Each process that is started has another number. */
    int processNumber();

    /** The process with this number is about to learn the id of the snapshot that it created for this object. */
    void idIsKnown(String object, int processNumber);

    /** The process sends a request about this object. {@code failed}: the request records a failed attempt. */
    void requestSent(Boundary where, String object, boolean failed);
}
