/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * The snapshot calls of one connection (one endpoint, one project, one set of credentials). Every method talks to the
 * cloud once, or twice when the first answer said that the token had run out; none retries otherwise. Every method
 * throws {@link CloudException} when the cloud did not answer as hoped; what the caller should do then is in {@link
 * CloudException.Kind}. Safe for use by many threads.
 */
public interface SnapshotClient {

    /**
     * Makes certain that a call could be sent now: configuration read, project id known, token valid. May log in, and
     * may look up the id of a project given by name.
     *
     * @return where this connection's snapshots live
     */
    CloudLocation authenticate();

    /**
     * Orders a snapshot. There is no idempotency key: calling this twice makes two snapshots. When the exception says
     * {@link CloudException#mayHaveActed()}, look for the marker before ever calling again.
     */
    CloudSnapshot create(CreateSnapshotRequest snapshot);

    /** Reads one snapshot; empty when the cloud said that there is none (an EVS 404, never the gateway's). */
    Optional<CloudSnapshot> read(SnapshotId id);

    /** Reads one page of the list with details. */
    SnapshotPage list(SnapshotFilter filter, PageRequest page);

    /** Changes name or description; empty when the cloud said that there is no such snapshot. */
    Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change);

    /**
     * Asks for deletion. Accepted is not gone: read until the snapshot is absent.
     *
     * @return false when the cloud said that there is no such snapshot
     */
    boolean delete(SnapshotId id);

    /** Whether lists can be paged by marker (Cinder) or only by offset (native). */
    boolean supportsMarkerPaging();
}
