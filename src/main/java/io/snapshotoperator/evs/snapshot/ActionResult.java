/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.time.Duration;

/** What became of an order. */
public sealed interface ActionResult {

    /** A create or a change was taken; this is what the cloud described. */
    record Succeeded(CloudSnapshot snapshot) implements ActionResult {}

    /** A delete was accepted, which is not yet a deletion. */
    record DeleteAccepted() implements ActionResult {}

    /** There is no such snapshot. */
    record NotFound() implements ActionResult {}

    /** The cloud refused, or its answer was lost: {@code why.mayHaveActed()} tells which. */
    record Failed(CloudException.Details failure) implements ActionResult {}

    /** Nothing was sent. */
    record NotSent(Cause cause, Duration retryAfter) implements ActionResult {
        /** Why an order stayed here. */
        public enum Cause {
            /** The call budget is used up. */
            BUDGET,
            /** Another order for the same disk is under way in this process. */
            VOLUME_BUSY,
            /** The lease could run out before the order's answer, or no licence could be had: look again. */
            NO_LICENCE,
            /** The object changed meanwhile; the next pass begins with what it is now. */
            CONFLICT
        }
    }
}
