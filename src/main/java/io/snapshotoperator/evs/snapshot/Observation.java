/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.createonce.PermitDenial;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the operator observed in the cloud. */
public sealed interface Observation {

    /** The operator made no observation, or the cloud shows what the status records. */
    record Unchanged() implements Observation {}

    /** The cloud described the snapshot. */
    record Found(CloudSnapshot snapshot) implements Observation {}

    /** The cloud responded to a read by id with 404. */
    record NotFound() implements Observation {}

    /**
     * The result of a search by ownership marker.
     *
     * @param matches the snapshots whose marker contains the UID of the object, of any installation
     * @param unmarkedCandidates the snapshots of the volume that have the intended name but no marker
     * @param complete whether the search cannot have missed a snapshot
     * @param startedAt the start of the search
     */
    record SearchResult(
            List<CloudSnapshot> matches, List<CloudSnapshot> unmarkedCandidates, boolean complete, Instant startedAt)
            implements Observation {
        public SearchResult {
            matches = List.copyOf(matches);
            unmarkedCandidates = List.copyOf(unmarkedCandidates);
        }

        SearchResult withMatches(List<CloudSnapshot> other) {
            return new SearchResult(other, unmarkedCandidates, complete, startedAt);
        }

        /**
         * Returns this result with a snapshot that was read by id in place of the match with the same id. A shared
         * inventory can be older than the read, and a list can lag behind it.
         */
        public SearchResult withRead(CloudSnapshot read) {
            var current = matches.stream()
                    .map(match -> match.id().equals(read.id()) ? read : match)
                    .toList();
            return withMatches(current);
        }
    }

    /**
     * The operator has not observed the cloud yet. Nothing follows about the snapshot.
     *
     * @param denial why the observation got no permit; empty if the poller lists the snapshots now, and its result serves
     *     this object too
     */
    record Deferred(Optional<PermitDenial> denial, Duration retryAfter) implements Observation {
        /** The observation got no permit. */
        public static Deferred denied(PermitDenial denial) {
            return new Deferred(Optional.of(denial), denial.retryAfter());
        }

        /** The poller lists the snapshots now. */
        public static Deferred untilPolled(Duration retryAfter) {
            return new Deferred(Optional.empty(), retryAfter);
        }
    }

    /** The observation failed. Nothing follows about the snapshot. */
    record Failed(CloudException.Details failure) implements Observation {}
}
