/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;

/**
 * What becomes of a snapshot after its create request is accepted. Without a fault it is {@link #DEFAULT}.
 *
 * @param listedAfter how long lists leave the snapshot out
 * @param readableAfter how long reads by id return 404
 */
record CreateOutcome(End end, boolean keepsMetadata, Duration listedAfter, Duration readableAfter) {

    static final CreateOutcome DEFAULT = new CreateOutcome(End.AVAILABLE, true, Duration.ZERO, Duration.ZERO);

    enum End {
        AVAILABLE,
        ERROR,
        /** The snapshot stays {@code creating}. */
        NEVER
    }

    CreateOutcome withEnd(End other) {
        return new CreateOutcome(other, keepsMetadata, listedAfter, readableAfter);
    }

    CreateOutcome withoutMetadata() {
        return new CreateOutcome(end, false, listedAfter, readableAfter);
    }

    CreateOutcome withListedAfter(Duration lag) {
        return new CreateOutcome(end, keepsMetadata, lag, readableAfter);
    }

    CreateOutcome withReadableAfter(Duration lag) {
        return new CreateOutcome(end, keepsMetadata, listedAfter, lag);
    }
}
