/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a look at the cloud told us. */
public sealed interface Observation {

    /** Nothing was asked, or nothing has changed since it was written down. */
    record Unchanged() implements Observation {}

    /** The snapshot as the cloud described it. */
    record Found(CloudSnapshot snapshot) implements Observation {}

    /** The cloud answered 404 to a read by id. */
    record NotFound() implements Observation {}

    /**
     * The answer to a search.
     *
     * @param matches snapshots whose marker carries our UID
     * @param unmarkedCandidates snapshots of the disk that bear the intended name but no marker at all
     * @param complete whether the look can have missed none
     * @param startedAt when it was begun
     */
    record SearchResult(
            List<CloudSnapshot> matches, List<CloudSnapshot> unmarkedCandidates, boolean complete, Instant startedAt)
            implements Observation {
        public SearchResult {
            matches = List.copyOf(matches);
            unmarkedCandidates = List.copyOf(unmarkedCandidates);
        }
    }

    /** No look yet: no permit, or a shared look is under way. Nothing follows. */
    record Deferred(Cause cause, Duration retryAfter) implements Observation {
        /** Why there was no look. */
        public enum Cause {
            BUDGET,
            POLL_IN_PROGRESS
        }
    }

    /** We could not look, so nothing follows about the snapshot. */
    record Failed(CloudException.Details failure) implements Observation {}
}
