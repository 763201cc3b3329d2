/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * The snapshot calls of one connection (one endpoint, one project, one set of credentials). Every method sends its request
 * once. It sends it again only if the cloud rejected the token or the access key, and did not act.
 * Every method throws {@link CloudException} if the call fails; {@link CloudException.Kind} says what the caller does then.
 * Safe for use by many threads.
 */
public interface SnapshotClient {

    /**
     * Ensures that a call can be sent now: the project id is known and the token is valid. May log in, and may read the id of a
     * project that is configured by name.
     *
     * @return the location of the snapshots of this connection
     */
    CloudLocation authenticate();

    /**
     * Sends a create request. The API has no idempotency token: two calls create two snapshots. After an exception with {@link
     * CloudException#mayHaveActed()}, the caller must search for the ownership marker before the next call.
     */
    CloudSnapshot create(CreateSnapshotRequest snapshot);

    /** Reads one snapshot; empty if EVS says that it does not exist (a 404 of EVS, never of the gateway). */
    Optional<CloudSnapshot> read(SnapshotId id);

    /** Reads one page of the list with details. */
    Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page);

    /** Changes name or description; empty if EVS says that the snapshot does not exist. */
    Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change);

    /**
     * Sends a delete request. An accepted delete is not a completed delete: the caller reads until the snapshot is absent.
     *
     * @return false if EVS says that the snapshot does not exist
     */
    boolean delete(SnapshotId id);

    /** Returns whether lists of snapshots support paging by marker (Cinder) or only by offset (native). */
    boolean supportsMarkerPaging();
}
