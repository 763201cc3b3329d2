/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * Which part of a list.
 *
 * @param limit 1 to 1000, the most the cloud answers with at once
 * @param offset items to skip; 0 when {@code after} is present
 * @param after the last id of the page before, where the family pages by marker
 */
public record PageRequest(int limit, int offset, Optional<SnapshotId> after) {
    /** EVS reference, "Querying Details About Snapshots": 1..1000, default 1000. */
    public static final int LARGEST = 1000;

    public PageRequest {
        if (limit < 1 || limit > LARGEST) {
            throw new IllegalArgumentException("a page holds 1 to " + LARGEST + " snapshots, not " + limit);
        }
        if (offset < 0 || (offset > 0 && after.isPresent())) {
            throw new IllegalArgumentException("a page begins at an offset of at least 0 or after a marker, not both");
        }
    }
}
