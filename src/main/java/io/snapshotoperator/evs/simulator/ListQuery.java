/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A valid question for many snapshots. Filters are combined with AND and compare exactly (Cinder 12.0.0
 * cinder/db/sqlalchemy/api.py).
 *
 * @param ids empty: any
 * @param ascending oldest first instead of newest first
 * @param marker the id after which the page begins
 */
record ListQuery(
        Optional<String> name,
        Optional<String> status,
        Optional<String> volumeId,
        Optional<String> availabilityZone,
        Set<String> ids,
        int limit,
        int offset,
        Optional<String> marker,
        boolean ascending) {

    ListQuery withoutFilters() {
        return new ListQuery(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                limit,
                offset,
                marker,
                ascending);
    }

    ListQuery withOffset(int other) {
        return new ListQuery(name, status, volumeId, availabilityZone, ids, limit, other, marker, ascending);
    }

    /**
     * One page.
     *
     * @param total how many match, whatever the page
     */
    record Page(List<Snapshot> snapshots, int total) {}
}
