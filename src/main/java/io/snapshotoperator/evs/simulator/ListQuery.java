/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A valid list request.
 *
 * @param marker the id after which the page begins
 * @param ascending oldest first instead of newest first
 */
record ListQuery(Filter filter, int limit, int offset, Optional<String> marker, boolean ascending) {

    /**
     * Selects snapshots. Filters are combined with AND and compare exactly (Cinder 12.0.0 cinder/db/sqlalchemy/api.py).
     *
     * @param ids empty: any
     */
    record Filter(
            Optional<String> name,
            Optional<String> status,
            Optional<String> volumeId,
            Optional<String> availabilityZone,
            Set<String> ids) {

        static final Filter NONE =
                new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());
    }

    /**
     * One page.
     *
     * @param total the number of matching snapshots on all pages
     */
    record Page(List<Snapshot> snapshots, int total) {}

    ListQuery withoutFilters() {
        return new ListQuery(Filter.NONE, limit, offset, marker, ascending);
    }

    ListQuery withLimit(int other) {
        return new ListQuery(filter, other, offset, marker, ascending);
    }

    ListQuery withOffset(int other) {
        return new ListQuery(filter, limit, other, marker, ascending);
    }
}
