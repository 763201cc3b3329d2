/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.List;

/**
 * What becomes of a snapshot or volume after its create request is accepted. Without a fault it is {@link #DEFAULT}.
 *
 * @param listedAfter how long lists leave the snapshot out
 * @param readableAfter how long reads by id return 404
 */
record CreateOutcome(End end, boolean keepsMetadata, Duration listedAfter, Duration readableAfter) {

    static final CreateOutcome DEFAULT = new CreateOutcome(End.AVAILABLE, true, Duration.ZERO, Duration.ZERO);

    enum End {
        AVAILABLE,
        ERROR,
        /** The object stays {@code creating}. */
        NEVER
    }

    static CreateOutcome of(List<FaultRule> faults) {
        var outcome = DEFAULT;
        for (var rule : faults) {
            outcome = switch (rule.fault()) {
                case SNAPSHOT_ENDS_IN_ERROR, VOLUME_ENDS_IN_ERROR -> outcome.withEnd(End.ERROR);
                case STUCK_CREATING -> outcome.withEnd(End.NEVER);
                case MARKER_NOT_KEPT -> outcome.withoutMetadata();
                case LISTING_LAGS -> outcome.withListedAfter(rule.delay());
                case READ_SEES_404_FOR -> outcome.withReadableAfter(rule.delay());
                default -> outcome;
            };
        }
        return outcome;
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
