/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.retention.Candidate;
import java.util.Objects;

/**
 * A request that a schedule created.
 *
 * @param candidate its state; the id is the name of the request
 * @param uid of the request
 * @param source the key of its source
 * @param hasSnapshot whether the cloud has a snapshot of it, or may have one soon. It counts for the limit of the volume
 * @param rejectedAsFull whether the cloud creates no snapshot for it, because the volume has too many or a quota is used up. The request
 *     tries again until there is room
 * @param retried whether it failed without a snapshot and still tries again. It creates a snapshot as soon as the cause is gone
 * @param missing whether the cloud no longer has its snapshot
 */
public record Child(
        Candidate candidate,
        String uid,
        String source,
        boolean hasSnapshot,
        boolean rejectedAsFull,
        boolean retried,
        boolean missing) {
    public Child {
        Objects.requireNonNull(candidate);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(source);
    }

    boolean isIn(Candidate.State state) {
        return candidate.state() == state;
    }
}
