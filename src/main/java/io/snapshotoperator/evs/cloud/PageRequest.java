/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/**
 * The position and size of one page of a list.
 *
 * @param limit the size of the page, 1 to 1000
 * @param offset the number of items to skip; 0 if {@code after} is present
 * @param after the last id of the previous page, for lists that support marker paging
 */
public record PageRequest(int limit, int offset, Optional<String> after) {
    /** The largest page (EVS API reference, "Querying Details About Snapshots", "… About Disks"). */
    public static final int LARGEST = 1000;

    public PageRequest {
        if (limit < 1 || limit > LARGEST) {
            throw new IllegalArgumentException("the limit of a page is 1 to " + LARGEST + ", not " + limit);
        }
        if (offset < 0 || (offset > 0 && after.isPresent())) {
            throw new IllegalArgumentException("a page starts at an offset of at least 0 or after a marker, not both");
        }
    }
}
