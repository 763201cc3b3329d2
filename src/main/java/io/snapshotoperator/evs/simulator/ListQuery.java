/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A valid list request for snapshots or volumes.
 *
 * @param marker the id after which the page begins
 * @param sorts the first sorts; each other sorts what the ones before it leave equal
 */
record ListQuery(Filter filter, int limit, int offset, Optional<String> marker, List<Sort> sorts) {

    /**
     * Selects objects. Filters are combined with AND and compare exactly (Cinder 12.0.0 cinder/db/sqlalchemy/api.py).
     *
     * @param multiattach only of volumes
     * @param ids empty: any
     * @param matchesNothing whether a filter names something that no object of the simulator has
     */
    record Filter(
            Optional<String> name,
            Optional<String> status,
            Optional<String> volumeId,
            Optional<String> availabilityZone,
            Optional<Boolean> multiattach,
            Set<String> ids,
            boolean matchesNothing) {

        static final Filter NONE = new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                false);
    }

    /** @param key the name of the field */
    record Sort(String key, boolean ascending) {

        static final List<Sort> NEWEST_FIRST = List.of(new Sort("created_at", false));
    }

    /**
     * One page.
     *
     * @param total the number of matching objects on all pages
     */
    record Page<T>(List<T> entries, int total) {}

    /** @param fields the order of each key */
    <T> Comparator<T> order(Map<String, Comparator<T>> fields) {
        return sorts.stream()
                .map(sort -> sort.ascending()
                        ? fields.get(sort.key())
                        : fields.get(sort.key()).reversed())
                .reduce(Comparator::thenComparing)
                .orElseThrow();
    }

    ListQuery withoutFilters() {
        return new ListQuery(Filter.NONE, limit, offset, marker, sorts);
    }

    ListQuery withLimit(int other) {
        return new ListQuery(filter, other, offset, marker, sorts);
    }

    ListQuery withOffset(int other) {
        return new ListQuery(filter, limit, other, marker, sorts);
    }
}
